"""Pictures with detail at every scale, drawn once: superResolution1 learns from crops of them, at many sizes, instead of drawing anew at each step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from .generic_world import dead_leaves, noise_texture

HEIGHT, WIDTH = 480, 768


def natural_picture(rng: np.random.Generator) -> torch.Tensor:
    """Leaves of all sizes under rough light and shade: [3, 480, 768] in [0, 1].

    Photographs have as much to see in each octave (amplitude ~ 1 / frequency; Field 1987). A network that saw only large, clean leaves takes
    every rough surface for edges and sharpens it too much.
    """
    picture = dead_leaves(rng, HEIGHT, WIDTH, int(np.exp(rng.uniform(np.log(80), np.log(1800)))))
    if rng.random() < 0.6:
        generator = torch.Generator().manual_seed(int(rng.integers(1 << 31)))
        rough = noise_texture(generator, HEIGHT, WIDTH, float(rng.uniform(0.7, 1.15)))
        rough = rough / rough.std()
        # shade multiplies what it falls on; a share of it has a colour of its own
        tint = torch.from_numpy(rng.uniform(0.8, 1.2, (3, 1, 1)).astype(np.float32))
        picture = picture * torch.exp(float(rng.uniform(0.05, 0.5)) * rough * tint)
    return picture.clamp(0, 1)


class PictureBank:
    """``count`` pictures, kept in a file that is made at first use."""

    def __init__(self, file: Path, count: int = 160, seed: int = 17) -> None:
        if not file.exists() or len(np.load(file, mmap_mode="r")) < count:
            file.parent.mkdir(parents=True, exist_ok=True)
            print(f"drawing {count} pictures", flush=True)
            np.save(file, np.stack([(natural_picture(np.random.default_rng([seed, i])) * 255).round().byte().numpy() for i in range(count)]))
        self.pictures = np.load(file, mmap_mode="r")[:count]

    def crop(self, rng: np.random.Generator, h: int, w: int) -> torch.Tensor:
        """A part of a picture, one to as many times reduced as fits, mirrored and in other colours: [3, h, w] in [0, 1]."""
        picture = self.pictures[int(rng.integers(len(self.pictures)))]
        largest = min(3.0, HEIGHT / h, WIDTH / w)
        scale = float(rng.uniform(1, largest)) if rng.random() < 0.7 else 1.0
        tall, wide = int(h * scale), int(w * scale)
        y, x = int(rng.integers(0, HEIGHT - tall + 1)), int(rng.integers(0, WIDTH - wide + 1))
        part = torch.from_numpy(picture[:, y:y + tall, x:x + wide].astype(np.float32)) / 255
        if scale > 1:
            part = F.interpolate(part[None], size=(h, w), mode="area")[0]
        if rng.random() < 0.5:
            part = part.flip(2)
        part = part[torch.from_numpy(rng.permutation(3))]
        grey = part.mean(0, keepdim=True)
        # most of what is filmed has little colour, and not the whole range of brightness
        part = grey + (part - grey) * float(rng.uniform(0.1, 1))
        low, high = float(rng.uniform(0, 0.25)), float(rng.uniform(0.55, 1))
        return (part * (high - low) + low).clamp(0, 1)
