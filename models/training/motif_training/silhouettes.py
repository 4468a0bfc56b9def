"""Subjects of the motion world, drawn as vector silhouettes with parts that move.

Each subject is a function ``draw(pen, phase)`` in a square with x to the right and y upwards, both in [-1, 1],
facing right.  ``phase`` in [0, 1) drives the moving part (fins, wings, legs, wheels).  A silhouette has three
layers: ``body`` (takes the subject's colour), ``dark`` (eyes, wheels, windows) and ``light`` (highlights).
"""

from __future__ import annotations

import functools
import math
from typing import Callable

import numpy as np
from PIL import Image, ImageDraw

PHASES = 8
"""Number of animation phases that are drawn per subject."""

_DRAW = 384  # drawing size in pixels before it is reduced to the atlas sizes


class Pen:
    """Draws filled shapes into the three layers of one silhouette."""

    def __init__(self) -> None:
        self.layers = {name: Image.new("L", (_DRAW, _DRAW), 0) for name in ("body", "dark", "light")}
        self._draw = {name: ImageDraw.Draw(image) for name, image in self.layers.items()}

    @staticmethod
    def _px(x: float, y: float) -> tuple[float, float]:
        return ((x + 1) / 2 * _DRAW, (1 - y) / 2 * _DRAW)

    def polygon(self, points: list[tuple[float, float]], layer: str = "body", value: int = 255) -> None:
        self._draw[layer].polygon([self._px(x, y) for x, y in points], fill=value)

    def ellipse(self, cx: float, cy: float, rx: float, ry: float, layer: str = "body", value: int = 255) -> None:
        x0, y0 = self._px(cx - rx, cy + ry)
        x1, y1 = self._px(cx + rx, cy - ry)
        self._draw[layer].ellipse([x0, y0, x1, y1], fill=value)

    def box(self, x0: float, y0: float, x1: float, y1: float, layer: str = "body", value: int = 255) -> None:
        self.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], layer, value)

    def line(self, points: list[tuple[float, float]], width: float, layer: str = "body", value: int = 255) -> None:
        pixels = max(1, round(width * _DRAW / 2))
        self._draw[layer].line([self._px(x, y) for x, y in points], fill=value, width=pixels, joint="curve")
        for x, y in points:
            self.ellipse(x, y, width / 2, width / 2, layer, value)

    def wheel(self, cx: float, cy: float, r: float, phase: float) -> None:
        self.ellipse(cx, cy, r, r)
        self.ellipse(cx, cy, r, r, "dark", 230)
        angle = -2 * math.pi * phase
        for k in range(2):
            a = angle + k * math.pi / 2
            dx, dy = r * 0.7 * math.cos(a), r * 0.7 * math.sin(a)
            self.line([(cx - dx, cy - dy), (cx + dx, cy + dy)], r * 0.25, "light", 150)

    def eye(self, x: float, y: float, r: float = 0.09) -> None:
        self.ellipse(x, y, r * 1.5, r * 1.5, "light", 255)
        self.ellipse(x + r * 0.3, y, r, r, "dark", 255)


def _wave(phase: float) -> float:
    return math.sin(2 * math.pi * phase)


def _ball(p: Pen, t: float) -> None:
    p.ellipse(0, 0, 0.86, 0.86)
    p.ellipse(-0.3, 0.34, 0.2, 0.2, "light", 150)


def _square(p: Pen, t: float) -> None:
    p.box(-0.78, -0.78, 0.78, 0.78)


def _triangle(p: Pen, t: float) -> None:
    p.polygon([(-0.95, -0.8), (0.95, -0.8), (0, 0.9)])


def _star(p: Pen, t: float) -> None:
    points = []
    for k in range(10):
        r = 1.0 if k % 2 == 0 else 0.42
        a = math.pi / 2 + k * math.pi / 5
        points.append((r * math.cos(a), r * math.sin(a) - 0.06))
    p.polygon(points)


def _heart(p: Pen, t: float) -> None:
    s = 1 + 0.06 * _wave(t)
    p.ellipse(-0.43 * s, 0.35 * s, 0.47 * s, 0.47 * s)
    p.ellipse(0.43 * s, 0.35 * s, 0.47 * s, 0.47 * s)
    p.polygon([(-0.86 * s, 0.17 * s), (0.86 * s, 0.17 * s), (0, -0.92 * s)])
    p.box(-0.4 * s, 0.05, 0.4 * s, 0.36)


def _diamond(p: Pen, t: float) -> None:
    p.polygon([(0, 0.98), (0.68, 0), (0, -0.98), (-0.68, 0)])
    p.polygon([(0, 0.98), (0.3, 0), (0, -0.98), (-0.3, 0)], "light", 70)


def _ring(p: Pen, t: float) -> None:
    p.ellipse(0, 0, 0.9, 0.9)
    p.ellipse(0, 0, 0.48, 0.48, "body", 0)


def _cross(p: Pen, t: float) -> None:
    p.box(-0.3, -0.9, 0.3, 0.9)
    p.box(-0.9, -0.3, 0.9, 0.3)


def _fish(p: Pen, t: float) -> None:
    s = 0.22 * _wave(t)
    p.ellipse(0.2, 0, 0.76, 0.5)
    p.polygon([(-0.42, 0), (-0.98, 0.52 + s), (-0.82, s * 0.6), (-0.98, -0.52 + s)])
    p.polygon([(0.3, 0.4), (-0.15, 0.78), (-0.1, 0.35)])
    p.polygon([(0.3, -0.4), (-0.05, -0.72 + s * 0.4), (-0.1, -0.35)])
    p.eye(0.56, 0.12)


def _bird(p: Pen, t: float) -> None:
    s = _wave(t)
    p.ellipse(0.02, -0.05, 0.55, 0.3)
    p.ellipse(0.55, 0.2, 0.26, 0.26)
    p.polygon([(0.76, 0.26), (1.0, 0.14), (0.76, 0.08)])
    p.polygon([(0.76, 0.26), (1.0, 0.14), (0.76, 0.08)], "light", 120)
    p.polygon([(-0.4, 0.05), (-0.98, 0.18), (-0.9, -0.2), (-0.4, -0.15)])
    tip = 0.9 * s if s > 0 else 0.75 * s
    p.polygon([(-0.25, 0.05), (0.25, 0.05), (-0.15, 0.12 + tip), (-0.5, 0.1 + tip * 0.85)])
    p.ellipse(0.6, 0.26, 0.07, 0.07, "dark", 255)


def _butterfly(p: Pen, t: float) -> None:
    w = 0.78 + 0.2 * _wave(t)
    for side in (-1, 1):
        p.polygon([(0, 0.05), (side * 0.9 * w, 0.92), (side * 1.0 * w, 0.25), (side * 0.4 * w, -0.05)])
        p.ellipse(side * 0.62 * w, 0.5, 0.36 * w, 0.42)
        p.ellipse(side * 0.48 * w, -0.42, 0.36 * w, 0.38)
        p.ellipse(side * 0.6 * w, 0.48, 0.15 * w, 0.18, "light", 160)
    p.box(-0.06, -0.7, 0.06, 0.6)
    p.box(-0.06, -0.7, 0.06, 0.6, "dark", 255)


def _legs(p: Pen, xs: list[float], top: float, bottom: float, t: float, width: float = 0.16) -> None:
    for k, x in enumerate(xs):
        swing = 0.2 * math.sin(2 * math.pi * (t + k * 0.5))
        p.line([(x, top), (x + swing, bottom)], width)


def _cat(p: Pen, t: float) -> None:
    p.ellipse(-0.1, -0.12, 0.58, 0.32)
    p.ellipse(0.55, 0.26, 0.34, 0.32)
    p.polygon([(0.26, 0.4), (0.3, 0.86), (0.54, 0.5)])
    p.polygon([(0.58, 0.5), (0.84, 0.86), (0.86, 0.36)])
    _legs(p, [-0.5, -0.28, 0.16, 0.36], -0.25, -0.82, t)
    s = 0.12 * _wave(t)
    p.line([(-0.6, -0.05), (-0.86, 0.28), (-0.78 + s, 0.78)], 0.14)
    p.ellipse(0.66, 0.3, 0.06, 0.08, "dark", 255)


def _dog(p: Pen, t: float) -> None:
    p.box(-0.62, -0.36, 0.4, 0.18)
    p.ellipse(-0.6, -0.09, 0.2, 0.27)
    p.ellipse(0.42, 0.3, 0.32, 0.3)
    p.box(0.5, 0.08, 0.98, 0.36)
    p.ellipse(0.2, 0.2, 0.14, 0.34)
    p.ellipse(0.2, 0.2, 0.11, 0.3, "dark", 110)
    _legs(p, [-0.58, -0.36, 0.1, 0.3], -0.25, -0.85, t, 0.18)
    p.line([(-0.7, 0.05), (-0.95, 0.4 + 0.15 * _wave(2 * t))], 0.13)
    p.ellipse(0.5, 0.4, 0.06, 0.06, "dark", 255)
    p.ellipse(0.94, 0.3, 0.08, 0.07, "dark", 255)


def _rabbit(p: Pen, t: float) -> None:
    p.ellipse(-0.16, -0.3, 0.56, 0.42)
    p.ellipse(0.42, 0.08, 0.3, 0.28)
    s = 0.08 * _wave(t)
    p.ellipse(0.26 - s, 0.6, 0.12, 0.38)
    p.ellipse(0.52 - s, 0.62, 0.12, 0.36)
    p.ellipse(-0.72, -0.2, 0.2, 0.2)
    p.ellipse(-0.72, -0.2, 0.18, 0.18, "light", 200)
    _legs(p, [-0.34, 0.24], -0.5, -0.84, t, 0.24)
    p.ellipse(0.54, 0.14, 0.06, 0.07, "dark", 255)


def _snake(p: Pen, t: float) -> None:
    points = []
    for k in range(41):
        x = -0.92 + 1.62 * k / 40
        points.append((x, 0.34 * math.sin(5.6 * x - 2 * math.pi * t)))
    p.line(points, 0.26)
    hx, hy = points[-1]
    p.ellipse(hx + 0.1, hy, 0.22, 0.17)
    p.ellipse(hx + 0.15, hy + 0.06, 0.05, 0.05, "dark", 255)


def _whale(p: Pen, t: float) -> None:
    s = 0.16 * _wave(t)
    p.ellipse(0.18, -0.1, 0.78, 0.52)
    p.polygon([(-0.4, 0.1), (-0.74, 0.3 + s), (-1.0, 0.66 + s), (-0.62, 0.5 + s), (-0.36, 0.72 + s), (-0.5, 0.28 + s), (-0.2, -0.3)])
    p.polygon([(0.2, -0.5), (-0.1, -0.86 - s), (0.0, -0.45)])
    p.ellipse(0.3, -0.42, 0.5, 0.16, "light", 130)
    p.ellipse(0.68, -0.02, 0.06, 0.06, "dark", 255)
    p.line([(0.3, 0.42), (0.3, 0.72)], 0.07)
    p.line([(0.3, 0.72), (0.12, 0.9)], 0.07)
    p.line([(0.3, 0.72), (0.48, 0.9)], 0.07)


def _turtle(p: Pen, t: float) -> None:
    p.ellipse(-0.1, 0.0, 0.66, 0.56)
    p.box(-0.8, -0.6, 0.7, -0.22, "body", 0)
    p.box(-0.74, -0.24, 0.56, -0.1)
    p.ellipse(0.74, 0.02, 0.22, 0.2)
    _legs(p, [-0.5, 0.3], -0.2, -0.56, t, 0.26)
    p.polygon([(-0.7, -0.16), (-0.98, -0.26), (-0.7, -0.06)])
    for x in (-0.42, -0.1, 0.22):
        p.ellipse(x, 0.16, 0.12, 0.13, "dark", 120)
    p.ellipse(0.8, 0.08, 0.05, 0.05, "dark", 255)


def _duck(p: Pen, t: float) -> None:
    p.ellipse(-0.12, -0.25, 0.66, 0.4)
    p.polygon([(-0.6, -0.2), (-0.98, 0.2 + 0.08 * _wave(t)), (-0.4, 0.02)])
    p.polygon([(0.2, -0.2), (0.2, 0.4), (0.56, 0.4), (0.52, -0.2)])
    p.ellipse(0.42, 0.46, 0.28, 0.28)
    p.polygon([(0.64, 0.52), (0.99, 0.4), (0.64, 0.3)])
    p.polygon([(0.64, 0.52), (0.99, 0.4), (0.64, 0.3)], "light", 150)
    p.ellipse(0.5, 0.54, 0.06, 0.06, "dark", 255)


def _car(p: Pen, t: float) -> None:
    p.box(-0.96, -0.42, 0.96, 0.08)
    p.ellipse(0.86, -0.18, 0.12, 0.24)
    p.polygon([(-0.62, 0.06), (-0.4, 0.56), (0.3, 0.56), (0.6, 0.06)])
    p.polygon([(-0.48, 0.1), (-0.32, 0.46), (-0.08, 0.46), (-0.08, 0.1)], "dark", 200)
    p.polygon([(0.04, 0.1), (0.04, 0.46), (0.24, 0.46), (0.45, 0.1)], "dark", 200)
    p.wheel(-0.52, -0.46, 0.26, t)
    p.wheel(0.52, -0.46, 0.26, t)
    p.box(0.86, -0.12, 0.98, 0.02, "light", 220)


def _truck(p: Pen, t: float) -> None:
    p.box(-0.98, -0.42, 0.3, 0.66)
    p.box(0.36, -0.42, 0.96, 0.28)
    p.box(0.2, -0.42, 0.5, -0.22)
    p.box(0.62, -0.02, 0.9, 0.2, "dark", 200)
    for x in (-0.66, -0.1, 0.62):
        p.wheel(x, -0.48, 0.23, t)


def _train(p: Pen, t: float) -> None:
    p.box(-0.96, -0.4, -0.36, 0.66)
    p.box(-0.98, 0.6, -0.28, 0.74)
    p.box(-0.4, -0.4, 0.8, 0.2)
    p.ellipse(0.78, -0.1, 0.16, 0.3)
    p.polygon([(0.4, 0.18), (0.34, 0.7), (0.7, 0.7), (0.64, 0.18)])
    p.ellipse(0.0, 0.2, 0.16, 0.16)
    p.box(-0.84, 0.12, -0.5, 0.5, "dark", 200)
    p.polygon([(0.8, -0.4), (0.99, -0.66), (0.7, -0.66)])
    for x in (-0.66, -0.06, 0.46):
        p.wheel(x, -0.48, 0.24, t)


def _boat(p: Pen, t: float) -> None:
    p.polygon([(-0.9, -0.3), (0.98, -0.3), (0.6, -0.82), (-0.66, -0.82)])
    p.line([(0, -0.3), (0, 0.9)], 0.08)
    p.polygon([(0.06, 0.9), (0.06, -0.16), (0.78, -0.16)])
    p.polygon([(-0.07, 0.7), (-0.07, -0.16), (-0.62, -0.16)])
    p.polygon([(0.06, 0.9), (0.06, -0.16), (0.78, -0.16)], "light", 110)
    p.box(-0.84, -0.46, 0.88, -0.36, "dark", 120)


def _plane(p: Pen, t: float) -> None:
    p.ellipse(0.05, 0.0, 0.92, 0.2)
    p.polygon([(0.25, 0.02), (-0.35, -0.62), (-0.55, -0.62), (-0.2, 0.02)])
    p.polygon([(0.2, 0.1), (-0.2, 0.5), (-0.36, 0.5), (-0.12, 0.1)])
    p.polygon([(-0.6, 0.06), (-0.98, 0.6), (-0.74, 0.6), (-0.36, 0.08)])
    for x in (-0.1, 0.14, 0.38):
        p.ellipse(x, 0.06, 0.06, 0.06, "dark", 220)
    p.polygon([(0.66, 0.13), (0.9, 0.05), (0.68, 0.02)], "dark", 220)


def _rocket(p: Pen, t: float) -> None:
    # drawn flying to the right; the world turns it along its path
    p.polygon([(0.4, 0.3), (0.99, 0), (0.4, -0.3)])
    p.box(-0.5, -0.3, 0.42, 0.3)
    p.polygon([(-0.16, 0.3), (-0.62, 0.68), (-0.56, 0.2)])
    p.polygon([(-0.16, -0.3), (-0.62, -0.68), (-0.56, -0.2)])
    flame = 0.3 + 0.12 * _wave(2 * t)
    p.polygon([(-0.5, 0.22), (-0.56 - flame, 0), (-0.5, -0.22)])
    p.polygon([(-0.5, 0.22), (-0.56 - flame, 0), (-0.5, -0.22)], "light", 190)
    p.ellipse(0.14, 0, 0.16, 0.16, "dark", 210)


def _balloon(p: Pen, t: float) -> None:
    p.ellipse(0, 0.26, 0.66, 0.7)
    p.polygon([(-0.5, -0.18), (0.5, -0.18), (0.16, -0.6), (-0.16, -0.6)])
    p.box(-0.2, -0.96, 0.2, -0.68)
    p.box(-0.2, -0.96, 0.2, -0.68, "dark", 150)
    p.line([(-0.16, -0.58), (-0.16, -0.7)], 0.05)
    p.line([(0.16, -0.58), (0.16, -0.7)], 0.05)
    p.ellipse(0, 0.26, 0.24, 0.7, "light", 110)


def _bicycle(p: Pen, t: float) -> None:
    for x in (-0.58, 0.58):
        p.ellipse(x, -0.36, 0.4, 0.4)
        p.ellipse(x, -0.36, 0.28, 0.28, "body", 0)
        for k in range(3):
            a = -2 * math.pi * t + k * math.pi / 3
            dx, dy = 0.3 * math.cos(a), 0.3 * math.sin(a)
            p.line([(x - dx, -0.36 - dy), (x + dx, -0.36 + dy)], 0.03)
    w = 0.11
    p.line([(-0.58, -0.36), (-0.2, 0.24), (0.4, 0.24), (-0.04, -0.36), (-0.58, -0.36)], w)
    p.line([(-0.04, -0.36), (-0.26, 0.42)], w)
    p.line([(-0.42, 0.44), (-0.08, 0.44)], w * 1.2)
    p.line([(0.58, -0.36), (0.36, 0.5), (0.56, 0.58)], w)


def _helicopter(p: Pen, t: float) -> None:
    p.ellipse(0.24, -0.14, 0.56, 0.38)
    p.polygon([(-0.2, 0.08), (-0.96, 0.16), (-0.96, 0.04), (-0.2, -0.22)])
    p.polygon([(-0.98, 0.38), (-0.82, 0.38), (-0.86, -0.06), (-0.98, -0.06)])
    p.box(0.16, 0.2, 0.28, 0.5)
    w = 0.3 + 0.6 * abs(math.cos(2 * math.pi * t))
    p.box(0.22 - w * 0.9, 0.46, 0.22 + w * 0.78, 0.56)
    p.line([(-0.2, -0.68), (0.7, -0.68)], 0.08)
    p.line([(0.02, -0.66), (0.08, -0.45)], 0.07)
    p.line([(0.46, -0.66), (0.42, -0.45)], 0.07)
    p.ellipse(0.5, -0.06, 0.22, 0.2, "dark", 190)


SUBJECTS: dict[str, Callable[[Pen, float], None]] = {
    "ball": _ball, "square": _square, "triangle": _triangle, "star": _star, "heart": _heart, "diamond": _diamond,
    "ring": _ring, "cross": _cross, "fish": _fish, "bird": _bird, "butterfly": _butterfly, "cat": _cat, "dog": _dog,
    "rabbit": _rabbit, "snake": _snake, "whale": _whale, "turtle": _turtle, "duck": _duck, "car": _car,
    "truck": _truck, "train": _train, "boat": _boat, "plane": _plane, "rocket": _rocket, "balloon": _balloon,
    "bicycle": _bicycle, "helicopter": _helicopter,
}
"""All subjects of the world; the order is the subject index used everywhere."""

NAMES = list(SUBJECTS)


@functools.lru_cache(maxsize=None)
def atlas(size: int) -> np.ndarray:
    """All silhouettes at one size: float32 [subject, phase, layer(body, dark, light), size, size] in [0, 1].

    A margin of one part in sixteen is kept empty around each one, so that sampling outside reads zero.
    """
    result = np.zeros((len(NAMES), PHASES, 3, size, size), np.float32)
    inner = size - 2 * (size // 16)
    offset = size // 16
    for s, draw in enumerate(SUBJECTS.values()):
        for k in range(PHASES):
            pen = Pen()
            draw(pen, k / PHASES)
            for c, layer in enumerate(("body", "dark", "light")):
                image = pen.layers[layer].resize((inner, inner), Image.BOX)
                result[s, k, c, offset:offset + inner, offset:offset + inner] = np.asarray(image, np.float32) / 255
    return result
