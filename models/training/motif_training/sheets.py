"""Contact sheets: frames in a grid with captions, as PNG files to look at."""

from __future__ import annotations

from pathlib import Path

import torch
from PIL import Image, ImageDraw


def to_bytes(frames: torch.Tensor):
    """Frames in [-1, 1], [..., 3, h, w], as a uint8 array [..., h, w, 3]."""
    return ((frames.float().clamp(-1, 1) + 1) * 127.5).round().byte().movedim(-3, -1).cpu().numpy()


def contact_sheet(clips: torch.Tensor, captions: list[str], path: str | Path, scale: int = 2, columns: int = 1) -> None:
    """Writes clips [n, 3, frames, h, w] in [-1, 1] as rows of frames with their captions."""
    n, _, frames, h, w = clips.shape
    pictures = to_bytes(clips.transpose(1, 2))
    cell_w, cell_h = frames * (w * scale + 2), h * scale + 13
    rows = -(-n // columns)
    sheet = Image.new("RGB", (columns * (cell_w + 6), rows * cell_h), (24, 24, 24))
    draw = ImageDraw.Draw(sheet)
    for i in range(n):
        x0, y0 = (i % columns) * (cell_w + 6), (i // columns) * cell_h
        draw.text((x0 + 2, y0), captions[i][: max(10, cell_w // 6)], fill=(230, 230, 230))
        for f in range(frames):
            frame = Image.fromarray(pictures[i, f]).resize((w * scale, h * scale), Image.NEAREST)
            sheet.paste(frame, (x0 + f * (w * scale + 2), y0 + 12))
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)
