"""Writes the pack: configs, tokenizer, and averaged weights of every trained stage as half-precision safetensors.

Stages without a run keep the weights that the pack has; in a new pack they are untrained.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from . import configs
from .captions import LOOKS, style_prompts
from .graph_network import GraphNetwork, export_graph, initial_parameters
from .tokenizer import LOOK_WORDS, MAX_LENGTH, write_tokenizer

SHARD_BYTES = 15_000_000


def stage_graphs(stage: str) -> list[tuple[str, dict, dict]]:
    """(kind, config, sizes) of the graphs that hold a stage's parameters."""
    tokens = {"tokens": MAX_LENGTH}
    return {
        "text": [("t5-encoder", configs.TEXT_ENCODER, {"batch": 1, **tokens})],
        "keyframes": [("unet3d", configs.KEYFRAMES, {"batch": 1, "frames": 8, "height": 40, "width": 64, **tokens})],
        "interpolation": [("unet3d", configs.INTERPOLATION, {"batch": 1, "frames": 5, "height": 40, "width": 64, **tokens})],
        "sr1": [("unet3d", configs.SUPER_RESOLUTION_1, {"batch": 1, "frames": 8, "height": 160, "width": 256, **tokens})],
        "sr2": [("unet3d", configs.SUPER_RESOLUTION_2, {"batch": 1, "frames": 29, "height": 160, "width": 288, **tokens})],
        "vae": [("vae-encoder", configs.VAE, {"batch": 1, "height": 320, "width": 576}),
                ("vae-decoder", configs.VAE, {"batch": 1, "height": 160, "width": 288})],
    }[stage]


def parameter_shapes(stage: str) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a stage's parameters, as its exported graphs declare them."""
    shapes: dict[str, tuple[int, ...]] = {}
    for kind, config, sizes in stage_graphs(stage):
        shapes.update(GraphNetwork(export_graph(kind, config, **sizes)).shapes)
    return shapes


def averaged(runs: Path, run: str, stage: str, prefix: str) -> tuple[dict[str, torch.Tensor], float]:
    """Averaged weights of a run, or untrained ones where there was no run; and the minutes spent."""
    state_file = runs / run / "state.pt"
    if state_file.exists():
        state = torch.load(state_file, weights_only=True)
        weights = {k[len(prefix):]: v for k, v in state["ema"].items() if k.startswith(prefix)}
        return weights, state["spent"] / 60
    return initial_parameters(parameter_shapes(stage), torch.Generator().manual_seed(0)), 0.0


def write_weights(folder: Path, name: str, weights: dict[str, torch.Tensor]) -> None:
    """One file, or shards with an index where one would be too large."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}*.safetensors*"):
        old.unlink()
    half = {k: v.detach().to(torch.float16).contiguous() for k, v in sorted(weights.items())}
    for key, value in half.items():
        if not torch.isfinite(value).all():
            raise ValueError(f"{key} does not fit half precision")
    shards: list[dict[str, torch.Tensor]] = [{}]
    size = 0
    for key, value in half.items():
        if size + value.numel() * 2 > SHARD_BYTES and shards[-1]:
            shards.append({})
            size = 0
        shards[-1][key] = value
        size += value.numel() * 2
    if len(shards) == 1:
        save_file(shards[0], folder / f"{name}.safetensors", metadata={"format": "pt"})
        return
    index = {}
    for i, shard in enumerate(shards):
        file = f"{name}-{i + 1:05d}-of-{len(shards):05d}.safetensors"
        save_file(shard, folder / file, metadata={"format": "pt"})
        index.update({key: file for key in shard})
    total = sum(v.numel() * 2 for v in half.values())
    (folder / f"{name}.safetensors.index.json").write_text(json.dumps({"metadata": {"total_size": total}, "weight_map": index}, indent=1) + "\n")


def write_json(path: Path, value: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")


def presets(guidance: float, strength: float) -> dict:
    """Steps, guidance and strength of every stage in the three presets."""
    def stages(key: int, middle: int, sr1: int, sr2: int) -> list[dict]:
        return [
            {"stage": "keyframes", "numInferenceSteps": key, "guidanceScale": guidance},
            {"stage": "interpolation", "numInferenceSteps": middle, "guidanceScale": 1},
            {"stage": "superResolution1", "numInferenceSteps": sr1, "guidanceScale": 1},
            {"stage": "superResolution2", "numInferenceSteps": sr2, "guidanceScale": 1, "strength": strength},
        ]

    # one step in the stages between: they give the conditional mean
    standard = stages(8, 1, 1, 4)
    return {"draft": standard[:1], "standard": standard, "final": stages(25, 1, 1, 4)}


def restyling() -> dict:
    """What the latent expert learned about looks, for the gallery and its sliders (docs/restyle.md)."""
    return {"styles": [{"name": look.capitalize(), "prompt": style_prompts(look)[0], "alsoCalled": style_prompts(look)[3:]} for look in LOOKS],
            "numInferenceSteps": 2, "guidanceScale": 1, "strength": 0.6, "structure": 0.5, "noisiestTimestep": configs.NOISIEST_LOOK}


def main(argv: list[str] | None = None) -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--runs", type=Path, default=Path(__file__).resolve().parents[1] / "runs")
    p.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[2] / "motif-mini")
    p.add_argument("--version", default="0.1.0")
    p.add_argument("--guidance", type=float, default=2.0)
    p.add_argument("--strength", type=float, default=0.1)
    a = p.parse_args(argv)
    out: Path = a.out
    total = 0
    minutes = {}
    plan = [
        ("text_encoder", "model", "keyframes", "text", "text.", configs.TEXT_ENCODER),
        ("keyframes/unet", "diffusion_pytorch_model", "keyframes", "keyframes", "unet.", configs.KEYFRAMES),
        ("interpolation/unet", "diffusion_pytorch_model", "interpolation", "interpolation", "", configs.INTERPOLATION),
        ("super_resolution_1/unet", "diffusion_pytorch_model", "sr1", "sr1", "", configs.SUPER_RESOLUTION_1),
        ("super_resolution_2/unet", "diffusion_pytorch_model", "sr2", "sr2", "unet.", configs.SUPER_RESOLUTION_2),
        ("super_resolution_2/text_encoder", "model", "sr2", "text", "text.", configs.TEXT_ENCODER),
        ("super_resolution_2/vae", "diffusion_pytorch_model", "vae", "vae", "", configs.VAE),
    ]
    vae_scale = 1.0
    scale_file = a.runs / "vae" / "scale.json"
    if scale_file.exists():
        vae_scale = json.loads(scale_file.read_text())["scaling_factor"]
    for folder, name, run, stage, prefix, config in plan:
        if not (a.runs / run / "state.pt").exists() and any((out / folder).glob(f"{name}*.safetensors")):
            print(f"{stage}: no run, the pack keeps what it has")
            continue
        weights, spent = averaged(a.runs, run, stage, prefix)
        shapes = parameter_shapes(stage)
        if {k: tuple(v.shape) for k, v in weights.items()} != shapes:
            raise ValueError(f"{stage}: weights of {run} do not match the graph that the product exports")
        write_weights(out / folder, name, weights)
        config = {**config, "scaling_factor": vae_scale} if stage == "vae" else config
        write_json(out / folder / "config.json", config)
        count = sum(v.numel() for v in weights.values())
        total += count
        minutes[stage] = round(spent, 1)
        print(f"{stage}: {count / 1e6:.2f} M parameters, trained {spent:.1f} min")
    for stage in ("keyframes", "interpolation", "super_resolution_1"):
        write_json(out / stage / "scheduler" / "scheduler_config.json", configs.SOLVER)
    write_json(out / "super_resolution_2" / "scheduler" / "scheduler_config.json", configs.LATENT_SOLVER)
    write_tokenizer(out / "tokenizer")
    write_tokenizer(out / "super_resolution_2" / "tokenizer", LOOK_WORDS)
    files = {}
    for path in sorted(out.rglob("*")):
        relative = path.relative_to(out).as_posix()
        if path.is_file() and relative not in ("model_index.json", "MODEL_CARD.md"):
            data = path.read_bytes()
            files[relative] = {"sizeBytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    index_file = out / "model_index.json"
    before = json.loads(index_file.read_text()) if index_file.exists() else {}
    looks = {"restyling": restyling()} if (a.runs / "sr2" / "state.pt").exists() or "restyling" in before else {}
    write_json(index_file, {
        "_class_name": "MotifCascade", "format": 1, "id": "motif-mini", "name": "Motif mini", "version": a.version, "licence": "Apache-2.0",
        "description": "A small Show-1 trained from scratch on rendered scenes: one moving subject, its colour, direction and place.",
        "stages": {"keyframes": "keyframes", "interpolation": "interpolation", "superResolution1": "super_resolution_1", "superResolution2": "super_resolution_2"},
        "promptTokens": MAX_LENGTH,
        "conditioning": {"betweenKeyFrames": "linearBlend", "keyFrames": "keep", "noiseLevel": configs.NOISE_LEVEL, "enlargement": "lanczos"},
        "output": {"keyframes": 8, "frames": 29, "width": 576, "height": 320, "frameRate": {"num": 8, "den": 1}},
        "presets": presets(a.guidance, a.strength), **looks,
        "files": files,
    })
    size = sum(f.stat().st_size for f in out.rglob("*") if f.is_file())
    print(f"{total / 1e6:.2f} M parameters, {size / 1e6:.1f} MB in {out}; minutes {minutes}")


if __name__ == "__main__":
    main()
