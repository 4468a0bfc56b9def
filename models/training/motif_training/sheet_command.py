"""Contact sheet of random scenes with their captions."""

from __future__ import annotations

import argparse

import numpy as np
import torch

from . import captions, silhouettes
from . import motion_world as world
from .generic_world import generic_clip
from .sheets import contact_sheet


def main(argv: list[str] | None = None) -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--profile", default="first", choices=[*sorted(world.PROFILES), "subjects", "generic"])
    p.add_argument("--count", type=int, default=24)
    p.add_argument("--height", type=int, default=40)
    p.add_argument("--frames", type=int, default=8)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--out", default="sheet.png")
    a = p.parse_args(argv)
    rng = np.random.default_rng(a.seed)
    width = a.height * 8 // 5
    if a.profile == "generic":
        clips = torch.stack([generic_clip(rng, a.frames, a.height, width) for _ in range(a.count)])
        labels = ["generic"] * a.count
    else:
        if a.profile == "subjects":
            scenes = [
                world.build_scene(rng, world.FIRST, [(name, list(captions.COLOURS)[i % 12], [captions.MOTIONS[i % 16]])], captions.BACKGROUNDS[(i * 5 + i // 12) % 12])
                for i, name in enumerate(silhouettes.NAMES)
            ]
        else:
            scenes = [world.sample_scene(rng, world.PROFILES[a.profile]) for _ in range(a.count)]
        clips = world.render(scenes, world.clip_times(a.frames), a.height, width)
        labels = [s.caption for s in scenes]
    contact_sheet(clips, labels, a.out, 2 if a.height <= 80 else 1, 2)


if __name__ == "__main__":
    main()
