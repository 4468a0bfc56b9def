"""Latents of pictures as they are, softened, and in every look: made once, so that training does not draw and encode at every step."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from . import configs
from .captions import LOOKS
from .graph_network import GraphNetwork, compute_copy, export_graph
from .looks import apply_look
from .source_pictures import source_picture

LATENT = (40, 56)
"""Latents of a crop; two pixels each."""
HEIGHT, WIDTH = 320, 576
GRID = 8
"""Pixels between places of crops: blocks and dots of a look lie on it."""
MARGIN = 32
"""What strokes and blurs reach to beyond a crop, in pixels."""
CROPS = 4
"""Crops of a picture."""
VERSIONS = ["plain", "soft", *LOOKS]


def softened(rng: np.random.Generator, full: torch.Tensor) -> torch.Tensor:
    """Frames [frames, 3, 320, 576] as superResolution1 hands them over: 160x256, enlarged bicubically."""
    low = F.interpolate(full, size=(160, 256), mode="area")
    if rng.random() < 0.7:
        soft = F.interpolate(F.interpolate(low, scale_factor=1 / rng.uniform(1, 2.5), mode="area"), size=(160, 256), mode="bilinear")
        low = soft * (k := rng.uniform(0.3, 1)) + low * (1 - k)
    return F.interpolate(low, size=(HEIGHT, WIDTH), mode="bicubic").clamp(0, 1)


def crops(rng: np.random.Generator) -> torch.Tensor:
    """Parts of one picture in all versions: [crops, versions, 3, 80, 112] in [-1, 1]."""
    full = source_picture(rng, HEIGHT, WIDTH)[None]
    soft = softened(rng, full)
    h, w = LATENT[0] * 2, LATENT[1] * 2
    parts = []
    for _ in range(CROPS):
        y, x = (GRID * int(rng.integers(0, (size - side) // GRID + 1)) for size, side in ((HEIGHT, h), (WIDTH, w)))
        top, left = max(0, y - MARGIN), max(0, x - MARGIN)
        around = full[:, :, top:y + h + MARGIN, left:x + w + MARGIN]
        seed = int(rng.integers(1 << 30))
        drawn = [apply_look(around, look, seed, 8)[:, :, y - top:y - top + h, x - left:x - left + w] for look in LOOKS]
        parts.append(torch.cat([full[:, :, y:y + h, x:x + w], soft[:, :, y:y + h, x:x + w], *drawn]))
    return torch.stack(parts) * 2 - 1


def _part(runs: Path, seed: int, first: int, count: int) -> np.ndarray:
    """Latents of pictures ``first`` to ``first + count - 1``: [count * crops, versions, channels, h, w]."""
    torch.set_num_threads(1)
    h, w = LATENT
    encoder = GraphNetwork(export_graph("vae-encoder", configs.VAE, batch=len(VERSIONS), height=h * 2, width=w * 2))
    vae = compute_copy(torch.load(runs / "vae" / "state.pt", map_location="cpu", weights_only=True)["ema"], torch.float32)
    rows = []
    with torch.no_grad():
        for picture in range(first, first + count):
            for crop in crops(np.random.default_rng([seed, picture])):
                rows.append(encoder(vae, crop).half().numpy())
    return np.stack(rows)


class LookBank:
    """Latents (not yet scaled) of ``pictures`` pictures, kept in a file that is made at first use and grows when more are wanted."""

    def __init__(self, runs: Path, pictures: int, workers: int = 2, seed: int = 7) -> None:
        self.file = runs / "sr2" / "looks.npy"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        have = np.load(self.file, mmap_mode="r") if self.file.exists() else None
        known = 0 if have is None else len(have) // CROPS
        if known < pictures:
            chunk = 8
            starts = range(known, pictures, chunk)
            work = [(runs, seed, start, min(chunk, pictures - start)) for start in starts]
            print(f"drawing looks of {pictures - known} pictures", flush=True)
            if workers > 1:
                with ProcessPoolExecutor(workers) as pool:
                    made = list(pool.map(_part, *zip(*work)))
            else:
                made = [_part(*piece) for piece in work]
            np.save(self.file, np.concatenate(([] if have is None else [np.asarray(have)]) + made))
        self.latents = np.load(self.file, mmap_mode="r")[: pictures * CROPS]

    def version(self, crop: int, name: str) -> torch.Tensor:
        """Latents [channels, h, w] of one crop."""
        return torch.from_numpy(self.latents[crop, VERSIONS.index(name)].astype(np.float32))
