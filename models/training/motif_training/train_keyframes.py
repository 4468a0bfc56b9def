"""Trains keyframes and the text encoder jointly: first single frames, then clips of eight."""

from __future__ import annotations

import argparse
import dataclasses
import signal
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from . import motion_world as world
from .configs import KEYFRAMES, TEXT_ENCODER
from .diffusion import add_noise, cosine_abar, sample, schedule, velocity
from .graph_network import GraphNetwork, compute_copy, export_graph, initial_parameters
from .sheets import contact_sheet
from .tokenizer import MAX_LENGTH, encode
from .training_state import TrainingState

PROMPTS = [
    "a red fish swims right in the sea", "a blue bird flies left in the sky", "a yellow star moves up at night",
    "a green car drives right in the desert", "a white fish swims left in the sky", "a purple ball moves down on a plain background",
    "an orange boat sails right in the sea", "a pink heart moves up and to the left at night", "a blue ball goes down and to the right in the desert",
    "a white rocket flies up at night", "a green star moves left on a plain background", "a yellow bird flies right on a meadow",
]


SUBJECT_WEIGHT = 4.0
"""Extra weight of the loss where the subject is: it covers a tenth of the frame, and is what the caption is about."""


def unet_graph(batch: int, frames: int, skip_temporal: bool = False) -> GraphNetwork:
    """The keyframe UNet for one shape."""
    path = export_graph("unet3d", KEYFRAMES, batch=batch, frames=frames, height=40, width=64, tokens=MAX_LENGTH)
    return GraphNetwork(path, skip_temporal)


def text_graph(batch: int) -> GraphNetwork:
    """The text encoder for one batch size."""
    return GraphNetwork(export_graph("t5-encoder", TEXT_ENCODER, batch=batch, tokens=MAX_LENGTH))


def generate(unet, text, prompts, steps=8, guidance=2.0, seed=0, frames=8):
    """Keyframes for prompts, two branches of guidance at once: [n, 3, frames, 40, 64]."""
    abar = cosine_abar()
    ts = schedule(steps, abar)
    P = compute_copy(unet, torch.bfloat16)
    net = unet_graph(2, frames, frames == 1)
    encoder = text_graph(2)
    clips = []
    with torch.no_grad():
        for i, prompt in enumerate(prompts):
            ids, mask = encode(["", prompt])
            states = encoder(text, ids, mask.long()).bfloat16()
            x = torch.randn(1, 3, frames, 40, 64, generator=torch.Generator().manual_seed(seed * 1000 + i))

            def denoise(x, t):
                out = net(P, torch.cat([x, x]).bfloat16(), torch.full((2,), t), states).float()
                return out[:1] + guidance * (out[1:] - out[:1])

            clips.append(sample(denoise, x, ts, abar))
    return torch.cat(clips)


def main(argv: list[str] | None = None) -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--run", default="runs/keyframes")
    p.add_argument("--profile", default="first", choices=sorted(world.PROFILES))
    p.add_argument("--image-steps", type=int, default=600, help="steps on single frames before clips")
    p.add_argument("--centre-until", type=int, default=0, help="steps on centred single frames end here")
    p.add_argument("--one-way-until", type=int, default=0, help="only 'right' and 'up' before this step")
    p.add_argument("--image-share", type=float, default=0.4, help="share of steps on single frames after that")
    p.add_argument("--centre-share", type=float, default=0.0, help="share of later single frames that are centred")
    p.add_argument("--minutes", type=float, default=100, help="total training time; the learning rate ends at zero then")
    p.add_argument("--until", type=float, default=0, help="wall-clock end (unix seconds); replaces --minutes")
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--clip-lr", type=float, default=7e-4)
    p.add_argument("--image-batch", type=int, default=32)
    p.add_argument("--clip-batch", type=int, default=4)
    p.add_argument("--checkpoint-minutes", type=float, default=4)
    p.add_argument("--sheet-minutes", type=float, default=10)
    p.add_argument("--average", type=float, default=0.99, help="decay of the moving average of the weights, for each step")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--from-pack", type=Path, help="start from the weights of a pack, e.g. ../motif-mini, where there is no state to resume")
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args(argv)
    torch.set_num_threads(a.threads)
    run = Path(a.run)
    run.mkdir(parents=True, exist_ok=True)
    profile = world.PROFILES[a.profile]
    abar = cosine_abar()

    generator = torch.Generator().manual_seed(a.seed)
    image_net, clip_net = unet_graph(a.image_batch, 1, True), unet_graph(a.clip_batch, 8)
    image_text, clip_text = text_graph(a.image_batch), text_graph(a.clip_batch)
    unet = initial_parameters(clip_net.shapes, generator)
    text = initial_parameters(clip_text.shapes, generator)
    parameters = {**{"unet." + k: v for k, v in unet.items()}, **{"text." + k: v for k, v in text.items()}}
    # short runs: an average over more than a tenth of the steps would lag behind what clips teach
    state = TrainingState(run, parameters, a.lr, average=a.average)
    master, ema = state.master, state.ema
    if not state.resume() and a.from_pack:
        state.adopt({f"{prefix}{name}": value
                     for prefix, folder in (("unet.", "keyframes/unet"), ("text.", "text_encoder"))
                     for file in sorted((a.from_pack / folder).glob("*.safetensors"))
                     for name, value in load_file(str(file)).items()})
        print(f"started from {a.from_pack}", flush=True)
    spent_before = state.spent

    def part(source, prefix):
        return {k[len(prefix):]: v for k, v in source.items() if k.startswith(prefix)}

    def stop(*_):
        state.save()
        raise SystemExit(f"stopped at step {state.step}")

    signal.signal(signal.SIGTERM, stop)
    last_save = last_sheet = time.time()
    clip_start = None
    total = a.minutes * 60
    while True:
        step, spent = state.step, state.spent
        if a.until:
            total = spent + max(0.0, a.until - time.time())
        if spent >= total:
            break
        began = time.time()
        rng = np.random.default_rng([a.seed, step])
        warming = step < a.image_steps
        centred = a.image_steps <= step < a.centre_until
        # Single frames go on between clips: they show twelve times as many captions a second.
        images = warming or centred or rng.random() < a.image_share
        if images and not warming:
            centred = centred or rng.random() < a.centre_share
        drawn = profile
        if step < a.one_way_until:
            # Two ways that are not opposites first: from all eight at once the mean is a ring that only a three-fold product of
            # direction, time and place improves on, and training rests there for long.
            drawn = dataclasses.replace(profile, motions=("right", "up"), motion_weights=(3, 2))
        if not warming and clip_start is None:
            clip_start = step
        noise_generator = torch.Generator().manual_seed(a.seed * 1_000_003 + step)
        batch = a.image_batch if images else a.clip_batch
        scenes = [world.sample_scene(rng, drawn) for _ in range(batch)]
        if images:
            times = rng.uniform(0.47, 0.53, (batch, 1)) if centred else rng.uniform(0, 1, (batch, 1))
            x0, mask = world.render(scenes, times, 40, 64, with_mask=True)
        else:
            x0, mask = world.render(scenes, world.clip_times(8), 40, 64, with_mask=True)
        captions = ["" if rng.random() < 0.1 else s.caption for s in scenes]
        u = (torch.rand(1, generator=noise_generator) + torch.arange(batch)) / batch  # stratified over the batch
        if warming:
            t = (u % 1).pow(0.75).mul(1000).long().clamp_max(998)
        elif centred:
            # half way every subject is in the middle: what it looks like follows from its name alone
            t = torch.where(u % 1 < 0.6, 995.0, 995 - (u % 1 - 0.6) / 0.4 * 700).long()
        elif images:
            # Below t = 800 the noisy picture shows the shape by itself; what the words add is learned above.
            t = torch.where(u % 1 < 0.7, 790 + (u % 1) / 0.7 * 200, 790 - (u % 1 - 0.7) / 0.3 * 700).long()
        else:
            # Few steps: what the first one says from the caption alone decides the clip.
            t = torch.where(u % 1 < 0.5, 995.0, torch.where(u % 1 < 0.8, 990 - (u % 1 - 0.5) / 0.3 * 150, 840 - (u % 1 - 0.8) / 0.2 * 740)).long()
        noise = torch.randn(x0.shape, generator=noise_generator)
        ab = abar[t]
        xt, target = add_noise(x0, noise, ab), velocity(x0, noise, ab)

        progress = (spent - spent_before) / (total - spent_before)
        warm = min(1.0, (step + 1) / 100) if clip_start is None else min(1.0, (step - clip_start + 20) / 100)
        base = a.lr if warming or centred else a.clip_lr
        decay = 1.0 if progress < 0.75 else max(0.02, (1 - progress) / 0.25)
        params = compute_copy(part(master, "unet."), torch.bfloat16)
        ids, present = encode(captions)
        states = (image_text if images else clip_text)(part(master, "text."), ids, present.long()).bfloat16()
        out = (image_net if images else clip_net)(params, xt.bfloat16(), t, states)
        # The weight covers the whole neighbourhood: were it the subject alone, the best guess of an uncertain outline would be too fat.
        mask = torch.nn.functional.max_pool3d(mask, (1, 13, 13), 1, (0, 6, 6))
        error = (out.float() - target).pow(2)
        loss = (error * (1 + SUBJECT_WEIGHT * mask)).mean()
        state.update(loss, base * warm * decay, began, error.detach().mean().item())
        state.report(20, phase="centred" if centred else "images" if images else "clips")
        if time.time() - last_save > a.checkpoint_minutes * 60:
            state.save()
            last_save = time.time()
        if time.time() - last_sheet > a.sheet_minutes * 60:
            frames = 1 if warming else 8
            clips = generate(part(ema, "unet."), part(ema, "text."), PROMPTS, frames=frames)
            contact_sheet(clips, PROMPTS, run / f"sheet-{state.step:06d}.png", 3 if frames == 1 else 2, 2)
            last_sheet = time.time()
    state.save()
    print(f"done at step {state.step}, {state.spent / 60:.1f} min", flush=True)


if __name__ == "__main__":
    main()
