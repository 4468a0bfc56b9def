"""Trains one of the stages after keyframes: interpolation, sr1, vae or sr2 (which needs the vae)."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from .batches import batches, to_device
from .graph_network import initial_parameters
from .stages import STAGES, Autoencoder
from .training_state import TrainingState


def write_latent_scale(run: Path, stage: Autoencoder, weights: dict[str, torch.Tensor]) -> None:
    """The factor that gives latents unit variance, from a few batches."""
    values = []
    with torch.no_grad():
        for i in range(8):
            values.append(stage.encoder(weights, stage.batch(np.random.default_rng([99, i]))["x"].to(stage.device)).flatten())
    spread = torch.cat(values).std().item()
    (run / "scale.json").write_text(json.dumps({"scaling_factor": round(1 / spread, 5)}) + "\n")


def main(argv: list[str] | None = None) -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("stage", choices=sorted(STAGES))
    p.add_argument("--runs", type=Path, default=Path("runs"))
    p.add_argument("--minutes", type=float, default=10)
    p.add_argument("--steps", type=int, default=10**9, help="end after so many steps, if that comes first")
    p.add_argument("--lr", type=float, default=0)
    p.add_argument("--checkpoint-minutes", type=float, default=3)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--batch", type=int, default=0, help="crops or segments a step; 0 for the stage's own")
    p.add_argument("--pictures", type=int, default=0, help="sr1, sr2: pictures that are drawn before training, and crops of which are learned from; 0 for the stage's own number")
    p.add_argument("--part", type=int, default=0, help="sr2: crops are so many times smaller per side than those of the pictures; 0 for the stage's own")
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--workers", type=int, default=0, help="processes that render ahead; on a GPU, as many as there are cores")
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args(argv)
    torch.set_num_threads(a.threads)
    run = a.runs / a.stage
    run.mkdir(parents=True, exist_ok=True)
    kind = STAGES[a.stage]
    wanted = {"sr1": ["runs", "pictures"], "sr2": ["runs", "pictures", "part"]}.get(a.stage, [])
    own = {name: getattr(a, name) for name in [*wanted, "batch"] if getattr(a, name)}
    stage = kind(device=a.device, **own)
    parameters = {k: v.to(stage.device) for k, v in initial_parameters(stage.shapes, torch.Generator().manual_seed(a.seed)).items()}
    if hasattr(stage, "prepare"):
        with torch.no_grad():
            stage.prepare(parameters)
    lr = a.lr or kind.lr
    state = TrainingState(run, parameters, lr, weight_decay=0.001, average=0.998)
    state.resume()

    def save():
        state.save()
        if hasattr(stage, "measure"):
            print(stage.measure(state.ema), flush=True)
        if a.stage == "vae":
            write_latent_scale(run, stage, state.ema)

    stream = batches(lambda step: stage.batch(np.random.default_rng([a.seed, step])), state.step, a.workers)
    saved = time.time()
    while (progress := max(state.spent / (a.minutes * 60), state.step / a.steps if a.steps else 1)) < 1:
        began = time.time()
        batch = to_device(next(stream), stage.device)
        generator = torch.Generator(stage.device).manual_seed(a.seed * 1_000_003 + state.step)
        rate = lr * min(1, (state.step + 1) / 50) * (1.0 if progress < 0.5 else max(0.02, (1 - progress) / 0.5))
        state.update(stage.loss(state.master, batch, generator), rate, began)
        state.report(25, stage=a.stage)
        if time.time() - saved > a.checkpoint_minutes * 60:
            save()
            saved = time.time()
    save()
    print(f"{a.stage}: done at step {state.step}, {state.spent / 60:.1f} min", flush=True)


if __name__ == "__main__":
    main()
