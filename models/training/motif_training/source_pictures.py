"""Pictures that looks are drawn of: rendered, with the tones, blur and noise of footage."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from . import motion_world as world
from .generic_world import dead_leaves
from .looks import soften


def source_picture(rng: np.random.Generator, h: int, w: int) -> torch.Tensor:
    """A rendered picture [3, h, w] in [0, 1] with the tones, blur and noise that cameras give."""
    if rng.random() < 0.25:
        scene = world.sample_scene(rng, world.FULL)
        scene.look = "flat"
        picture = (world.render([scene], [float(rng.uniform(0, 1))], h, w)[0, :, 0] + 1) / 2
    else:
        picture = dead_leaves(rng, h, w, leaves=int(rng.integers(15, 160)))
    if rng.random() < 0.6:
        picture = soften(picture[None], float(rng.uniform(0.3, 0.022 * h)))[0]
    if rng.random() < 0.5:
        # light that varies slowly, and fine texture that all colours share, as outdoors
        shape = (1, 1, int(rng.integers(2, 5)), int(rng.integers(2, 6)))
        light = F.interpolate(torch.from_numpy(rng.uniform(0.4, 1.3, shape).astype(np.float32)), size=(h, w), mode="bicubic", align_corners=False)[0]
        texture = sum(F.interpolate(torch.from_numpy(rng.standard_normal((1, 1, k, k * w // h)).astype(np.float32)), size=(h, w), mode="bilinear", align_corners=False)[0] / k**0.5 for k in (6, 13, 27, 54, 108))
        picture = picture * light + float(rng.uniform(0, 0.5)) * texture * torch.from_numpy(rng.uniform(0.8, 1.2, (3, 1, 1)).astype(np.float32))
    grey = picture.mean(0, keepdim=True)
    # most of what is filmed has little colour
    picture = grey + (picture - grey) * float(np.exp(rng.uniform(np.log(0.08), np.log(1.2))) if rng.random() < 0.7 else 1)
    low, high = rng.uniform(0, 0.25), rng.uniform(0.6, 1)
    picture = picture.clamp(0, 1) ** float(np.exp(rng.uniform(-0.6, 0.6))) * float(high - low) + float(low)
    if rng.random() < 0.5:
        picture = picture + float(rng.uniform(0.003, 0.02)) * torch.from_numpy(rng.standard_normal(picture.shape).astype(np.float32))
    return picture.clamp(0, 1)
