"""Trains keyframes and the text encoder jointly: first single frames, then clips of eight."""

from __future__ import annotations

import argparse
import signal
import time
from pathlib import Path

import torch
from safetensors.torch import load_file

from . import motion_world as world
from .batches import batches, to_device
from .configs import KEYFRAMES, TEXT_ENCODER
from .diffusion import add_noise, cosine_abar, sample, schedule, velocity
from .graph_network import GraphNetwork, compute_copy, export_graph, initial_parameters
from .keyframe_curriculum import FRAMES, HEIGHT, WIDTH, Curriculum
from .sheets import contact_sheet
from .tokenizer import MAX_LENGTH, encode
from .training_state import TrainingState

PROMPTS = [
    "a red fish swims right in the sea", "a blue bird flies left in the sky", "a yellow star moves up at night",
    "a green car drives right in the desert", "a white fish swims left in the sky", "a purple ball moves down on a plain background",
    "an orange boat sails right in the sea", "a pink heart moves up and to the left at night", "a blue ball goes down and to the right in the desert",
    "a white rocket flies up at night", "a green star moves left on a plain background", "a yellow bird flies right on a meadow",
]


SUBJECT_WEIGHT = 8.0
"""Extra weight of the loss where the subject is: it covers a tenth of the frame, and is what the caption is about."""


def unet_graph(batch: int, frames: int, skip_temporal: bool = False, device: str | torch.device = "cpu") -> GraphNetwork:
    """The keyframe UNet for one shape."""
    path = export_graph("unet3d", KEYFRAMES, batch=batch, frames=frames, height=HEIGHT, width=WIDTH, tokens=MAX_LENGTH)
    return GraphNetwork(path, skip_temporal, device)


def text_graph(batch: int, device: str | torch.device = "cpu") -> GraphNetwork:
    """The text encoder for one batch size."""
    return GraphNetwork(export_graph("t5-encoder", TEXT_ENCODER, batch=batch, tokens=MAX_LENGTH), device=device)


def generate(unet, text, prompts, steps=8, guidance=2.0, seed=0, frames=8, device="cpu"):
    """Keyframes for prompts, two branches of guidance at once: [n, 3, frames, 40, 64] on the CPU."""
    abar = cosine_abar()
    ts = schedule(steps, abar)
    P = compute_copy(unet, torch.bfloat16)
    net = unet_graph(2, frames, frames == 1, device)
    encoder = text_graph(2, device)
    clips = []
    with torch.no_grad():
        for i, prompt in enumerate(prompts):
            ids, mask = encode(["", prompt])
            states = encoder(text, ids, mask.long()).bfloat16()
            x = torch.randn(1, 3, frames, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(seed * 1000 + i)).to(device)

            def denoise(x, t):
                out = net(P, torch.cat([x, x]).bfloat16(), torch.full((2,), t), states).float()
                return out[:1] + guidance * (out[1:] - out[:1])

            clips.append(sample(denoise, x, ts, abar).cpu())
    return torch.cat(clips)


def part(weights: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    """The parameters of one network out of those that are trained together."""
    return {k[len(prefix):]: v for k, v in weights.items() if k.startswith(prefix)}


def pack_weights(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of a pack's keyframes and text encoder, by the names they are trained under."""
    return {f"{prefix}{name}": value
            for prefix, inner in (("unet.", "keyframes/unet"), ("text.", "text_encoder"))
            for file in sorted((folder / inner).glob("*.safetensors"))
            for name, value in load_file(str(file)).items()}


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
    p.add_argument("--decay-from", type=float, default=0.75, help="share of the time after which the learning rate falls to zero")
    p.add_argument("--until", type=float, default=0, help="wall-clock end (unix seconds); replaces --minutes")
    p.add_argument("--lr", type=float, default=5e-4, help="learning rate of single frames")
    p.add_argument("--clip-lr", type=float, default=3e-4)
    p.add_argument("--image-batch", type=int, default=8)
    p.add_argument("--clip-batch", type=int, default=4)
    p.add_argument("--checkpoint-minutes", type=float, default=4)
    p.add_argument("--sheet-minutes", type=float, default=10)
    p.add_argument("--average", type=float, default=0.997, help="decay of the moving average of the weights, for each step")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--workers", type=int, default=0, help="processes that render ahead; on a GPU, as many as there are cores")
    p.add_argument("--from-pack", type=Path, help="start from the weights of a pack, e.g. ../motif-mini, where there is no state to resume")
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args(argv)
    torch.set_num_threads(a.threads)
    device = torch.device(a.device)
    run = Path(a.run)
    abar = cosine_abar().to(device)
    curriculum = Curriculum(world.PROFILES[a.profile], a.seed, a.image_steps, a.centre_until, a.one_way_until, a.image_share, a.centre_share,
                            a.image_batch, a.clip_batch)

    generator = torch.Generator().manual_seed(a.seed)
    nets = {"images": unet_graph(a.image_batch, 1, True, device), "clips": unet_graph(a.clip_batch, FRAMES, False, device)}
    encoders = {"images": text_graph(a.image_batch, device), "clips": text_graph(a.clip_batch, device)}
    initial = {**{"unet." + k: v for k, v in initial_parameters(nets["clips"].shapes, generator).items()},
               **{"text." + k: v for k, v in initial_parameters(encoders["clips"].shapes, generator).items()}}
    state = TrainingState(run, {k: v.to(device) for k, v in initial.items()}, a.lr, average=a.average)
    if not state.resume() and a.from_pack:
        state.adopt(pack_weights(a.from_pack))
        print(f"started from {a.from_pack}", flush=True)
    spent_before = state.spent

    def stop(*_):
        state.save()
        raise SystemExit(f"stopped at step {state.step}")

    last_save = last_sheet = time.time()
    clip_start = None
    total = a.minutes * 60
    stream = batches(curriculum.batch, state.step, a.workers)
    signal.signal(signal.SIGTERM, stop)  # after the workers, which must not save in the trainer's name
    while True:
        if a.until:
            total = state.spent + max(0.0, a.until - time.time())
        if state.spent >= total:
            break
        began = time.time()
        batch = to_device(next(stream), device)
        if not batch["warming"] and clip_start is None:
            clip_start = state.step
        noise = torch.randn(batch["x0"].shape, generator=torch.Generator(device).manual_seed(a.seed * 1_000_003 + state.step), device=device)
        ab = abar[batch["t"]]
        xt, target = add_noise(batch["x0"], noise, ab), velocity(batch["x0"], noise, ab)

        progress = (state.spent - spent_before) / (total - spent_before)
        warm = min(1.0, (state.step + 1) / 100) if clip_start is None else min(1.0, (state.step - clip_start + 20) / 100)
        base = a.lr if batch["kind"] == "images" else a.clip_lr
        decay = 1.0 if progress < a.decay_from else max(0.02, (1 - progress) / (1 - a.decay_from))

        params = compute_copy(part(state.master, "unet."), torch.bfloat16)
        states = encoders[batch["kind"]](part(state.master, "text."), batch["ids"], batch["present"]).bfloat16()
        out = nets[batch["kind"]](params, xt.bfloat16(), batch["t"], states)
        # The weight covers the whole neighbourhood: were it the subject alone, the best guess of an uncertain outline would be too fat.
        near = torch.nn.functional.max_pool3d(batch["mask"], (1, 13, 13), 1, (0, 6, 6))
        error = (out.float() - target).pow(2)
        state.update((error * (1 + SUBJECT_WEIGHT * near)).mean(), base * warm * decay, began, error.detach().mean().item())
        state.report(20, phase=batch["phase"])
        if time.time() - last_save > a.checkpoint_minutes * 60:
            state.save()
            last_save = time.time()
        if time.time() - last_sheet > a.sheet_minutes * 60:
            frames = 1 if batch["warming"] else FRAMES
            clips = generate(part(state.ema, "unet."), part(state.ema, "text."), PROMPTS, frames=frames, device=device)
            contact_sheet(clips, PROMPTS, run / f"sheet-{state.step:06d}.png", 3 if frames == 1 else 2, 2)
            last_sheet = time.time()
    state.save()
    print(f"done at step {state.step}, {state.spent / 60:.1f} min", flush=True)


if __name__ == "__main__":
    main()
