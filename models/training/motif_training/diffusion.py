"""Noise schedule, targets and the DPM-Solver++ sampler (order 2, midpoint), as the product samples."""

from __future__ import annotations

import math
from typing import Callable

import numpy as np
import torch


def cosine_abar(steps: int = 1000) -> torch.Tensor:
    """Cumulative alphas of the squared-cosine schedule (Nichol and Dhariwal 2021, eq. 17; betas at most 0.999)."""
    def bar(u: float) -> float:
        return math.cos((u + 0.008) / 1.008 * math.pi / 2) ** 2

    betas = [min(1 - bar((i + 1) / steps) / bar(i / steps), 0.999) for i in range(steps)]
    return torch.cumprod(1 - torch.tensor(betas, dtype=torch.float32), 0)


def linear_abar(steps: int = 1000, start: float = 0.00085, end: float = 0.012) -> torch.Tensor:
    """Cumulative alphas of the scaled-linear schedule of latent models."""
    return torch.cumprod(1 - torch.linspace(start**0.5, end**0.5, steps) ** 2, 0)


def add_noise(x0: torch.Tensor, noise: torch.Tensor, abar: torch.Tensor) -> torch.Tensor:
    """x_t for per-sample cumulative alphas abar [batch]."""
    a = abar.view(-1, *[1] * (x0.dim() - 1))
    return a.sqrt() * x0 + (1 - a).sqrt() * noise


def velocity(x0: torch.Tensor, noise: torch.Tensor, abar: torch.Tensor) -> torch.Tensor:
    """v = alpha * noise - sigma * x0 (Salimans and Ho 2022, appendix D)."""
    a = abar.view(-1, *[1] * (x0.dim() - 1))
    return a.sqrt() * noise - (1 - a).sqrt() * x0


def schedule(steps: int, abar: torch.Tensor, lambda_min: float = -5.1, start: int | None = None) -> list[int]:
    """Timesteps from noisy to clean: N+1 even points over [0, last], the 0 dropped, cut at ``start`` if given."""
    lam = 0.5 * (torch.log(abar) - torch.log(1 - abar))
    last = int((lam >= lambda_min).sum()) - 1
    points = np.linspace(0, last, steps + 1).round()[::-1][:-1].astype(int)
    return [int(t) for t in points if start is None or t <= start]


def sample(
    denoise: Callable[[torch.Tensor, int], torch.Tensor],
    x: torch.Tensor,
    timesteps: list[int],
    abar: torch.Tensor,
    prediction: str = "v_prediction",
    clip: bool = True,
) -> torch.Tensor:
    """DPM-Solver++ 2M from x at timesteps[0] down to t = 0; ``denoise`` returns the model's prediction."""
    alpha, sigma = abar.sqrt(), (1 - abar).sqrt()
    lam = torch.log(alpha) - torch.log(sigma)
    previous = None
    for i, t in enumerate(timesteps):
        out = denoise(x, t)
        if prediction == "v_prediction":
            m0 = alpha[t] * x - sigma[t] * out
        elif prediction == "sample":
            m0 = out
        else:
            m0 = (x - sigma[t] * out) / alpha[t]
        if clip:
            m0 = m0.clamp(-1, 1)
        nxt = timesteps[i + 1] if i + 1 < len(timesteps) else 0
        h = lam[nxt] - lam[t]
        decay = torch.exp(-h) - 1
        new = (sigma[nxt] / sigma[t]) * x - alpha[nxt] * decay * m0
        final = i + 1 == len(timesteps) and len(timesteps) < 15
        if previous is not None and not final:
            r0 = (lam[t] - lam[timesteps[i - 1]]) / h
            new = new - 0.5 * alpha[nxt] * decay * (m0 - previous) / r0
        previous = m0
        x = new
    return x
