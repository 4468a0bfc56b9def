"""Trains one of the stages after keyframes: interpolation, sr1, vae or sr2 (which needs the vae)."""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch

from .graph_network import initial_parameters
from .stages import STAGES, Autoencoder


def write_latent_scale(run: Path, stage: Autoencoder, weights: dict[str, torch.Tensor]) -> None:
    """The factor that gives latents unit variance, from a few batches."""
    values = []
    with torch.no_grad():
        for i in range(8):
            values.append(stage.encoder(weights, stage.crops(np.random.default_rng([99, i]))).flatten())
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
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args(argv)
    torch.set_num_threads(a.threads)
    run = a.runs / a.stage
    run.mkdir(parents=True, exist_ok=True)
    kind = STAGES[a.stage]
    stage = kind(runs=a.runs) if a.stage == "sr2" else kind()
    master = dict(sorted(initial_parameters(stage.shapes, torch.Generator().manual_seed(a.seed)).items()))
    if hasattr(stage, "prepare"):
        with torch.no_grad():
            stage.prepare(master)
    for v in master.values():
        v.requires_grad_()
    ema = {k: v.detach().clone() for k, v in master.items()}
    lr = a.lr or kind.lr
    optimiser = torch.optim.AdamW(list(master.values()), lr=lr, betas=(0.9, 0.99), weight_decay=0.001, fused=True)
    step, spent = 0, 0.0
    state_file = run / "state.pt"
    if state_file.exists():
        state = torch.load(state_file, weights_only=True)
        with torch.no_grad():
            for k in master:
                master[k].copy_(state["master"][k])
                ema[k].copy_(state["ema"][k])
        optimiser.load_state_dict(state["optimiser"])
        step, spent = state["step"], state["spent"]
        print(f"resumed {a.stage} at step {step}, {spent / 60:.1f} min", flush=True)

    def save():
        temporary = state_file.with_suffix(".tmp")
        torch.save({"master": {k: v.detach() for k, v in master.items()}, "ema": ema, "optimiser": optimiser.state_dict(),
                    "step": step, "spent": spent}, temporary)
        os.replace(temporary, state_file)
        if a.stage == "vae":
            write_latent_scale(run, stage, ema)

    log = open(run / "log.jsonl", "a")
    last_save, losses = time.time(), []
    while (progress := max(spent / (a.minutes * 60), step / a.steps if a.steps else 1)) < 1:
        began = time.time()
        rng = np.random.default_rng([a.seed, step])
        generator = torch.Generator().manual_seed(a.seed * 1_000_003 + step)
        for group in optimiser.param_groups:
            group["lr"] = lr * min(1, (step + 1) / 50) * (1.0 if progress < 0.5 else max(0.02, (1 - progress) / 0.5))
        loss = stage.loss(master, rng, generator)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([v for v in master.values() if v.grad is not None], 1.0)
        optimiser.step()
        rate = min(0.995, (step + 1) / (step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(ema.values()), [v.detach() for v in master.values()], 1 - rate)
        step += 1
        spent += time.time() - began
        losses.append(loss.item())
        if step % 25 == 0:
            line = {"stage": a.stage, "step": step, "minutes": round(spent / 60, 2), "loss": round(float(np.mean(losses)), 5)}
            losses.clear()
            log.write(json.dumps(line) + "\n")
            log.flush()
            print(line, flush=True)
        if time.time() - last_save > a.checkpoint_minutes * 60:
            save()
            last_save = time.time()
    save()
    print(f"{a.stage}: done at step {step}, {spent / 60:.1f} min", flush=True)


if __name__ == "__main__":
    main()
