"""What keyframes see at each training step: single frames or clips, how noisy, and which directions of travel."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import torch

from . import motion_world as world
from .tokenizer import encode

HEIGHT, WIDTH, FRAMES = 40, 64, 8


@dataclasses.dataclass(frozen=True)
class Curriculum:
    """The plan of a run; steps count from the start of the run."""

    profile: world.Profile
    seed: int = 1
    image_steps: int = 600
    """Only single frames before this step."""
    centre_until: int = 0
    """Then only single frames half way through the motion, where every subject is in the middle, before this step."""
    one_way_until: int = 0
    """Only 'right' and 'up' before this step."""
    image_share: float = 0.4
    """Share of steps on single frames after all that."""
    centre_share: float = 0.0
    """Share of those single frames that are half way through the motion."""
    image_batch: int = 32
    clip_batch: int = 4
    unconditional: float = 0.1
    """Share of captions left empty, for guidance (Ho and Salimans 2022)."""

    def batch(self, step: int) -> dict[str, Any]:
        """Pictures x0 [batch, 3, frames, h, w], the subject's cover, token ids and mask, timesteps, and the kind of step."""
        rng = np.random.default_rng([self.seed, step])
        warming = step < self.image_steps
        centred = self.image_steps <= step < self.centre_until
        # Single frames go on between clips: they show twelve times as many captions a second.
        images = warming or centred or rng.random() < self.image_share
        if images and not warming:
            centred = centred or rng.random() < self.centre_share
        drawn = self.profile
        if step < self.one_way_until:
            # Two ways that are not opposites first: from all eight at once the mean is a ring that only a three-fold product of
            # direction, time and place improves on, and training rests there for long.
            drawn = dataclasses.replace(self.profile, motions=("right", "up"), motion_weights=(3, 2))
        count = self.image_batch if images else self.clip_batch
        scenes = [world.sample_scene(rng, drawn) for _ in range(count)]
        if images:
            times = rng.uniform(0.47, 0.53, (count, 1)) if centred else rng.uniform(0, 1, (count, 1))
        else:
            times = world.clip_times(FRAMES)
        x0, mask = world.render(scenes, times, HEIGHT, WIDTH, with_mask=True)
        ids, present = encode(["" if rng.random() < self.unconditional else s.caption for s in scenes])
        return {"kind": "images" if images else "clips", "phase": "centred" if centred else "images" if images else "clips", "warming": warming,
                "x0": x0, "mask": mask, "ids": ids, "present": present.long(), "t": self._timesteps(rng, count, warming, centred, images)}

    @staticmethod
    def _timesteps(rng: np.random.Generator, count: int, warming: bool, centred: bool, images: bool) -> torch.Tensor:
        u = torch.from_numpy((rng.random() + np.arange(count)) / count % 1).float()  # stratified over the batch
        if warming:
            t = u.pow(0.75).mul(1000).clamp_max(998)
        elif centred:
            # half way every subject is in the middle: what it looks like follows from its name alone
            t = torch.where(u < 0.6, 995.0, 995 - (u - 0.6) / 0.4 * 700)
        elif images:
            # Below t = 800 the noisy picture shows the shape by itself; what the words add is learned above.
            t = torch.where(u < 0.85, 790 + u / 0.85 * 190, 790 - (u - 0.85) / 0.15 * 700)
        else:
            # Few steps: what the first one says from the caption alone decides the clip.
            t = torch.where(u < 0.5, 995.0, torch.where(u < 0.8, 990 - (u - 0.5) / 0.3 * 150, 840 - (u - 0.8) / 0.2 * 740))
        return t.long()
