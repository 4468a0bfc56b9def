"""What a frame looks like in numbers that anyone can compute: tones, colour, edges, levels, and what repeats.

``tests/eval/look-features.ts`` computes the same numbers, in the same order; a test on each side holds them together.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

HEIGHT = 160
"""All frames are brought to this height first: looks scale with it."""

LEVELS = (3, 4, 5, 7)
SCALES = (1, 2, 4, 8)
LOWEST, HIGHEST = 10, 64
"""Waves per frame height in which something that repeats is looked for."""


def resize(frame: np.ndarray, height: int) -> np.ndarray:
    """Frame [h, w, 3] at another height and the same shape, by a triangle filter as wide as the step (antialiased bilinear)."""
    h, w, _ = frame.shape
    width = max(1, int(math.floor(w * height / h + 0.5)))
    return _along(_along(frame, height, 0), width, 1)


@lru_cache(maxsize=64)
def _weights(size: int, to: int) -> np.ndarray:
    step = size / to
    reach = max(1.0, step)
    centre = (np.arange(to) + 0.5) * step
    places = np.arange(size) + 0.5
    weights = np.maximum(0.0, 1 - np.abs(places[None] - centre[:, None]) / reach)
    return weights / weights.sum(1, keepdims=True)


def _along(frame: np.ndarray, to: int, axis: int) -> np.ndarray:
    h, w, c = frame.shape
    if frame.shape[axis] == to:
        return frame
    if axis == 0:
        return (_weights(h, to) @ frame.reshape(h, w * c)).reshape(to, w, c)
    return _weights(w, to) @ frame


@lru_cache(maxsize=64)
def _means(n: int, radius: int) -> np.ndarray:
    """Matrix [n, n] of means over 2 radius + 1 neighbours, edges repeated."""
    matrix = np.zeros((n, n))
    for offset in range(-radius, radius + 1):
        np.add.at(matrix, (np.arange(n), np.clip(np.arange(n) + offset, 0, n - 1)), 1 / (2 * radius + 1))
    return matrix


def _box(x: np.ndarray, radius: int) -> np.ndarray:
    """Mean over a square of 2 radius + 1, edges repeated; planes [h, w] or pictures [h, w, c]."""
    planes = x[None] if x.ndim == 2 else np.moveaxis(x, 2, 0)
    means = np.stack([_means(plane.shape[0], radius) @ plane @ _means(plane.shape[1], radius).T for plane in planes])
    return means[0] if x.ndim == 2 else np.moveaxis(means, 0, 2)


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


@lru_cache(maxsize=64)
def _waves(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    place = np.arange(n)
    window = 0.5 - 0.5 * np.cos(2 * math.pi * (place + 0.5) / n)
    turn = 2 * math.pi * np.arange(LOWEST, HIGHEST + 1)[:, None] * place[None] / HEIGHT
    return window, np.cos(turn), np.sin(turn)


def _power(signal: np.ndarray) -> np.ndarray:
    """Power of a profile at LOWEST..HIGHEST waves per HEIGHT pixels, under a Hann window."""
    window, cosine, sine = _waves(signal.size)
    values = (signal - (signal * window).sum() / window.sum()) * window
    return ((cosine @ values) ** 2 + (sine @ values) ** 2) / signal.size**2


def _repeats(signal: np.ndarray) -> list[float]:
    """How far the strongest wave of a profile stands out (log10 over the median beside it), where it lies, and its power (log10)."""
    power = _power(signal) + 1e-12
    ratio = np.log10(power / np.array([np.median(power[max(0, i - 6) : i + 7]) for i in range(power.size)]))
    peak = int(ratio.argmax())
    return [float(ratio[peak]), (peak + LOWEST) / 40, math.log10(float(power[peak]))]


def features(frame: np.ndarray) -> np.ndarray:
    """The numbers of one frame [h, w, 3] in [0, 1]."""
    x = resize(np.asarray(frame, np.float64), HEIGHT)
    luma = x @ np.array([0.299, 0.587, 0.114])
    # colour of small areas: grain is not colour
    calm = _box(x, 2)
    colour = calm.max(2) - calm.min(2)
    out: list[float] = []
    # tones and colour
    out += [luma.mean(), luma.std(), *_quantiles(luma, (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98))]
    out += [colour.mean(), math.log10(float(colour.mean()) + 1e-3), colour.std(), *_quantiles(colour, (0.25, 0.5, 0.75, 0.9, 0.98))]
    out += [float((luma < 0.1).mean()), float((luma < 0.03).mean()), float((luma > 0.85).mean()), float((luma > 0.97).mean())]
    for a, b in ((0, 2), (0, 1)):
        difference = calm[..., a] - calm[..., b]
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
    out += [_correlation(_box(edge, 1), means[1]), _correlation(_box(edge, 1), colour)]
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
