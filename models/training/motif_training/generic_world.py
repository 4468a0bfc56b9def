"""The generic world: dead-leaves pictures with textures and gradients, moved by smooth flows, at any size.

It has edges, corners, occlusions and textures at all scales, like real footage but made by code; interpolation,
super-resolution and the autoencoder learn from it beside the motion world.
"""

from __future__ import annotations

import math
from typing import Callable

import numpy as np
import torch
import torch.nn.functional as F


def noise_texture(generator: torch.Generator, h: int, w: int, slope: float = 0) -> torch.Tensor:
    """Smooth random texture, [1, h, w] in about [-1, 1]: octaves, each ``slope`` times as strong as the next coarser one (0 draws it)."""
    slope = slope or 0.35 + 0.75 * torch.rand(1, generator=generator).item()  # 1 is what photographs have
    total = torch.zeros(1, 1, h, w)
    gain = 1.0
    cells = 3
    while cells < h:
        coarse = torch.randn(1, 1, cells, max(2, cells * w // h), generator=generator)
        total += gain * F.interpolate(coarse, size=(h, w), mode="bilinear", align_corners=False)
        gain *= slope
        cells *= 2
    return total[0] / total.abs().max().clamp_min(1e-3)


def dead_leaves(rng: np.random.Generator, h: int, w: int, leaves: int = 70) -> torch.Tensor:
    """A picture of overlapping discs, boxes and stripes with power-law sizes: [3, h, w] in [0, 1]."""
    generator = torch.Generator().manual_seed(int(rng.integers(1 << 31)))
    image = torch.from_numpy(rng.uniform(0, 1, (3, 1, 1)).astype(np.float32)).expand(3, h, w).clone()
    ramp = torch.linspace(0, 1, h).view(1, h, 1)
    image = image * (0.6 + 0.4 * ramp)
    textures = [noise_texture(generator, h, w) for _ in range(3)]
    # sizes between 2 % and 60 % of the height with density r^-3: large ones first
    u = np.sort(rng.uniform(0, 1, leaves))
    r0, r1 = 0.02 * h, 0.6 * h
    radii = (1 / (1 / r1**2 + u * (1 / r0**2 - 1 / r1**2))) ** 0.5
    for r in radii:
        cx, cy = rng.uniform(-0.1, 1.1) * w, rng.uniform(-0.1, 1.1) * h
        reach = int(r * 2) + 2
        y0, y1 = max(0, int(cy) - reach), min(h, int(cy) + reach)
        x0, x1 = max(0, int(cx) - reach), min(w, int(cx) + reach)
        if y0 >= y1 or x0 >= x1:
            continue
        y = torch.arange(y0, y1).view(-1, 1) + 0.5 - cy
        x = torch.arange(x0, x1).view(1, -1) + 0.5 - cx
        angle = rng.uniform(0, math.pi)
        a, b = x * math.cos(angle) + y * math.sin(angle), -x * math.sin(angle) + y * math.cos(angle)
        kind = rng.integers(4)
        squash = rng.uniform(0.3, 1)
        if kind == 0:
            distance = r - torch.sqrt(a**2 + (b / squash) ** 2)
        elif kind == 1:
            distance = torch.minimum(r - a.abs(), r * squash - b.abs())
        elif kind == 2:
            distance = r - (a.abs() + b.abs() / squash)
        else:
            distance = torch.minimum(1.6 * r - a.abs(), 0.12 * r - b.abs())
        cover = (distance + 0.5).clamp(0, 1)
        colour = torch.from_numpy(rng.uniform(0, 1, (3, 1, 1)).astype(np.float32))
        patch = colour.expand(3, y1 - y0, x1 - x0)
        if rng.random() < 0.5:
            patch = patch + rng.uniform(0.05, 0.5) * textures[int(rng.integers(3))][:, y0:y1, x0:x1]
        if rng.random() < 0.25:
            patch = patch * (0.75 + 0.25 * torch.sign(torch.sin((a if rng.random() < 0.5 else b) * (math.pi / max(2.0, r * rng.uniform(0.1, 0.4))))))
        region = image[:, y0:y1, x0:x1]
        image[:, y0:y1, x0:x1] = region + (patch - region) * cover
    if rng.random() < 0.4:
        image = image + rng.uniform(0.02, 0.15) * textures[0]
    return image.clamp(0, 1)


def generic_clip(rng: np.random.Generator, frames: int, h: int, w: int, speed: float = 0.06, picture: Callable[[int, int], torch.Tensor] | None = None) -> torch.Tensor:
    """A picture behind a moving camera and, often, a second layer that moves on its own: [3, frames, h, w] in [-1, 1].

    ``speed`` is the largest shift between neighbouring frames in frame heights; ``picture`` makes what is behind, [3, h, w] in [0, 1].
    """
    margin = 1.35
    big_h, big_w = int(h * margin), int(w * margin)
    back = picture(big_h, big_w) if picture else dead_leaves(rng, big_h, big_w)
    t = torch.linspace(-0.5, 0.5, frames) * max(1, frames - 1)

    def flow(picture: torch.Tensor, limit: float) -> torch.Tensor:
        vx, vy = rng.uniform(-limit, limit, 2)
        zoom, turn = rng.uniform(-0.02, 0.02), rng.uniform(-0.02, 0.02)
        scale = (1 / margin) * torch.exp(zoom * t)
        angle = turn * t
        theta = torch.zeros(frames, 2, 3)
        theta[:, 0, 0] = theta[:, 1, 1] = scale * torch.cos(angle)
        theta[:, 0, 1] = -scale * torch.sin(angle) * h / w
        theta[:, 1, 0] = scale * torch.sin(angle) * w / h
        theta[:, 0, 2] = (vx * t * 2 * h / w).clamp(-0.4, 0.4) / margin * 1.2
        theta[:, 1, 2] = (vy * t * 2).clamp(-0.4, 0.4) / margin * 1.2
        grid = F.affine_grid(theta, [frames, picture.shape[0], h, w], align_corners=False)
        return F.grid_sample(picture.expand(frames, -1, -1, -1), grid, mode="bilinear", padding_mode="reflection", align_corners=False)

    image = flow(back, speed * 0.6)
    if rng.random() < 0.6:
        front = dead_leaves(rng, big_h, big_w, 30)
        yy = (torch.arange(big_h).view(-1, 1) - big_h * rng.uniform(0.3, 0.7)) / (big_h * rng.uniform(0.08, 0.3))
        xx = (torch.arange(big_w).view(1, -1) - big_w * rng.uniform(0.3, 0.7)) / (big_h * rng.uniform(0.08, 0.3))
        power = rng.choice([2.0, 6.0])
        cover = (((1 - (xx.abs() ** power + yy.abs() ** power) ** (1 / power)) * big_h * 0.15) + 0.5).clamp(0, 1)[None]
        moved = flow(torch.cat([front, cover]), speed)
        image = image + (moved[:, :3] - image) * moved[:, 3:]
    if rng.random() < 0.3:
        image = image + rng.uniform(0.005, 0.03) * torch.randn(image.shape, generator=torch.Generator().manual_seed(int(rng.integers(1 << 31))))
    return (image.clamp(0, 1) * 2 - 1).transpose(0, 1).contiguous()
