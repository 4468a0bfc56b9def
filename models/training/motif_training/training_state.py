"""What a training run consists of between two steps: weights, their moving average, the optimiser, and where it stands.

Every trainer keeps one ``TrainingState``; it saves and resumes it, clips gradients, steps the optimiser, follows the
weights with an exponential moving average and writes the log, so that a run that was stopped goes on exactly.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
import torch


class TrainingState:
    """Parameters by name (float32, trained), their average, an AdamW optimiser, the step and the seconds spent."""

    def __init__(self, run: Path, parameters: dict[str, torch.Tensor], lr: float, weight_decay: float = 0.01, average: float = 0.99) -> None:
        self.run = run
        self.file = run / "state.pt"
        self.master = dict(sorted(parameters.items()))  # the optimiser's state goes by position
        for value in self.master.values():
            value.requires_grad_()
        self.ema = {name: value.detach().clone() for name, value in self.master.items()}
        self.average = average
        kernels = [v for v in self.master.values() if v.dim() > 1]
        others = [v for v in self.master.values() if v.dim() <= 1]
        groups = [{"params": kernels, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW([g for g in groups if g["params"]], lr=lr, betas=(0.9, 0.99), fused=True)
        self.step, self.spent = 0, 0.0
        self._losses: list[float] = []
        self._marked = time.time()
        run.mkdir(parents=True, exist_ok=True)
        self._log = open(run / "log.jsonl", "a")

    def adopt(self, weights: dict[str, torch.Tensor]) -> None:
        """Starts from given weights, which must hold every parameter."""
        with torch.no_grad():
            for name, value in self.master.items():
                value.copy_(weights[name].float())
                self.ema[name].copy_(value)

    def resume(self) -> bool:
        """Goes on from the saved state, if there is one."""
        if not self.file.exists():
            return False
        state = torch.load(self.file, map_location="cpu", weights_only=True)
        with torch.no_grad():
            for name in self.master:
                self.master[name].copy_(state["master"][name])
                self.ema[name].copy_(state["ema"][name])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.spent = state["step"], state["spent"]
        print(f"resumed {self.run.name} at step {self.step}, {self.spent / 60:.1f} min", flush=True)
        return True

    def save(self) -> None:
        """Writes the state beside the old one and swaps them."""
        temporary = self.file.with_suffix(".tmp")
        torch.save({"master": {k: v.detach() for k, v in self.master.items()}, "ema": self.ema,
                    "optimiser": self.optimiser.state_dict(), "step": self.step, "spent": self.spent}, temporary)
        os.replace(temporary, self.file)


    def update(self, loss: torch.Tensor, lr: float, began: float, reported: float | None = None) -> bool:
        """One step of the optimiser on a loss; ``began`` is when the step's work began.

        A step whose loss or gradient is not finite is left out, because one would spoil every weight and both moments.
        Returns whether the weights moved.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = lr
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_([v for v in self.master.values() if v.grad is not None], 1.0)
        moved = bool(torch.isfinite(norm)) and bool(torch.isfinite(loss.detach()))
        if moved:
            self.optimiser.step()
            rate = min(self.average, (self.step + 1) / (self.step + 10))
            with torch.no_grad():
                torch._foreach_lerp_(list(self.ema.values()), [v.detach() for v in self.master.values()], 1 - rate)
            self._losses.append(loss.item() if reported is None else reported)
        else:
            print(f"step {self.step}: not finite, left out", flush=True)
        self.step += 1
        self.spent += time.time() - began
        return moved

    def report(self, every: int, **more) -> None:
        """Logs the mean loss at every so-many steps, with whatever else the trainer says."""
        if self.step % every or not self._losses:
            return
        line = {"step": self.step, "minutes": round(self.spent / 60, 2), "loss": round(float(np.mean(self._losses)), 5),
                "steps_per_s": round(len(self._losses) / (time.time() - self._marked), 3), "lr": self.optimiser.param_groups[0]["lr"], **more}
        self._losses.clear()
        self._marked = time.time()
        self._log.write(json.dumps(line) + "\n")
        self._log.flush()
        print(line, flush=True)
