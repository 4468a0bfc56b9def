"""Enlargement of frames before superResolution1, the same as ``enlargeLanczos`` in the product."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

LOBES = 3


def _lanczos(x: float) -> float:
    if abs(x) < 1e-9:
        return 1.0
    if abs(x) >= LOBES:
        return 0.0
    p = math.pi * x
    return LOBES * math.sin(p) * math.sin(p / LOBES) / (p * p)


def lanczos_kernels(factor: int) -> tuple[list[int], torch.Tensor]:
    """For each of ``factor`` phases the offset of the first of six taps, and the weights [factor, 6], which sum to one."""
    firsts, rows = [], []
    for phase in range(factor):
        centre = (phase + 0.5) / factor - 0.5
        first = math.floor(centre) - LOBES + 1
        row = [_lanczos(centre - first - k) for k in range(2 * LOBES)]
        firsts.append(first)
        rows.append([value / sum(row) for value in row])
    return firsts, torch.tensor(rows)


def _along_width(x: torch.Tensor, factor: int) -> torch.Tensor:
    n, h, w = x.shape
    firsts, weights = lanczos_kernels(factor)
    padded = F.pad(x[:, None], (LOBES, LOBES, 0, 0), mode="replicate")[:, 0]
    out = torch.empty(n, h, w, factor, dtype=x.dtype, device=x.device)
    for phase, first in enumerate(firsts):
        taps = torch.stack([padded[:, :, LOBES + first + k:LOBES + first + k + w] for k in range(2 * LOBES)], -1)
        out[..., phase] = taps @ weights[phase].to(x)
    return out.reshape(n, h, w * factor)


def enlarge_lanczos(frames: torch.Tensor, factor: int) -> torch.Tensor:
    """Lanczos (three lobes) enlargement of [frames, channels, h, w], pixel areas on pixel areas; edges repeat."""
    f, c, h, w = frames.shape
    wide = _along_width(frames.reshape(f * c, h, w), factor)
    return _along_width(wide.transpose(1, 2).contiguous(), factor).transpose(1, 2).reshape(f, c, h * factor, w * factor)
