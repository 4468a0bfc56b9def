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
from .captions import LOOKS, style_prompts
from .diffusion import cosine_abar, sample, schedule
from .enlarge import enlarge_lanczos
from .generic_world import generic_clip
from .graph_network import GraphNetwork, compute_copy, export_graph
from .latent_expert import LatentExpert
from .sheets import contact_sheet
from .stages import Interpolation
from .text_bank import encode_texts
from .tokenizer import LOOK_WORDS, MAX_LENGTH, encode


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
            expert = LatentExpert(batch=len(LOOKS), runs=a.runs, part=1)
            params, shown = weights(a.runs, "sr2"), []
            for look, share in expert.measure(params).items():
                note("sr2", look, **{"share of its change that one step draws": share})
            half = GraphNetwork(export_graph("vae-decoder", configs.VAE, batch=1, height=expert.bank.latents.shape[-2], width=expert.bank.latents.shape[-1]))
            ids, present = encode([style_prompts(look)[0] for look in LOOKS], LOOK_WORDS)
            for crop in range(len(expert.bank.latents) - a.clips, len(expert.bank.latents)):
                plain = expert.bank.version(crop, "plain")[None, :, None] * expert.scale
                x = expert.noisy(plain, torch.tensor([configs.NOISIEST_LOOK // 2]), generator).expand(len(LOOKS), -1, -1, -1, -1)
                made = expert.drawn(params, x, torch.full((len(LOOKS),), configs.NOISIEST_LOOK // 2), ids, present.long())[:, :, 0] / expert.scale
                wanted = torch.stack([expert.bank.version(crop, look) for look in LOOKS])
                shown.append(torch.stack([half(vae, z[None]).float()[0] for pair in zip(wanted, made) for z in pair], 1))
            contact_sheet(torch.stack(shown), ["wanted and drawn: " + ", ".join(LOOKS)] * len(shown), a.out / "sr2.png", 1)
    means = {stage: {k: round(float(np.mean(v)), 2) for k, v in values.items()} for stage, values in report.items()}
    (a.out / "stages.json").write_text(json.dumps(means, indent=1) + "\n")
    print(json.dumps(means, indent=1))


if __name__ == "__main__":
    main()
