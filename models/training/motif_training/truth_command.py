"""Writes what the evaluation's checkers compare with: silhouettes, backgrounds, palette, words and paths of the motion world."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from . import captions, silhouettes
from . import motion_world as world
from .backgrounds import paint_background
from .evaluate import H, W, held_out_prompts

SPRITE = 48
PHASES = range(0, silhouettes.PHASES, 2)


def path_of(motion: str, frames: int) -> list[list[float]]:
    """Displacement x, y (frame heights, y downwards) and log2 of the size of a motion at evenly spaced times, from its start."""
    rows = []
    for t in np.linspace(0, 1, frames):
        x, y, size, _ = world._displace(motion, float(t), (0.84, 0.46), 1.0)
        rows.append([round(v, 4) for v in (x, y, size)])
    return rows


def main(argv: list[str] | None = None) -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[3] / "tests" / "eval" / "truth")
    p.add_argument("--prompts", type=Path, help="also write prompt files of this many lines each into this folder")
    p.add_argument("--count", type=int, default=200)
    a = p.parse_args(argv)
    a.out.mkdir(parents=True, exist_ok=True)
    atlas = silhouettes.atlas(SPRITE)[:, list(PHASES), 0]
    rows = [np.concatenate(list(subject), 1) for subject in atlas]
    Image.fromarray((np.concatenate(rows, 0) * 255).round().astype(np.uint8)).save(a.out / "silhouettes.png", optimize=True)
    ys, xs = (torch.arange(2 * H) + 0.5) / (2 * H), (torch.arange(2 * W) + 0.5) / (2 * H)
    pictures = [F.avg_pool2d(paint_background(name, 7, xs, ys)[None], 2)[0] for name in captions.BACKGROUNDS]
    strip = (torch.cat(pictures, 1).permute(1, 2, 0) * 255).round().byte().numpy()
    Image.fromarray(strip).save(a.out / "backgrounds.png", optimize=True)
    words = {
        "places": {phrase: name for name, phrases in captions._PLACES.items() for phrase in phrases},
        "motions": {
            **{phrase: name for name, phrases in captions._DIRECTION_WORDS.items() for phrase in phrases},
            **{phrase: name for name, pairs in captions._OTHER_MOTIONS.items() for pair in pairs for phrase in pair},
        },
    }
    worlds = {name: {"subjects": list(v.subjects), "colours": list(v.colours), "backgrounds": list(v.backgrounds)} for name, v in world.PROFILES.items()}
    (a.out / "world.json").write_text(json.dumps({
        "width": W, "height": H, "sprite": SPRITE, "phases": len(PHASES), "subjects": silhouettes.NAMES, "backgrounds": captions.BACKGROUNDS,
        "colours": captions.COLOURS, "turning": ["rocket"], "words": words, "worlds": worlds,
        "paths": {motion: path_of(motion, 8) for motion in captions.MOTIONS},
    }, indent=1) + "\n")
    if a.prompts:
        a.prompts.mkdir(parents=True, exist_ok=True)
        straight = ("right", "left", "up", "down")
        for name, held in (("held-out", True), ("seen", False)):
            scenes = held_out_prompts(a.count, 0, world.FIRST, held, straight)
            (a.prompts / f"{name}.txt").write_text("".join(f"{s.caption}\n" for s in scenes))
        rng = np.random.default_rng(77)
        lines = []
        while len(lines) < a.count // 4:
            scene = world.sample_scene(rng, world.FIRST, keep_held_out=True)
            first, second = (straight[int(i)] for i in rng.permutation(4)[:2])
            if {first, second} in ({"right", "left"}, {"up", "down"}):
                continue  # there and back ends where it began: its halves are told apart, its ends are not
            actor = scene.actors[0]
            lines.append(captions.caption(rng, [(actor.subject, actor.colour, "")], [[first, second]], scene.background, drop=0.0))
        (a.prompts / "two-events.txt").write_text("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
