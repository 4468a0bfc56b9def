"""Encoded prompts for the stages after keyframes: they see the text encoder's states in use, so they see them in training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from . import motion_world as world
from .configs import TEXT_ENCODER
from .graph_network import GraphNetwork, export_graph
from .tokenizer import MAX_LENGTH, encode

PACK = Path(__file__).resolve().parents[2] / "motif-mini"


def encode_texts(texts: list[str], pack: Path = PACK) -> torch.Tensor:
    """States [len(texts), tokens, width] of a pack's text encoder."""
    weights = {name: value.float() for file in sorted((pack / "text_encoder").glob("*.safetensors")) for name, value in load_file(str(file)).items()}
    net = GraphNetwork(export_graph("t5-encoder", TEXT_ENCODER, batch=1, tokens=MAX_LENGTH))
    with torch.no_grad():
        return torch.cat([net(weights, *(v.long() for v in encode([text]))) for text in texts])


class TextBank:
    """The empty prompt and some captions, encoded once."""

    def __init__(self, captions: int = 63) -> None:
        texts = [world.sample_scene(np.random.default_rng([4242, i]), world.FULL).caption for i in range(captions)]
        self.states = encode_texts(["", *texts])

    def draw(self, rng: np.random.Generator, count: int) -> torch.Tensor:
        """States of ``count`` prompts, half of them empty: footage is enlarged without words."""
        return self.states[[0 if rng.random() < 0.5 else int(rng.integers(len(self.states))) for _ in range(count)]]
