"""Word tokenizer of the embedded pack, in the ``tokenizers`` JSON form.

The model is WordPiece without sub-word pieces (every known word is one token, everything else is ``<unk>``), because
that form is read by all implementations of the format; the ids follow T5: pad 0, end 1, unknown 2.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import torch

from .captions import look_words, vocabulary

MAX_LENGTH = 24
"""Tokens per prompt, end mark and padding included."""

SPECIAL = ["<pad>", "</s>", "<unk>"]
WORDS = {word: i for i, word in enumerate(SPECIAL + vocabulary())}
"""Ids of the words that the keyframes know."""

LOOK_WORDS = {**WORDS, **{word: len(WORDS) + i for i, word in enumerate(w for w in look_words() if w not in WORDS)}}
"""Ids of the words that the latent expert knows: those, and more ways to ask for a look."""

VOCABULARY_SIZE = 256
"""Rows of the embedding tables; a few are spare."""

assert len(LOOK_WORDS) <= VOCABULARY_SIZE


def encode(texts: list[str], known: dict[str, int] = WORDS) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids [n, MAX_LENGTH] and mask (1 where there is a token), the same as the JSON tokenizer gives."""
    ids = torch.zeros(len(texts), MAX_LENGTH, dtype=torch.long)
    mask = torch.zeros(len(texts), MAX_LENGTH)
    for row, text in enumerate(texts):
        words = re.findall(r"\w+|[^\w\s]+", text.lower())[: MAX_LENGTH - 1]
        numbers = [known.get(word, 2) for word in words] + [1]
        ids[row, : len(numbers)] = torch.tensor(numbers)
        mask[row, : len(numbers)] = 1
    return ids, mask


def tokenizer_json(known: dict[str, int] = WORDS) -> dict:
    """The tokenizer as a JSON object."""
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": i, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
            for i, token in enumerate(SPECIAL)
        ],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "pair": [
                {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}},
            ],
            "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}},
        },
        "decoder": None,
        "model": {
            "type": "WordPiece", "unk_token": "<unk>", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": dict(known),
        },
    }


def write_tokenizer(folder: str | Path, known: dict[str, int] = WORDS) -> None:
    """Writes tokenizer.json and tokenizer_config.json."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer_json(known), indent=1) + "\n")
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": MAX_LENGTH, "pad_token": "<pad>",
        "eos_token": "</s>", "unk_token": "<unk>", "padding_side": "right", "clean_up_tokenization_spaces": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")
