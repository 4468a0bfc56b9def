"""The motion world: scenes of moving silhouettes with captions, rendered by code at any size.

A ``Scene`` is a complete description (subjects, colours, paths over continuous time, background, camera, look); one
scene gives the same clip at 40x64 and at 320x576, so low/high resolution pairs come from the same parameters.
Lengths are in frame heights: x runs from 0 to the aspect ratio, y from 0 (top) to 1 (bottom).
"""

from __future__ import annotations

import dataclasses
import hashlib
import math

import numpy as np
import torch
import torch.nn.functional as F

from . import captions, silhouettes
from .backgrounds import paint_background
from .looks import apply_look

ASPECT = 1.6
"""Width over height of the world as it is framed at 64x40; wider frames show a little more at both sides."""


@dataclasses.dataclass(frozen=True)
class Profile:
    """What a data set draws from: lists of choices and probabilities."""

    subjects: tuple[str, ...]
    colours: tuple[str, ...]
    backgrounds: tuple[str, ...]
    motions: tuple[str, ...]
    motion_weights: tuple[float, ...]
    looks: tuple[str, ...] = ("flat",)
    plain_look: float = 1.0
    two_subjects: float = 0.0
    two_events: float = 0.0
    camera: float = 0.0
    sizes: bool = False
    size_range: tuple[float, float] = (0.46, 0.52)
    jitter: float = 0.04
    steady: bool = True
    """Animation phase and background details are fixed by what is said (little to guess from noise)."""


FIRST = Profile(
    subjects=("ball", "star", "heart", "fish", "bird", "car", "boat", "rocket"),
    colours=("red", "orange", "yellow", "green", "blue", "purple", "pink", "white"),
    backgrounds=("plain", "sky", "sea", "meadow", "night", "desert"),
    motions=tuple(captions.MOTIONS[:8]),
    motion_weights=(3, 3, 2, 2, 0.2, 0.2, 0.2, 0.2),
    jitter=0.025,
)
"""The reduced profile that the first shipped pack is trained on (two CPU cores)."""

TURNS = dataclasses.replace(
    FIRST,
    motion_weights=(3, 3, 3, 3, 0.2, 0.2, 0.2, 0.2),
    two_events=0.6,
)
"""The reduced profile with two events, one after the other, in most clips: what keyframes that know single directions go on with."""

WIDER = dataclasses.replace(
    FIRST,
    motions=tuple(m for m in captions.MOTIONS if m != "spiral"),
    motion_weights=(2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
    two_events=0.3,
)
"""The things of the reduced profile with nearly all motions, and two of them one after the other: what two CPU cores go on with."""

FULL = Profile(
    subjects=tuple(silhouettes.NAMES),
    colours=tuple(captions.COLOURS),
    backgrounds=tuple(captions.BACKGROUNDS),
    motions=tuple(captions.MOTIONS),
    motion_weights=(2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
    looks=tuple(captions.LOOKS),
    plain_look=0.5,
    two_subjects=0.2,
    two_events=0.25,
    camera=0.3,
    sizes=True,
    size_range=(0.32, 0.5),
    jitter=0.1,
    steady=False,
)
"""The whole world, for training with a GPU."""

PROFILES = {"first": FIRST, "turns": TURNS, "wider": WIDER, "full": FULL}

_VECTORS = {
    "right": (1, 0), "left": (-1, 0), "up": (0, -1), "down": (0, 1), "up-right": (1, -1), "up-left": (-1, -1),
    "down-right": (1, 1), "down-left": (-1, 1),
}


_EXTENT = {"bird": 1.25, "fish": 1.1, "rocket": 1.2, "car": 1.1, "snake": 1.2, "plane": 1.2, "square": 0.9}
"""Flat silhouettes are drawn larger, so that all subjects cover about the same area."""


@dataclasses.dataclass
class Actor:
    """One subject of a scene with everything that does not depend on time."""

    subject: str
    colour: str
    size: float
    motions: list[str]
    start: tuple[float, float]
    reach: tuple[float, float]
    facing: int
    beat: float
    phase: float


@dataclasses.dataclass
class Scene:
    """A complete clip description."""

    actors: list[Actor]
    background: str
    background_seed: int
    look: str
    camera: tuple[float, float, float]
    caption: str


def held_out(subject: str, colour: str, motion: str, background: str) -> bool:
    """True for the tenth of all combinations that training never shows."""
    key = f"{subject}/{colour}/{motion}/{background}".encode()
    return hashlib.sha256(key).digest()[0] % 10 == 0


def _events(actor: Actor, t: float) -> list[tuple[str, float]]:
    """The events that have begun at time t, each with its progress in [0, 1]."""
    count = len(actor.motions)
    return [(m, min(1.0, max(0.0, t * count - k))) for k, m in enumerate(actor.motions) if k == 0 or t * count > k]


def _displace(motion: str, t: float, reach: tuple[float, float], beat: float) -> tuple[float, float, float, float]:
    """Displacement (x, y), log2 size and turn (radians) of one motion at progress t, starting at zero."""
    rx, ry = reach
    if motion in _VECTORS:
        vx, vy = _VECTORS[motion]
        return vx * rx * t, vy * ry * t, 0.0, 0.0
    tau = 2 * math.pi
    if motion == "bounce":
        return 0.0, -ry * abs(math.sin(tau * t * beat)), 0.0, 0.0
    if motion == "orbit":
        return rx * 0.5 * math.sin(tau * t), ry * 0.5 * (1 - math.cos(tau * t)) - 0.0, 0.0, 0.0
    if motion == "zigzag":
        saw = abs(((t * 2 * beat) % 1) * 2 - 1)
        return rx * t, ry * 0.5 * (1 - saw) * 1.0, 0.0, 0.0
    if motion == "spiral":
        return rx * 0.5 * t * math.cos(2 * tau * t), ry * 0.5 * t * math.sin(2 * tau * t), 0.0, 0.0
    if motion == "grow":
        return 0.0, 0.0, 1.1 * t - 0.55, 0.0
    if motion == "spin":
        return 0.0, 0.0, 0.0, tau * t
    if motion == "wave":
        return rx * t, ry * 0.35 * math.sin(tau * t * beat), 0.0, 0.0
    if motion == "stop-and-go":
        eased = (min(t, 0.35) + max(0.0, t - 0.65)) / 0.7
        return rx * eased, 0.0, 0.0, 0.0
    raise ValueError(f"unknown motion {motion}")


def pose(actor: Actor, t: float) -> tuple[float, float, float, float]:
    """Centre x, centre y, diameter (frame heights) and turn (radians) of an actor at time t in [0, 1]."""
    x, y = actor.start
    log_size = turn = 0.0
    for motion, progress in _events(actor, t):
        dx, dy, ds, dr = _displace(motion, progress, actor.reach, actor.beat)
        x, y, log_size, turn = x + dx, y + dy, log_size + ds, turn + dr
    return x, y, actor.size * 2.0 ** log_size, turn


def _make_actor(rng: np.random.Generator, profile: Profile, subject: str, colour: str, motions: list[str], scale: float, lane: float) -> Actor:
    j = profile.jitter
    size = float(rng.uniform(*profile.size_range)) * scale * _EXTENT.get(subject, 1.0)
    speed = 1 + float(rng.uniform(-j, j)) * 2
    reach = (0.84 * speed, 0.46 * speed)
    if any(m not in _VECTORS for m in motions):
        reach = (reach[0] * 0.75, min(0.4, reach[1]))
    if len(motions) > 1:
        reach = (reach[0] * 0.6, reach[1] * 0.7)
    actor = Actor(subject, colour, size, motions, (0.0, 0.0), reach, 1, float(rng.choice([1.0, 1.5])), 0.0 if profile.steady else float(rng.uniform(0, 1)))
    # centre the path in the frame, so that what is said nearly fixes where things are
    points = np.array([pose(actor, t)[:2] for t in np.linspace(0, 1, 17)])
    middle = (points.min(0) + points.max(0)) / 2
    jx, jy = rng.uniform(-j, j, 2)
    actor.start = (ASPECT / 2 + jx * 1.5 - middle[0], 0.5 + lane + jy - middle[1])
    across = points[-1, 0] - points[0, 0]
    if across < -0.05:
        actor.facing = -1
    return actor


def sample_scene(rng: np.random.Generator, profile: Profile, keep_held_out: bool = False, only_held_out: bool = False) -> Scene:
    """Draws one scene; held-out combinations are redrawn unless asked for."""
    weights = np.asarray(profile.motion_weights, float)
    weights = weights / weights.sum()
    while True:
        count = 2 if rng.random() < profile.two_subjects else 1
        background = profile.backgrounds[int(rng.integers(len(profile.backgrounds)))]
        chosen = []
        for _ in range(count):
            subject = profile.subjects[int(rng.integers(len(profile.subjects)))]
            colour = profile.colours[int(rng.integers(len(profile.colours)))]
            events = 2 if rng.random() < profile.two_events else 1
            motions = [profile.motions[int(rng.choice(len(weights), p=weights))] for _ in range(events)]
            chosen.append((subject, colour, motions))
        out = any(held_out(s, c, m, background) for s, c, ms in chosen for m in ms)
        if (out and not (keep_held_out or only_held_out)) or (only_held_out and not out):
            continue
        break
    return build_scene(rng, profile, chosen, background)


def build_scene(rng: np.random.Generator, profile: Profile, chosen: list[tuple[str, str, list[str]]], background: str) -> Scene:
    """A scene with given subjects, colours, motions and background; everything else is drawn."""
    lanes = [0.0] if len(chosen) == 1 else [-0.22, 0.22]
    actors, told = [], []
    for (subject, colour, motions), lane in zip(chosen, lanes):
        word = list(captions.SIZES)[int(rng.choice(3, p=[0.15, 0.7, 0.15]))] if profile.sizes else ""
        scale = captions.SIZES[word] * (1.0 if len(chosen) == 1 else 0.75)
        actors.append(_make_actor(rng, profile, subject, colour, motions, scale, lane))
        told.append((subject, colour, word))
    look = "flat" if rng.random() < profile.plain_look else profile.looks[int(rng.integers(len(profile.looks)))]
    camera = (0.0, 0.0, 0.0)
    if rng.random() < profile.camera:
        camera = (float(rng.uniform(-0.15, 0.15)), float(rng.uniform(-0.06, 0.06)), float(rng.uniform(-0.2, 0.3)))
    text = captions.caption(rng, told, [a.motions for a in actors], background, look)
    seed = 7 if profile.steady else int(rng.integers(1 << 30))
    return Scene(actors, background, seed, look, camera, text)


def _atlas_size(pixels: float) -> int:
    return 48 if pixels <= 48 else 96 if pixels <= 110 else 192


_ATLAS: dict[int, torch.Tensor] = {}


def _atlas(size: int) -> torch.Tensor:
    if size not in _ATLAS:
        _ATLAS[size] = torch.from_numpy(silhouettes.atlas(size))
    return _ATLAS[size]


def render(scenes: list[Scene], times: np.ndarray | list[float], height: int, width: int, supersample: int = 2, with_mask: bool = False):
    """Renders scenes at the given times in [0, 1]: float32 [scenes, 3, times, height, width] in [-1, 1].

    With ``with_mask``, also the cover of the subjects, [scenes, 1, times, height, width] in [0, 1].

    ``times`` may also be [scenes, count], for other times in each scene.
    """
    times = np.asarray(times, np.float64)
    if times.ndim == 1:
        times = np.broadcast_to(times, (len(scenes), times.size))
    count, frames = times.shape
    h, w = height * supersample, width * supersample
    aspect = width / height
    ys = (torch.arange(h) + 0.5) / h
    xs = (torch.arange(w) + 0.5) / h + (ASPECT - aspect) / 2
    moving = any(s.camera != (0.0, 0.0, 0.0) for s in scenes)
    cam = np.array([s.camera for s in scenes])  # pan x, pan y, log2 zoom over the clip
    zoom = 2.0 ** (cam[:, None, 2] * (times - 0.5))
    shift = cam[:, None, :2] * (times[..., None] - 0.5) * 2

    # background: once per scene unless the camera moves
    seen = frames if moving else 1
    canvas = torch.empty(count, seen, 3, h, w)
    for i, scene in enumerate(scenes):
        for f in range(seen):
            z, (sx, sy) = (zoom[i, f], shift[i, f]) if moving else (1.0, (0.0, 0.0))
            gx = (xs - ASPECT / 2) / z + ASPECT / 2 + float(sx)
            gy = (ys - 0.5) / z + 0.5 + float(sy)
            canvas[i, f] = paint_background(scene.background, scene.background_seed, gx, gy)
            if not moving:
                break
    image = canvas.expand(count, frames, 3, h, w)

    slots = max(len(s.actors) for s in scenes)
    cover = torch.zeros(count, frames, 1, h, w) if with_mask else None
    for slot in range(slots):
        theta = np.zeros((count, frames, 2, 3), np.float32)
        index = np.zeros((count, frames, 2), np.int64)
        colour = np.zeros((count, 3), np.float32)
        present = np.zeros((count, 1, 1, 1, 1), np.float32)
        largest = 1.0
        for i, scene in enumerate(scenes):
            if slot >= len(scene.actors):
                theta[i, :, 0, 2] = 10
                continue
            present[i] = 1
            actor = scene.actors[slot]
            colour[i] = np.asarray(captions.COLOURS[actor.colour], np.float32) / 255
            subject = silhouettes.NAMES.index(actor.subject)
            turn_along = 0.0
            if actor.subject == "rocket" and actor.motions[0] in _VECTORS:
                vx, vy = _VECTORS[actor.motions[0]]
                turn_along = math.atan2(-vy * actor.reach[1], abs(vx) * actor.reach[0])
            for f in range(frames):
                t = float(times[i, f])
                x, y, size, turn = pose(actor, t)
                z, (sx, sy) = zoom[i, f], shift[i, f]
                x = (x - sx - ASPECT / 2) * z + ASPECT / 2
                y = (y - sy - 0.5) * z + 0.5
                size = size * z
                largest = max(largest, size * h)
                # output pixel (height units) -> sprite coordinates in [-1, 1]; the atlas has a margin of 1/16
                scale = 2 / size * (1 - 2 / 16)
                angle = turn * actor.facing + turn_along
                c, s = math.cos(angle), math.sin(angle)
                m = actor.facing
                theta[i, f] = [[m * c * scale, -m * s * scale * m, 0], [s * scale * m, c * scale, 0]]
                # grid coordinates of affine_grid: gx in [-1,1] is x = ASPECT/2 + gx*aspect/2
                a, b = theta[i, f, 0, :2].copy()
                d, e = theta[i, f, 1, :2].copy()
                ox, oy = ASPECT / 2 - x, 0.5 - y
                theta[i, f, 0] = [a * aspect / 2, b / 2, a * ox + b * oy]
                theta[i, f, 1] = [d * aspect / 2, e / 2, d * ox + e * oy]
                index[i, f] = subject, int((actor.phase + t * 2.0) * silhouettes.PHASES) % silhouettes.PHASES
        atlas = _atlas(_atlas_size(largest))
        sprites = atlas[torch.from_numpy(index[..., 0]), torch.from_numpy(index[..., 1])].flatten(0, 1)
        grid = F.affine_grid(torch.from_numpy(theta).flatten(0, 1), [count * frames, 3, h, w], align_corners=False)
        layers = F.grid_sample(sprites, grid, mode="bilinear", align_corners=False).view(count, frames, 3, h, w)
        alpha, dark, light = layers[:, :, 0:1], layers[:, :, 1:2], layers[:, :, 2:3]
        rgb = torch.from_numpy(colour).view(count, 1, 3, 1, 1)
        paint = rgb * (1 - 0.85 * dark)
        paint = paint + (1 - paint) * (0.8 * light * (1 - dark))
        alpha = alpha * torch.from_numpy(present)
        image = image + (paint - image) * alpha
        if cover is not None:
            cover = torch.maximum(cover, alpha)

    flat = image.flatten(0, 1)
    if supersample > 1:
        flat = F.avg_pool2d(flat, supersample)
    looks = sorted({s.look for s in scenes})
    image = flat.view(count, frames, 3, height, width)
    if looks != ["flat"]:
        parts = [image[i] if scene.look == "flat" else apply_look(image[i], scene.look, scene.background_seed) for i, scene in enumerate(scenes)]
        image = torch.stack(parts)
    result = (image * 2 - 1).transpose(1, 2).contiguous()
    if cover is None:
        return result
    mask = F.avg_pool2d(cover.flatten(0, 1), supersample).view(count, frames, 1, height, width)
    return result, mask.transpose(1, 2)


def clip_times(frames: int) -> np.ndarray:
    """Evenly spaced times of a whole clip."""
    return np.linspace(0, 1, frames)
