"""Measures keyframes with checkers over the rendered truth, never over the model.

The subject's mask is where a frame differs from the background as the world paints it.  Its colour is the nearest
palette colour, its direction the path of its centroid, its kind the silhouette with the best overlap when both
have the same centre and area.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from . import captions, silhouettes
from . import motion_world as world
from .backgrounds import paint_background
from .sheets import contact_sheet

H, W = 40, 64


def _backgrounds(profile: world.Profile) -> dict[str, torch.Tensor]:
    ys, xs = (torch.arange(2 * H) + 0.5) / (2 * H), (torch.arange(2 * W) + 0.5) / (2 * H)
    return {name: F.avg_pool2d(paint_background(name, 7, xs, ys)[None], 2)[0] * 2 - 1 for name in profile.backgrounds}


def subject_masks(clip: torch.Tensor, background: torch.Tensor) -> torch.Tensor:
    """Soft mask [frames, h, w] of what is not background; the largest connected bump is kept by a blurred vote."""
    difference = (clip.transpose(0, 1) - background[None]).abs().amax(1)
    mask = ((difference - 0.25) / 0.3).clamp(0, 1)
    dense = F.avg_pool2d(mask[:, None], 9, 1, 4, count_include_pad=False)[:, 0]
    peak = dense.flatten(1).argmax(1)
    y, x = peak // W, peak % W
    yy, xx = torch.arange(H).view(1, -1, 1), torch.arange(W).view(1, 1, -1)
    near = ((yy - y.view(-1, 1, 1)).abs() < 14) & ((xx - x.view(-1, 1, 1)).abs() < 14)
    return mask * near


_TEMPLATES: dict[tuple[str, ...], tuple[torch.Tensor, torch.Tensor]] = {}


def _templates(names: tuple[str, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """Silhouettes of all kinds, phases, both facings and (for the rocket) all headings, with the kind of each."""
    if names not in _TEMPLATES:
        atlas = torch.from_numpy(silhouettes.atlas(48))[:, :, 0]
        pictures, kinds = [], []
        for k, name in enumerate(names):
            for phase in range(0, silhouettes.PHASES, 2):
                picture = atlas[silhouettes.NAMES.index(name), phase]
                for turn in range(8 if name == "rocket" else 1):
                    angle = turn * math.pi / 4
                    theta = torch.tensor([[[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0]]])
                    turned = F.grid_sample(picture[None, None], F.affine_grid(theta, [1, 1, 48, 48], align_corners=False), align_corners=False)[0, 0]
                    for view in (turned, turned.flip(-1)):
                        pictures.append(view)
                        kinds.append(k)
        _TEMPLATES[names] = torch.stack(pictures), torch.tensor(kinds)
    return _TEMPLATES[names]


def _centre(mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    area = mask.sum((1, 2)).clamp_min(1e-3)
    y = (mask * torch.arange(mask.shape[1]).view(1, -1, 1)).sum((1, 2)) / area
    x = (mask * torch.arange(mask.shape[2]).view(1, 1, -1)).sum((1, 2)) / area
    return x, y, area


def classify_subject(masks: torch.Tensor, names: tuple[str, ...]) -> str:
    """The kind whose silhouette overlaps best, averaged over frames."""
    templates, kinds = _templates(names)
    tx, ty, ta = _centre(templates)
    x, y, area = _centre(masks)
    scores = torch.zeros(len(names))
    n = len(templates)
    for f in range(masks.shape[0]):
        s = torch.sqrt(ta / area[f])  # template pixels per mask pixel
        theta = torch.zeros(n, 2, 3)
        # output pixel (column i) maps to template pixel tx + (i - x) * s
        theta[:, 0, 0], theta[:, 1, 1] = s * W / 48, s * H / 48
        theta[:, 0, 2] = (tx + 0.5 + ((W - 1) / 2 - x[f]) * s) / 24 - 1
        theta[:, 1, 2] = (ty + 0.5 + ((H - 1) / 2 - y[f]) * s) / 24 - 1
        placed = F.grid_sample(templates[:, None], F.affine_grid(theta, [n, 1, H, W], align_corners=False), align_corners=False)[:, 0]
        both = torch.minimum(placed, masks[f]).sum((1, 2))
        overlap = both / torch.maximum(placed, masks[f]).sum((1, 2)).clamp_min(1e-3)
        for k in range(len(names)):
            scores[k] += overlap[kinds == k].max()
    return names[int(scores.argmax())]


def classify_colour(clip: torch.Tensor, masks: torch.Tensor, names: tuple[str, ...]) -> str:
    """The palette colour that most subject pixels are nearest to (each pixel by its hue and brightness distance)."""
    pixels = ((clip.transpose(0, 1) + 1) / 2).movedim(1, -1)[masks > 0.8]
    if len(pixels) < 8:
        return "none"
    pixels = pixels[pixels.amax(1) > 0.3]  # eyes and wheels are dark in every colour
    if len(pixels) < 8:
        return "none"
    palette = torch.tensor([captions.COLOURS[n] for n in names]) / 255
    nearest = (pixels[:, None] - palette[None]).pow(2).sum(-1).argmin(1)
    return names[int(torch.bincount(nearest, minlength=len(names)).argmax())]


def classify_direction(masks: torch.Tensor) -> str:
    """One of eight directions by the centroid's path, or "still"."""
    x, y, area = _centre(masks)
    good = area > 15
    if int(good.sum()) < 4:
        return "none"
    t = torch.arange(len(x)).float()[good]
    slope = lambda v: (((t - t.mean()) * (v[good] - v[good].mean())).sum() / ((t - t.mean()) ** 2).sum()).item()  # noqa: E731
    dx, dy = slope(x), slope(y)
    if math.hypot(dx, dy) < 0.8:
        return "still"
    # diagonals of the world rise by 0.46 per 0.84: stretch them to 45 degrees before rounding
    angle = math.atan2(-dy / 0.46, dx / 0.84)
    return ["right", "up-right", "up", "up-left", "left", "down-left", "down", "down-right"][round(angle / (math.pi / 4)) % 8]


def check_clip(clip: torch.Tensor, background: str, profile: world.Profile) -> dict[str, str]:
    """Subject, colour, direction and background that the checkers read from a clip [3, frames, 40, 64]."""
    pictures = _backgrounds(profile)
    # the background: smallest median difference
    seen = min(pictures, key=lambda n: (clip.transpose(0, 1) - pictures[n][None]).abs().amax(1).median().item())
    masks = subject_masks(clip, pictures[background])
    return {
        "subject": classify_subject(masks, profile.subjects), "colour": classify_colour(clip, masks, profile.colours),
        "direction": classify_direction(masks), "background": seen,
    }


def held_out_prompts(count: int, seed: int, profile: world.Profile, only_held_out: bool = True, directions: tuple[str, ...] = tuple(captions.DIRECTIONS)) -> list[world.Scene]:
    """Scenes of directions of travel whose combination training never showed (or did, for comparison)."""
    rng = np.random.default_rng([4242, seed])
    scenes = []
    while len(scenes) < count:
        scene = world.sample_scene(rng, profile, only_held_out=only_held_out)
        if scene.actors[0].motions[0] in directions:
            actor = scene.actors[0]
            # the plainest wording, with the background said
            text = f"a {actor.colour} {actor.subject}".replace("a orange", "an orange")
            quiet = np.random.default_rng(len(scenes))
            while True:
                words = captions.caption(quiet, [(actor.subject, actor.colour, "")], [actor.motions], scene.background, drop=0.0)
                if words.startswith(text):
                    break
            scenes.append(world.Scene(scene.actors, scene.background, scene.background_seed, "flat", scene.camera, words))
    return scenes


def score(clips: torch.Tensor, scenes: list[world.Scene], profile: world.Profile) -> tuple[dict[str, float], list[dict[str, str]]]:
    """Accuracies over clips, and what was read from each."""
    read = [check_clip(clip, scene.background, profile) for clip, scene in zip(clips, scenes)]
    truth = [{"subject": s.actors[0].subject, "colour": s.actors[0].colour, "direction": s.actors[0].motions[0], "background": s.background} for s in scenes]
    result = {key: float(np.mean([r[key] == t[key] for r, t in zip(read, truth)])) for key in truth[0]}
    result["all three"] = float(np.mean([all(r[k] == t[k] for k in ("subject", "colour", "direction")) for r, t in zip(read, truth)]))
    return result, read


def main(argv: list[str] | None = None) -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--run", type=Path, default=Path("runs/keyframes"))
    p.add_argument("--out", type=Path, default=Path("runs/eval"))
    p.add_argument("--count", type=int, default=40)
    p.add_argument("--steps", type=int, default=8)
    p.add_argument("--guidance", type=float, default=2.0)
    p.add_argument("--seen", action="store_true", help="combinations that training may have shown, instead of held-out ones")
    p.add_argument("--directions", default=",".join(captions.DIRECTIONS), help="directions of travel to ask for")
    p.add_argument("--truth", action="store_true", help="check the checkers: score rendered clips instead of generated ones")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--seed", type=int, default=0)
    a = p.parse_args(argv)
    torch.set_num_threads(a.threads)
    profile = world.FIRST
    scenes = held_out_prompts(a.count, a.seed, profile, not a.seen, tuple(a.directions.split(",")))
    if a.truth:
        clips = world.render(scenes, world.clip_times(8), H, W)
    else:
        from .train_keyframes import generate

        ema = torch.load(a.run / "state.pt", weights_only=True)["ema"]
        part = lambda prefix: {k[len(prefix):]: v for k, v in ema.items() if k.startswith(prefix)}  # noqa: E731
        clips = generate(part("unet."), part("text."), [s.caption for s in scenes], a.steps, a.guidance, seed=7 + a.seed)
    result, read = score(clips, scenes, profile)
    a.out.mkdir(parents=True, exist_ok=True)
    labels = [f"{s.caption}  [{r['colour']} {r['subject']} {r['direction']}]" for s, r in zip(scenes, read)]
    contact_sheet(clips, labels, a.out / "sheet.png", 2, 2)
    name = "truth" if a.truth else f"steps{a.steps}-guidance{a.guidance:g}{'-seen' if a.seen else ''}"
    (a.out / f"{name}.json").write_text(json.dumps({"count": a.count, **result}, indent=1) + "\n")
    print(json.dumps({"count": a.count, **{k: round(v, 3) for k, v in result.items()}}))


if __name__ == "__main__":
    main()
