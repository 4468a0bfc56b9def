"""Trains keyframes and the text encoder jointly: first single frames, then clips of eight."""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch

from . import motion_world as world
from . import stand_in as S
from .configs import KEYFRAMES, TEXT_ENCODER
from .diffusion import add_noise, cosine_abar, sample, schedule, velocity
from .sheets import contact_sheet
from .tokenizer import encode

PROMPTS = [
    "a red fish swims right in the sea", "a blue bird flies left in the sky", "a yellow star moves up at night",
    "a green car drives right in the desert", "a white cat walks left on a meadow", "a purple ball moves down on a plain background",
    "an orange boat sails right in the sea", "a pink heart moves up and to the left at night", "a blue triangle goes down and to the right in the desert",
    "a white rocket flies up at night", "a green square moves left on a plain background", "a yellow butterfly flies right on a meadow",
]


def compute(params: dict[str, torch.Tensor], dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Parameters in the compute type; convolution kernels channels last."""
    out = {}
    for name, value in params.items():
        v = value.to(dtype)
        out[name] = v.contiguous(memory_format=torch.channels_last) if v.dim() == 4 else v
    return out


def generate(net, unet, text, prompts, steps=8, guidance=3.0, seed=0, frames=8, chunk=4):
    """Keyframes for prompts: [n, 3, frames, 40, 64]."""
    abar = cosine_abar()
    ts = schedule(steps, abar)
    P = compute(unet, torch.bfloat16)
    clips = []
    with torch.no_grad():
        for i in range(0, len(prompts), chunk):
            part = prompts[i:i + chunk]
            n = len(part)
            states = S.t5(TEXT_ENCODER, text, *encode([""] * n + part)).bfloat16()
            x = torch.stack([torch.randn(frames, 40, 64, 3, generator=torch.Generator().manual_seed(seed * 1000 + i + j)) for j in range(n)])

            def denoise(x, t):
                if guidance == 1.0:
                    return net(P, x.bfloat16(), torch.full((n,), t), states[n:]).float()
                out = net(P, torch.cat([x, x]).bfloat16(), torch.full((2 * n,), t), states).float()
                neg, pos = out.chunk(2)
                return neg + guidance * (pos - neg)

            clips.append(sample(denoise, x, ts, abar))
    return torch.cat(clips).permute(0, 4, 1, 2, 3)


def main(argv: list[str] | None = None) -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--run", default="runs/keyframes")
    p.add_argument("--profile", default="first", choices=sorted(world.PROFILES))
    p.add_argument("--image-minutes", type=float, default=18)
    p.add_argument("--minutes", type=float, default=100, help="total training time; the learning rate ends at zero then")
    p.add_argument("--until", type=float, default=0, help="wall-clock end (unix seconds); replaces --minutes")
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--clip-lr", type=float, default=7e-4)
    p.add_argument("--image-batch", type=int, default=32)
    p.add_argument("--clip-batch", type=int, default=4)
    p.add_argument("--checkpoint-minutes", type=float, default=4)
    p.add_argument("--sheet-minutes", type=float, default=10)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args(argv)
    torch.set_num_threads(a.threads)
    run = Path(a.run)
    run.mkdir(parents=True, exist_ok=True)
    profile = world.PROFILES[a.profile]
    abar = cosine_abar()

    generator = torch.Generator().manual_seed(a.seed)
    unet = S.init_parameters(S.unet_shapes(KEYFRAMES), generator)
    text = S.init_parameters(S.t5_shapes(TEXT_ENCODER), generator)
    master = {**{"unet." + k: v for k, v in unet.items()}, **{"text." + k: v for k, v in text.items()}}
    names = list(master)
    step, spent = 0, 0.0
    for v in master.values():
        v.requires_grad_()
    ema = {k: v.detach().clone() for k, v in master.items()}
    decayed = [v for k, v in master.items() if v.dim() > 1]
    others = [v for k, v in master.items() if v.dim() <= 1]
    optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}],
                                  lr=a.lr, betas=(0.9, 0.99), fused=True)
    state_file = run / "state.pt"
    if state_file.exists():
        state = torch.load(state_file, weights_only=True)
        with torch.no_grad():
            for k in names:
                master[k].copy_(state["master"][k])
                ema[k].copy_(state["ema"][k])
        optimiser.load_state_dict(state["optimiser"])
        step, spent = state["step"], state["spent"]
        print(f"resumed at step {step}, {spent / 60:.1f} min", flush=True)

    def part(source, prefix):
        return {k[len(prefix):]: v for k, v in source.items() if k.startswith(prefix)}

    def save():
        temporary = state_file.with_suffix(".tmp")
        torch.save({"master": {k: v.detach() for k, v in master.items()}, "ema": ema, "optimiser": optimiser.state_dict(),
                    "step": step, "spent": spent}, temporary)
        os.replace(temporary, state_file)

    image_net, clip_net = S.UNet(KEYFRAMES, spatial_only=True), S.UNet(KEYFRAMES)
    log = open(run / "log.jsonl", "a")
    last_save = last_sheet = time.time()
    mark, losses, clip_start = time.time(), [], None
    total = a.minutes * 60
    while True:
        if a.until:
            total = spent + max(0.0, a.until - time.time())
        if spent >= total:
            break
        began = time.time()
        images = spent < a.image_minutes * 60
        if not images and clip_start is None:
            clip_start = step
        rng = np.random.default_rng([a.seed, step])
        noise_generator = torch.Generator().manual_seed(a.seed * 1_000_003 + step)
        batch = a.image_batch if images else a.clip_batch
        scenes = [world.sample_scene(rng, profile) for _ in range(batch)]
        if images:
            clips = world.render(scenes, rng.uniform(0, 1, (batch, 1)), 40, 64)
        else:
            clips = world.render(scenes, world.clip_times(8), 40, 64)
        x0 = clips.permute(0, 2, 3, 4, 1)
        captions = ["" if rng.random() < 0.1 else s.caption for s in scenes]
        u = (torch.rand(1, generator=noise_generator) + torch.arange(batch)) / batch  # stratified over the batch
        t = (u % 1).pow(0.75).mul(1000).long().clamp_max(998)
        noise = torch.randn(x0.shape, generator=noise_generator)
        ab = abar[t]
        xt, target = add_noise(x0, noise, ab), velocity(x0, noise, ab)

        progress = spent / total
        warm = min(1.0, (step + 1) / 100) if clip_start is None else min(1.0, (step - clip_start + 20) / 100)
        base = a.lr if images else a.clip_lr
        decay = 1.0 if progress < 0.6 else max(0.02, (1 - progress) / 0.4)
        for group in optimiser.param_groups:
            group["lr"] = base * warm * decay

        params = compute(part(master, "unet."), torch.bfloat16)
        states = S.t5(TEXT_ENCODER, part(master, "text."), *encode(captions)).bfloat16()
        out = (image_net if images else clip_net)(params, xt.bfloat16(), t, states)
        loss = (out.float() - target).pow(2).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([v for v in master.values() if v.grad is not None], 1.0)
        optimiser.step()
        rate = min(0.999 if spent < 0.8 * total else 0.998, (step + 1) / (step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(ema.values()), [v.detach() for v in master.values()], 1 - rate)
        step += 1
        spent += time.time() - began
        losses.append(loss.item())
        if step % 50 == 0:
            mean = float(np.mean(losses))
            losses.clear()
            line = {"step": step, "minutes": round(spent / 60, 2), "phase": "images" if images else "clips", "loss": round(mean, 5),
                    "items_per_s": round(50 * batch / (time.time() - mark), 2), "lr": optimiser.param_groups[0]["lr"]}
            mark = time.time()
            log.write(json.dumps(line) + "\n")
            log.flush()
            print(line, flush=True)
        if time.time() - last_save > a.checkpoint_minutes * 60:
            save()
            last_save = time.time()
        if time.time() - last_sheet > a.sheet_minutes * 60:
            frames = 1 if images else 8
            net = image_net if images else clip_net
            clips = generate(net, part(ema, "unet."), part(ema, "text."), PROMPTS, frames=frames, guidance=2.0)
            contact_sheet(clips, PROMPTS, run / f"sheet-{step:06d}.png", 3 if frames == 1 else 2, 2)
            last_sheet = mark = time.time()
    save()
    print(f"done at step {step}, {spent / 60:.1f} min", flush=True)


if __name__ == "__main__":
    main()
