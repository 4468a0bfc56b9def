"""Eight looks as image operators: they work on rendered scenes and on any other frames."""

from __future__ import annotations

import torch
import torch.nn.functional as F


def soften(x: torch.Tensor, sigma: float) -> torch.Tensor:
    """Gaussian blur of frames [frames, channels, h, w] with a standard deviation in pixels."""
    radius = max(1, int(2.5 * sigma))
    taps = torch.exp(-0.5 * (torch.arange(-radius, radius + 1).float() / sigma) ** 2)
    taps = taps / taps.sum()
    c = x.shape[1]
    x = F.pad(x, (radius, radius, 0, 0), mode="replicate")
    x = F.conv2d(x, taps.view(1, 1, 1, -1).expand(c, 1, 1, -1), groups=c)
    x = F.pad(x, (0, 0, radius, radius), mode="replicate")
    return F.conv2d(x, taps.view(1, 1, -1, 1).expand(c, 1, -1, 1), groups=c)


def _luma(x: torch.Tensor) -> torch.Tensor:
    return (x * torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1, keepdim=True)


def _edges(x: torch.Tensor) -> torch.Tensor:
    y = F.pad(x, (1, 1, 1, 1), mode="replicate")
    dx = (y[:, :, 1:-1, 2:] - y[:, :, 1:-1, :-2]).abs().amax(1, keepdim=True)
    dy = (y[:, :, 2:, 1:-1] - y[:, :, :-2, 1:-1]).abs().amax(1, keepdim=True)
    return torch.maximum(dx, dy)


def _smooth_inside(x: torch.Tensor, pitch: int, rounds: int = 3, range_sigma: float = 0.12) -> torch.Tensor:
    """Averages over neighbours of like colour, so that areas become even and outlines stay (bilateral filter, Tomasi and Manduchi 1998)."""
    h, w = x.shape[-2:]
    for _ in range(rounds):
        pad = 2 * pitch
        wide = F.pad(x, (pad, pad, pad, pad), mode="replicate")
        total, weight = torch.zeros_like(x), torch.zeros_like(x[:, :1])
        for dy in range(-2, 3):
            for dx in range(-2, 3):
                near = wide[:, :, pad + dy * pitch : pad + dy * pitch + h, pad + dx * pitch : pad + dx * pitch + w]
                like = torch.exp(-(near - x).pow(2).sum(1, keepdim=True) / (2 * range_sigma**2) - (dx * dx + dy * dy) / 8)
                total, weight = total + like * near, weight + like
        x = total / weight
    return x


def _cel(x: torch.Tensor, levels: int = 6) -> torch.Tensor:
    """Even steps of brightness, colours kept."""
    luma = _luma(x)
    return (x + ((luma * levels).round() / levels - luma)).clamp(0, 1)


def _patches(x: torch.Tensor, reach: int) -> torch.Tensor:
    """Each pixel becomes the mean of the evenest of the four squares that have it as a corner: dabs of paint with crisp rims (Kuwahara et al. 1976).

    Softly chosen, by a power of the variance (Papari et al. 2007): hard choices flicker.
    """
    size = reach + 1
    wide = F.pad(x, (reach, reach, reach, reach), mode="replicate")
    mean = F.avg_pool2d(wide, size, 1)
    spread = (F.avg_pool2d(wide * wide, size, 1) - mean * mean).clamp_min(0).sum(1, keepdim=True)
    h, w = x.shape[-2:]
    total, weight = torch.zeros_like(x), torch.zeros_like(x[:, :1])
    for dy in (0, reach):
        for dx in (0, reach):
            part = (slice(None), slice(None), slice(dy, dy + h), slice(dx, dx + w))
            share = (spread[part] + 1e-4).pow(-3)
            total, weight = total + share * mean[part], weight + share
    return total / weight


def _vivid(x: torch.Tensor, by: float) -> torch.Tensor:
    """Colours ``by`` times as far from grey."""
    luma = _luma(x)
    return luma + by * (x - luma)


def apply_look(frames: torch.Tensor, look: str, seed: int = 0, unit: float = 0) -> torch.Tensor:
    """Applies a look to frames [frames, 3, height, width] in [0, 1]. Rendered scenes are flat by themselves.

    Strokes, blocks and dots are measured in units: a 40th of the height, or what is given for a part of a larger frame.
    """
    h, w = frames.shape[-2:]
    unit = unit or h / 40
    if look == "flat":
        return _cel(_vivid(_smooth_inside(frames, max(1, round(0.2 * unit)), 4), 1.35), 4)
    if look == "noir":
        g = _luma(frames)
        g = ((g - 0.5) * 1.7 + 0.42).clamp(0, 1)
        return g.expand_as(frames)
    if look == "ink sketch":
        ink = (_edges(soften(frames, 0.3 * unit)) * 1.6 * unit - 0.15).clamp(0, 1)
        paper = torch.tensor([0.95, 0.93, 0.87]).view(1, 3, 1, 1)
        tone = 0.85 + 0.15 * _luma(frames)
        return paper * tone * (1 - 0.9 * ink)
    if look == "neon":
        # outlines of what is softened first: grain does not glow
        calm = soften(frames, 0.25 * unit)
        edge = (_edges(calm) * 1.6 * unit - 0.1).clamp(0, 1)
        glow = soften(edge, 1.2 * unit)
        colour = calm / calm.amax(1, keepdim=True).clamp_min(0.2)
        return (calm * 0.16 + colour * (edge * 0.8 + glow * 0.9)).clamp(0, 1)
    if look == "pixel art":
        # Blocks and dots of a 40th of the height: 8 pixels at 320, which is the grid of the latent expert's deepest level, so
        # that a network without coordinates can know where they lie.
        k = max(2, round(unit))
        small = F.interpolate(frames, size=(max(1, h // k), max(1, w // k)), mode="area")
        small = (small * 6).round() / 6
        return F.interpolate(small, size=(h, w), mode="nearest")
    generator = torch.Generator().manual_seed(seed % (1 << 31))
    if look == "watercolor":
        grain = soften(torch.rand(1, 1, h, w, generator=generator), 0.3 * unit) - 0.5
        soft = soften(frames, 0.35 * unit)
        # pigment dries darkest where a wash ends
        rim = (_edges(soft) * 0.8 * unit - 0.1).clamp(0, 1)
        wash = 0.3 + 0.72 * (soft * 6).round() / 6 * 0.5 + 0.72 * soft * 0.5
        return (wash + 0.015 * grain / grain.std() - 0.45 * rim).clamp(0, 1)
    if look == "oil":
        # dabs laid over one another: their rims catch light from above left
        dabs = _vivid(_patches(_patches(frames, max(2, round(0.5 * unit))), max(2, round(0.5 * unit))), 1.25)
        luma = _luma(soften(dabs, 0.12 * unit))
        step = max(1, round(0.12 * unit))
        wide = F.pad(luma, (step, step, step, step), mode="replicate")
        relief = wide[:, :, 2 * step :, 2 * step :] - wide[:, :, : -2 * step, : -2 * step]
        return (dabs + 0.06 + 0.9 * relief.clamp(-0.3, 0.3)).clamp(0, 1)
    if look == "comic halftone":
        pitch = max(4, round(unit))
        yy = (torch.arange(h).view(1, 1, h, 1) + 0.5) * (torch.pi / pitch)
        xx = (torch.arange(w).view(1, 1, 1, w) + 0.5) * (torch.pi / pitch)
        dots = 0.5 + 0.5 * torch.cos(xx + yy) * torch.cos(xx - yy)
        calm = soften(frames, 0.2 * unit)
        g = _luma(calm)
        ink = (_edges(calm) * 1.6 * unit - 0.15).clamp(0, 1)
        colour = (calm * 3.99).floor() / 3
        # in deep shade paper still shows between dots, in bright light some ink still does
        dark = ((dots - 0.2 - 0.6 * g) * 4 + 0.5).clamp(0, 1)
        return ((0.12 + 0.88 * colour) * (1 - 0.42 * dark) * (1 - 0.9 * ink)).clamp(0, 1)
    raise ValueError(f"unknown look {look}")
