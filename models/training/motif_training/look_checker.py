"""Trains the checker that names the look of a frame: from the style operators on rendered scenes alone, never from footage."""

from __future__ import annotations

import argparse
import json
import subprocess
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from . import captions
from .look_features import features, probe_picture
from .looks import apply_look, soften
from .source_pictures import source_picture

HIDDEN = 32
CLIP = 4.0
"""Numbers further from their mean than so many deviations say no more than that."""


def drawn(rng: np.random.Generator, picture: torch.Tensor, look: str) -> np.ndarray:
    """A look of a picture, with the softness and traces of noise of something that a model has drawn: [h, w, 3] in [0, 1]."""
    made = apply_look(picture[None], look, int(rng.integers(1 << 30)))
    h, w = picture.shape[-2:]
    if rng.random() < 0.6:
        # not drawn to the full: what can be seen of a look tells it, not how much is left of the picture
        made = made + (picture - made) * float(rng.uniform(0, 0.45))
    if rng.random() < 0.4:
        # a part of a larger picture
        share = rng.uniform(0.6, 1)
        height, width = int(h * share), int(w * share)
        y, x = int(rng.integers(h - height + 1)), int(rng.integers(w - width + 1))
        made = made[:, :, y : y + height, x : x + width]
    if rng.random() < 0.6:
        made = soften(made, float(rng.uniform(0.2, 0.005 * h)))
    if rng.random() < 0.5:
        made = made + float(rng.uniform(0.002, 0.008)) * torch.from_numpy(rng.standard_normal(made.shape).astype(np.float32))
    made = (made.clamp(0, 1) * 255).round() / 255
    return made[0].permute(1, 2, 0).numpy()


def examples(seed: int, pictures: int) -> tuple[np.ndarray, np.ndarray]:
    """Features [pictures * looks, n] and looks of pictures that follow from the seed."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(seed)
    rows, names = [], []
    for _ in range(pictures):
        h = int(rng.choice([160, 200, 240]))
        picture = source_picture(rng, h, int(h * rng.choice([1.0, 1.34, 1.6, 1.78])))
        for index, look in enumerate(captions.LOOKS):
            rows.append(features(drawn(rng, picture, look)))
            names.append(index)
    return np.stack(rows), np.asarray(names)


def many_examples(pictures: int, seed: int, workers: int) -> tuple[np.ndarray, np.ndarray]:
    chunk = 20
    seeds = [seed * 1_000_003 + i for i in range((pictures + chunk - 1) // chunk)]
    if workers <= 1:
        parts = [examples(s, chunk) for s in seeds]
    else:
        with ProcessPoolExecutor(workers) as pool:
            parts = list(pool.map(examples, seeds, [chunk] * len(seeds)))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def fit(rows: np.ndarray, names: np.ndarray, epochs: int = 60, seed: int = 0) -> dict:
    """One hidden layer on standardised features: the checker as JSON holds it."""
    torch.manual_seed(seed)
    mean, deviation = rows.mean(0), rows.std(0) + 1e-6
    x = torch.from_numpy(((rows - mean) / deviation).clip(-CLIP, CLIP)).float()
    y = torch.from_numpy(names)
    first, second = torch.nn.Linear(x.shape[1], HIDDEN), torch.nn.Linear(HIDDEN, len(captions.LOOKS))
    weights = [*first.parameters(), *second.parameters()]
    steps = epochs * (len(x) // 128 + 1)
    optimiser = torch.optim.AdamW(weights, 3e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=steps)
    for _ in range(steps):
        pick = torch.randint(len(x), (128,))
        # footage is not what was rendered: no single number may decide
        seen = F.dropout(x[pick] + 0.3 * torch.randn(128, x.shape[1]), 0.15)
        loss = F.cross_entropy(second(F.dropout(torch.relu(first(seen)), 0.2)), y[pick], label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    numbers = lambda t: [[round(float(v), 5) for v in row] for row in t.tolist()] if t.dim() == 2 else [round(float(v), 5) for v in t]  # noqa: E731
    return {
        "looks": captions.LOOKS,
        "mean": [float(f"{v:.6g}") for v in mean],
        "deviation": [float(f"{v:.6g}") for v in deviation],
        "clip": CLIP,
        "hidden": {"weight": numbers(first.weight.detach()), "bias": numbers(first.bias.detach())},
        "output": {"weight": numbers(second.weight.detach()), "bias": numbers(second.bias.detach())},
        "probe": [round(float(v), 6) for v in features(probe_picture())],
    }


def name_looks(checker: dict, rows: np.ndarray) -> np.ndarray:
    """Index of the look of each row of features."""
    x = ((rows - np.asarray(checker["mean"])) / np.asarray(checker["deviation"])).clip(-checker["clip"], checker["clip"])
    hidden = np.maximum(0, x @ np.asarray(checker["hidden"]["weight"]).T + np.asarray(checker["hidden"]["bias"]))
    return (hidden @ np.asarray(checker["output"]["weight"]).T + np.asarray(checker["output"]["bias"])).argmax(1)


def footage(path: Path, frames: int, height: int = 320) -> list[np.ndarray]:
    """Some frames of a clip (a file, or a folder of pictures), even ones apart: [h, w, 3] in [0, 1]."""
    from PIL import Image

    if path.is_dir():
        pictures = [Image.open(p).convert("RGB") for p in sorted(path.iterdir()) if p.suffix.lower() in (".jpg", ".png")]
    else:
        raw = subprocess.run(["ffmpeg", "-v", "error", "-i", f"file:{path}", "-vf", "scale=-2:320", "-f", "image2pipe", "-c:v", "ppm", "-"], capture_output=True, check=True).stdout
        pictures, at = [], 0
        while at < len(raw):
            head, size, depth = raw[at:].split(b"\n", 3)[:3]
            w, h = map(int, size.split())
            start = at + len(head) + len(size) + len(depth) + 3
            pictures.append(Image.frombytes("RGB", (w, h), raw[start : start + w * h * 3]))
            at = start + w * h * 3
    chosen = [pictures[i * len(pictures) // min(frames, len(pictures))] for i in range(min(frames, len(pictures)))]
    return [np.asarray(p.resize((round(p.width * height / p.height), height), Image.LANCZOS), np.float32) / 255 for p in chosen]


def confusion(checker: dict, clips: list[Path], frames: int) -> dict:
    """Of each look's frames, operators on footage, how many are named as what; by clip how many are right."""
    table = np.zeros((len(captions.LOOKS), len(captions.LOOKS)), int)
    by_clip = {}
    for clip in clips:
        right = count = 0
        for seed, picture in enumerate(footage(clip, frames)):
            x = torch.from_numpy(picture).permute(2, 0, 1)[None]
            rows = [features(((apply_look(x, look, seed).clamp(0, 1) * 255).round() / 255)[0].permute(1, 2, 0).numpy()) for look in captions.LOOKS]
            for wanted, named in enumerate(name_looks(checker, np.stack(rows))):
                table[wanted, named] += 1
                right, count = right + int(named == wanted), count + 1
        by_clip[clip.name] = round(right / max(1, count), 4)
    return {"accuracy": round(float(np.trace(table) / max(1, table.sum())), 4), "byClip": by_clip, "byLook": {look: round(float(table[i, i] / max(1, table[i].sum())), 4) for i, look in enumerate(captions.LOOKS)}, "table": table.tolist()}


def main(argv: list[str] | None = None) -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--pictures", type=int, default=1200)
    p.add_argument("--workers", type=int, default=2)
    p.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[3] / "tests" / "eval" / "look-checker.json")
    p.add_argument("--clips", type=Path, nargs="*", default=[], help="footage to try it on: files, folders of pictures, or folders of these")
    p.add_argument("--frames", type=int, default=8, help="frames of each clip")
    p.add_argument("--check", action="store_true", help="train nothing; try the checker that is there")
    a = p.parse_args(argv)
    if a.check:
        checker = json.loads(a.out.read_text())
    else:
        rows, names = many_examples(a.pictures, 1, a.workers)
        checker = fit(rows, names)
        held_rows, held_names = many_examples(max(40, a.pictures // 10), 2, a.workers)
        checker["heldOutAccuracy"] = round(float((name_looks(checker, held_rows) == held_names).mean()), 4)
        a.out.write_text(json.dumps(checker, separators=(",", ":")) + "\n")
        print(f"{a.out}: {a.out.stat().st_size} bytes, {len(rows)} frames, held-out {checker['heldOutAccuracy']:.3f}")
    is_clip = lambda path: path.suffix.lower() in (".mp4", ".mov", ".webm", ".mkv") or (path.is_dir() and any(c.suffix.lower() in (".jpg", ".png") for c in path.iterdir()))  # noqa: E731
    clips = [c for path in a.clips for c in ([path] if is_clip(path) else sorted(filter(is_clip, path.iterdir())))]
    if clips:
        print(json.dumps(confusion(checker, clips, a.frames), indent=1))


if __name__ == "__main__":
    main()
