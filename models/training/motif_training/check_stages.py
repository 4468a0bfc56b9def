"""Measures the stages after keyframes on clips that were never trained on: PSNR against plain resizing and blending."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from . import configs
from . import motion_world as world
from .diffusion import cosine_abar, linear_abar, sample, schedule
from .enlarge import enlarge_lanczos
from .generic_world import generic_clip
from .graph_network import GraphNetwork, compute_copy, export_graph
from .sheets import contact_sheet
from .stages import Interpolation
from .text_bank import encode_texts
from .tokenizer import MAX_LENGTH


def psnr(x: torch.Tensor, y: torch.Tensor) -> float:
    """Of values in [-1, 1]."""
    return (10 * torch.log10(4 / (x.clamp(-1, 1) - y).pow(2).mean())).item()


def weights(runs: Path, name: str, dtype: torch.dtype = torch.float32) -> dict[str, torch.Tensor]:
    """Averaged weights of a run, in the computing type."""
    return compute_copy(torch.load(runs / name / "state.pt", weights_only=True)["ema"], dtype)


def interpolate(parameters, net, keys: torch.Tensor, steps: int, generator) -> torch.Tensor:
    """Five frames from the first and last of ``keys`` [1, 3, 5, h, w]."""
    condition = Interpolation.condition(keys)
    text = encode_texts([""])
    run = lambda x, t: net(parameters, torch.cat([x, condition], 1), torch.tensor([t]), text)  # noqa: E731
    abar = cosine_abar()
    return sample(run, torch.randn(keys.shape, generator=generator), schedule(steps, abar), abar)


def enlarge(parameters, net, low: torch.Tensor, first: torch.Tensor | None, steps: int, generator) -> torch.Tensor:
    """A window [1, 3, 8, h, w] four times larger; ``first`` is its clean first frame, if there is one."""
    frames = low[0].transpose(0, 1)
    up = enlarge_lanczos(frames, 4).transpose(0, 1)[None]
    abar = cosine_abar()
    level = abar[configs.NOISE_LEVEL]
    cond = level.sqrt() * up + (1 - level).sqrt() * torch.randn(up.shape, generator=generator)
    if first is not None:
        cond[:, :, 0] = first
    text = encode_texts([""])
    label = torch.tensor([configs.NOISE_LEVEL])

    def run(x, t):
        data = {"sample": torch.cat([x, cond], 1), "timestep": torch.tensor([t]), "encoder_hidden_states": text, "class_labels": label}
        return net(parameters, *[data[i[0]] for i in net.inputs]).float()

    return sample(run, torch.randn(up.shape, generator=generator), schedule(steps, abar), abar)


def main(argv: list[str] | None = None) -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--runs", type=Path, default=Path("runs"))
    p.add_argument("--out", type=Path, default=Path("runs/eval"))
    p.add_argument("--clips", type=int, default=4)
    p.add_argument("--only", default="interpolation,sr1,vae,sr2")
    p.add_argument("--threads", type=int, default=1)
    a = p.parse_args(argv)
    torch.set_num_threads(a.threads)
    a.out.mkdir(parents=True, exist_ok=True)
    report: dict[str, dict[str, float]] = {}

    def clips(frames: int, h: int, w: int, span: float) -> list[tuple[str, torch.Tensor]]:
        result = []
        for i in range(a.clips):
            rng = np.random.default_rng([777, i])
            scene = world.sample_scene(rng, world.FIRST, only_held_out=True)
            start = rng.uniform(0, 1 - span)
            result.append(("motion", world.render([scene], np.linspace(start, start + span, frames), h, w)))
            result.append(("generic", generic_clip(rng, frames, h, w)[None]))
        return result

    def note(stage: str, kind: str, **values: float) -> None:
        for key, value in values.items():
            report.setdefault(stage, {}).setdefault(f"{kind} {key}", []).append(value)  # type: ignore[union-attr, arg-type]

    generator = torch.Generator().manual_seed(1)
    only = a.only.split(",")
    with torch.no_grad():
        if "interpolation" in only:
            net = GraphNetwork(export_graph("unet3d", configs.INTERPOLATION, batch=1, frames=5, height=40, width=64, tokens=MAX_LENGTH))
            params, shown = weights(a.runs, "interpolation"), []
            for kind, x in clips(5, 40, 64, 1 / 7):
                blend = Interpolation.condition(x)[:, :3]
                made = {n: interpolate(params, net, x, n, generator) for n in (1, 2, 4)}
                middle = slice(1, 4)
                note("interpolation", kind, blend=psnr(blend[:, :, middle], x[:, :, middle]), **{f"{n} steps": psnr(y[:, :, middle], x[:, :, middle]) for n, y in made.items()})
                shown.append(torch.cat([x, blend, made[2]], 2)[0])
            contact_sheet(torch.stack(shown), ["truth | blend | 2 steps"] * len(shown), a.out / "interpolation.png", 2)
        if "sr1" in only:
            net = GraphNetwork(export_graph("unet3d", configs.SUPER_RESOLUTION_1, batch=1, frames=8, height=160, width=256, tokens=MAX_LENGTH))
            params, shown = weights(a.runs, "sr1"), []
            for kind, x in clips(8, 160, 256, 7 / 28)[:4]:
                low = F.interpolate(x[0].transpose(0, 1), size=(40, 64), mode="area").transpose(0, 1)[None]
                up = enlarge_lanczos(low[0].transpose(0, 1), 4).transpose(0, 1)[None]
                made = {n: enlarge(params, net, low, None, n, generator) for n in (1, 2, 4)}
                note("sr1", kind, lanczos=psnr(up, x), **{f"{n} steps": psnr(y, x) for n, y in made.items()})
                shown.append(torch.stack([x[0, :, 4], up[0, :, 4], made[1][0, :, 4], made[2][0, :, 4], made[4][0, :, 4]], 1))
            contact_sheet(torch.stack(shown), ["truth | lanczos | 1 | 2 | 4 steps"] * len(shown), a.out / "sr1.png", 1)
        if "vae" in only or "sr2" in only:
            encoder = GraphNetwork(export_graph("vae-encoder", configs.VAE, batch=1, height=320, width=576))
            decoder = GraphNetwork(export_graph("vae-decoder", configs.VAE, batch=1, height=160, width=288))
            vae, shown = weights(a.runs, "vae"), []
            for kind, x in clips(1, 320, 576, 0.0)[:4]:
                y = decoder(vae, encoder(vae, x[:, :, 0])).float()
                note("vae", kind, reconstruction=psnr(y, x[:, :, 0]))
                shown.append(torch.stack([x[0, :, 0], y[0]], 1))
            contact_sheet(torch.stack(shown), ["truth | reconstruction"] * len(shown), a.out / "vae.png", 1)
        if "sr2" in only:
            scale = json.loads((a.runs / "vae" / "scale.json").read_text())["scaling_factor"]
            net = GraphNetwork(export_graph("unet3d", configs.SUPER_RESOLUTION_2, batch=1, frames=8, height=160, width=288, tokens=MAX_LENGTH))
            params, shown = weights(a.runs, "sr2"), []
            text = torch.zeros(1, MAX_LENGTH, 128)
            abar = linear_abar()
            for kind, x in clips(8, 320, 576, 7 / 28)[:4]:
                frames = x[0].transpose(0, 1)
                soft = F.interpolate(F.interpolate(frames, size=(110, 176), mode="area"), size=(320, 576), mode="bicubic").clamp(-1, 1)
                z = torch.cat([encoder(vae, f[None]).float() for f in soft]).transpose(0, 1)[None] * scale
                for t in (100, 250):
                    noise = torch.randn(z.shape, generator=generator)
                    xt = abar[t].sqrt() * z + (1 - abar[t]).sqrt() * noise
                    out = net(params, xt, torch.tensor([t]), text).float()
                    x0 = (abar[t].sqrt() * xt - (1 - abar[t]).sqrt() * out) / scale
                    y = decoder(vae, x0[0, :, 4][None]).float()
                    plain = decoder(vae, (z / scale)[0, :, 4][None]).float()
                    note("sr2", kind, **{f"input at t={t}": psnr(soft[4], frames[4]), f"vae only at t={t}": psnr(plain[0], frames[4]), f"one step at t={t}": psnr(y[0], frames[4])})
                    if t == 100:
                        shown.append(torch.stack([frames[4], soft[4], plain[0], y[0]], 1))
            contact_sheet(torch.stack(shown), ["truth | input | vae only | one step from t = 100"] * len(shown), a.out / "sr2.png", 1)
    means = {stage: {k: round(float(np.mean(v)), 2) for k, v in values.items()} for stage, values in report.items()}
    (a.out / "stages.json").write_text(json.dumps(means, indent=1) + "\n")
    print(json.dumps(means, indent=1))


if __name__ == "__main__":
    main()
