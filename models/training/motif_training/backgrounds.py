"""Backgrounds of the motion world, painted as functions of world coordinates."""

from __future__ import annotations

import math

import numpy as np
import torch


def _rgb(*values: int) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float32).view(3, 1, 1) / 255


def _blend(low: torch.Tensor, high: torch.Tensor, amount: torch.Tensor) -> torch.Tensor:
    return low + (high - low) * amount.clamp(0, 1)


def _edge(distance: torch.Tensor, softness: float = 0.012) -> torch.Tensor:
    """1 where distance is positive, 0 where negative, with a soft step."""
    return (distance / softness + 0.5).clamp(0, 1)


def _disc(x: torch.Tensor, y: torch.Tensor, cx: float, cy: float, rx: float, ry: float) -> torch.Tensor:
    return _edge((1 - ((x - cx) / rx) ** 2 - ((y - cy) / ry) ** 2) * min(rx, ry) * 0.5)


def _hills(x: torch.Tensor, rng: np.random.Generator, base: float, height: float) -> torch.Tensor:
    phase, rate = rng.uniform(0, 6.28), rng.uniform(2.5, 4.0)
    return base - height * torch.sin(rate * x + phase)


def paint_background(name: str, seed: int, xs: torch.Tensor, ys: torch.Tensor) -> torch.Tensor:
    """One background at world coordinates xs [w] and ys [h] (frame heights): [3, h, w] in [0, 1]."""
    rng = np.random.default_rng(seed)
    x, y = xs.view(1, 1, -1).float(), ys.view(1, -1, 1).float()
    u = lambda a, b: float(rng.uniform(a, b))  # noqa: E731
    if name == "plain":
        return (_rgb(150, 152, 156) * u(0.94, 1.06)).expand(3, ys.numel(), xs.numel())
    if name == "gradient":
        hues = rng.uniform(0.35, 0.8, (2, 3)).astype(np.float32)
        angle = u(0, 6.28)
        ramp = (math.cos(angle) * (x - 0.8) + math.sin(angle) * (y - 0.5)) * 0.6 + 0.5
        return _blend(torch.from_numpy(hues[0]).view(3, 1, 1), torch.from_numpy(hues[1]).view(3, 1, 1), ramp)
    if name == "sky":
        image = _blend(_rgb(120, 178, 226), _rgb(196, 224, 240), y).expand(3, ys.numel(), xs.numel())
        for k in range(3):
            cx, cy = 0.1 + 0.55 * k + u(-0.05, 0.05), (0.14, 0.86, 0.22)[k] + u(-0.04, 0.04)
            for dx, r in ((-0.1, 0.07), (0, 0.1), (0.11, 0.07)):
                image = _blend(image, _rgb(236, 242, 246), _disc(x, y, cx + dx, cy, r * 1.4, r * 0.7))
        return image
    if name == "sea":
        image = _blend(_rgb(72, 164, 176), _rgb(18, 74, 104), y)
        for k in range(4):
            line = 0.12 + 0.24 * k + 0.02 * torch.sin(9 * x + u(0, 6.28))
            image = _blend(image, _rgb(120, 200, 206), 0.4 * _edge(0.012 - (y - line).abs()))
        return image
    if name == "meadow":
        image = _blend(_rgb(168, 206, 226), _rgb(212, 228, 222), y / 0.5)
        ground = _edge(y - _hills(x, rng, 0.46, 0.035))
        return _blend(image, _blend(_rgb(126, 158, 84), _rgb(92, 124, 58), (y - 0.45) * 1.8), ground)
    if name == "night":
        image = _blend(_rgb(12, 14, 38), _rgb(30, 32, 66), y).expand(3, ys.numel(), xs.numel())
        for _ in range(12):
            image = _blend(image, _rgb(220, 220, 200), 0.8 * _disc(x, y, u(-0.05, 1.65), u(0, 0.9), 0.013, 0.013))
        return _blend(image, _rgb(226, 222, 190), _disc(x, y, 1.38 + u(-0.04, 0.04), 0.16, 0.1, 0.1))
    if name == "desert":
        image = _blend(_rgb(226, 206, 176), _rgb(240, 226, 196), y / 0.55)
        image = _blend(image, _rgb(206, 166, 112), _edge(y - _hills(x, rng, 0.55, 0.05)))
        return _blend(image, _rgb(186, 142, 92), _edge(y - _hills(x, rng, 0.78, 0.06)))
    if name == "city":
        image = _blend(_rgb(176, 166, 186), _rgb(226, 200, 188), y / 0.8).expand(3, ys.numel(), xs.numel())
        left = -0.1
        while left < 1.8:
            width, top = u(0.14, 0.28), u(0.3, 0.62)
            inside = _edge(x - left) * _edge(left + width - x) * _edge(y - top)
            image = _blend(image, _rgb(84, 84, 104) * u(0.8, 1.1), inside)
            windows = ((x * 16).frac() > 0.5) & ((y * 14).frac() > 0.55)
            image = _blend(image, _rgb(206, 190, 130), inside * windows.float() * 0.6)
            left += width + u(0.0, 0.04)
        return _blend(image, _rgb(74, 74, 80), _edge(y - 0.86))
    if name == "snow":
        image = _blend(_rgb(178, 192, 208), _rgb(214, 220, 228), y / 0.5)
        image = _blend(image, _rgb(226, 230, 236), _edge(y - _hills(x, rng, 0.6, 0.05))).expand(3, ys.numel(), xs.numel())
        for _ in range(14):
            image = _blend(image, _rgb(246, 248, 250), _disc(x, y, u(0, 1.6), u(0, 1), 0.014, 0.014))
        return image
    if name == "forest":
        image = _blend(_rgb(150, 178, 150), _rgb(118, 148, 116), y).expand(3, ys.numel(), xs.numel())
        for k in range(7):
            cx = 0.05 + 0.25 * k + u(-0.06, 0.06)
            image = _blend(image, _rgb(74, 58, 44), _edge(0.035 - (x - cx).abs()) * _edge(y - 0.2))
            image = _blend(image, _rgb(48, 84, 52) * u(0.85, 1.15), _disc(x, y, cx, 0.16 + u(-0.06, 0.06), 0.17, 0.24))
        return _blend(image, _rgb(78, 96, 54), _edge(y - 0.84))
    if name == "space":
        image = (_rgb(8, 6, 16) + 0 * x + 0 * y).expand(3, ys.numel(), xs.numel())
        for _ in range(22):
            image = _blend(image, _rgb(230, 230, 240), _disc(x, y, u(-0.05, 1.65), u(0, 1), 0.01, 0.01))
        image = _blend(image, _rgb(150, 96, 74), _disc(x, y, 0.2 + u(-0.05, 0.05), 0.82, 0.15, 0.15))
        return _blend(image, _rgb(96, 116, 160), _disc(x, y, 1.44, 0.2 + u(-0.04, 0.04), 0.09, 0.09))
    if name == "sunset":
        image = _blend(_rgb(96, 66, 112), _rgb(236, 150, 96), y / 0.7)
        image = _blend(image, _rgb(246, 214, 140), _disc(x, y, 0.8 + u(-0.2, 0.2), 0.66, 0.16, 0.16))
        return _blend(image, _rgb(64, 44, 66), _edge(y - 0.7))
    raise ValueError(f"unknown background {name}")
