"""What a frame looks like in numbers that anyone can compute: tones, colour, edges, levels, and what repeats.

``tests/eval/look-features.ts`` computes the same numbers, in the same order; a test on each side holds them together.
"""

from __future__ import annotations

import math

import numpy as np

HEIGHT = 160
"""All frames are brought to this height first: looks scale with it."""

LEVELS = (3, 4, 5, 7)
SCALES = (1, 2, 4, 8)
LOWEST, HIGHEST = 8, 44
"""Waves per frame height in which something that repeats is looked for."""


def resize(frame: np.ndarray, height: int) -> np.ndarray:
    """Frame [h, w, 3] at another height and the same shape, by a triangle filter as wide as the step (antialiased bilinear)."""
    h, w, _ = frame.shape
    width = max(1, int(math.floor(w * height / h + 0.5)))
    return _along(_along(frame, height, 0), width, 1)


def _along(frame: np.ndarray, to: int, axis: int) -> np.ndarray:
    size = frame.shape[axis]
    if size == to:
        return frame
    step = size / to
    reach = max(1.0, step)
    centre = (np.arange(to) + 0.5) * step
    places = np.arange(size) + 0.5
    weights = np.maximum(0.0, 1 - np.abs(places[None] - centre[:, None]) / reach)
    weights /= weights.sum(1, keepdims=True)
    return np.moveaxis(np.tensordot(weights, frame, (1, axis)), 0, axis)


def _box(x: np.ndarray, radius: int) -> np.ndarray:
    """Mean over a square of 2 radius + 1, edges repeated."""
    for axis in (0, 1):
        pad = [(0, 0)] * x.ndim
        pad[axis] = (radius + 1, radius)
        total = np.cumsum(np.pad(x, pad, mode="edge"), axis, dtype=np.float64)
        n = x.shape[axis]
        upper = np.take(total, range(2 * radius + 1, 2 * radius + 1 + n), axis)
        x = (upper - np.take(total, range(n), axis)) / (2 * radius + 1)
    return x


def _quantiles(x: np.ndarray, shares: tuple[float, ...]) -> list[float]:
    """The values below which the given shares lie, without interpolation."""
    flat = np.sort(x, axis=None)
    return [float(flat[min(flat.size - 1, int(share * flat.size))]) for share in shares]


def _skew(x: np.ndarray) -> float:
    centred = x - x.mean()
    return float((centred**3).mean() / max(1e-9, (centred**2).mean() ** 1.5))


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).mean() / max(1e-9, math.sqrt(float((a * a).mean() * (b * b).mean()))))


def _power(signal: np.ndarray) -> np.ndarray:
    """Power of a profile at LOWEST..HIGHEST waves per HEIGHT pixels, under a Hann window."""
    n = signal.size
    place = np.arange(n)
    window = 0.5 - 0.5 * np.cos(2 * math.pi * (place + 0.5) / n)
    mean = (signal * window).sum() / window.sum()
    turn = 2 * math.pi * np.arange(LOWEST, HIGHEST + 1)[:, None] * place[None] / HEIGHT
    values = (signal - mean) * window
    return ((values * np.cos(turn)).sum(1) ** 2 + (values * np.sin(turn)).sum(1) ** 2) / n**2


def _repeats(signal: np.ndarray) -> list[float]:
    """How far the strongest wave of a profile stands out (log10 over the median beside it), where it lies, and the same at twice that."""
    power = _power(signal) + 1e-12
    beside = np.array([np.median(power[max(0, i - 6) : i + 7]) for i in range(power.size)])
    ratio = np.log10(power / beside)
    limit = 30 - LOWEST
    peak = int(ratio[: limit + 1].argmax())
    double = 2 * (peak + LOWEST) - LOWEST
    upper = float(ratio[double - 1 : double + 2].max()) if double + 1 < ratio.size else 0.0
    return [float(ratio[peak]), (peak + LOWEST) / 30, upper, math.log10(float(power[peak]))]


def features(frame: np.ndarray) -> np.ndarray:
    """The numbers of one frame [h, w, 3] in [0, 1]."""
    x = resize(np.asarray(frame, np.float64), HEIGHT)
    luma = x @ np.array([0.299, 0.587, 0.114])
    colour = x.max(2) - x.min(2)
    out: list[float] = []
    # tones and colour
    out += [luma.mean(), luma.std(), *_quantiles(luma, (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98))]
    out += [colour.mean(), colour.std(), *_quantiles(colour, (0.25, 0.5, 0.75, 0.9, 0.98))]
    out += [float((luma < 0.1).mean()), float((luma < 0.03).mean()), float((luma > 0.85).mean()), float((luma > 0.97).mean())]
    for a, b in ((0, 2), (0, 1)):
        difference = x[..., a] - x[..., b]
        out += [difference.mean(), difference.std()]
    # edges
    dx, dy = np.zeros_like(luma), np.zeros_like(luma)
    dx[:, 1:] = np.abs(luma[:, 1:] - luma[:, :-1])
    dy[1:] = np.abs(luma[1:] - luma[:-1])
    edge = np.maximum(dx, dy)
    out += [edge.mean(), edge.std(), *_quantiles(edge, (0.25, 0.5, 0.75, 0.9, 0.97))]
    out += [float((edge < limit).mean()) for limit in (0.002, 0.006, 0.015, 0.04)]
    # dark or bright lines, and how much there is at each scale
    means = {radius: _box(luma, radius) for radius in SCALES}
    inner = luma
    for radius in SCALES:
        band = inner - means[radius]
        out += [_skew(band), math.log10(float(band.std()) + 1e-4)]
        inner = means[radius]
    out += [_correlation(_box(edge, 1), means[1]), _correlation(_box(edge, 1), _box(colour, 1))]
    # few levels: where it is even, values sit on k / n
    even = edge < 0.02
    amount = max(1, int(even.sum()))
    for levels in LEVELS:
        out.append(float(np.cos(2 * math.pi * levels * x)[even].sum() / (3 * amount)))
    for channel in range(3):
        counts = np.bincount(np.clip(np.floor(x[..., channel] * 64), 0, 63).astype(int).ravel(), minlength=64) / luma.size
        out += [float(-(counts * np.log2(counts + 1e-12)).sum()), float(np.sort(counts)[-6:].sum())]
    # what repeats along rows and columns
    for plane in (luma, dx, dy):
        for axis in (0, 1):
            out += _repeats(plane.mean(axis))
    return np.asarray(out, np.float64)


def probe_picture() -> np.ndarray:
    """A picture [72, 100, 3] by formula: what it gives here and in the product's tests must agree."""
    y, x, c = np.meshgrid(np.arange(72), np.arange(100), np.arange(3), indexing="ij")
    return 0.5 + 0.3 * np.sin(0.31 * x + 0.5 * c) * np.cos(0.23 * y) + 0.15 * np.sin(0.9 * (x + 2 * y) + c)
