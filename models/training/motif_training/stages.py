"""Training batches and losses of the stages after keyframes.

A stage has ``batch(rng)``, which renders on the CPU (in worker processes if there are any), and ``loss(parameters, batch, generator)``
on the stage's device, with noise from a generator of that device.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from . import configs
from . import motion_world as world
from .diffusion import add_noise, cosine_abar, velocity
from .enlarge import enlarge_lanczos
from .generic_world import dead_leaves, generic_clip
from .graph_network import GraphNetwork, compute_copy, export_graph
from .latent_expert import LatentExpert
from .looks import soften
from .picture_bank import PictureBank
from .text_bank import TextBank
from .tokenizer import MAX_LENGTH


def motion_clip(rng: np.random.Generator, frames: int, h: int, w: int, span: float, profile: world.Profile = world.FIRST) -> torch.Tensor:
    """Neighbouring frames of a scene that together last ``span`` of the clip: [3, frames, h, w] in [-1, 1]."""
    scene = world.sample_scene(rng, profile)
    start = rng.uniform(0, 1 - span)
    return world.render([scene], np.linspace(start, start + span, frames), h, w, 2 if h < 100 else 1)[0]


def mixed_clip(rng: np.random.Generator, frames: int, h: int, w: int, span: float, motion: float) -> torch.Tensor:
    """A clip of the motion world with probability ``motion``, of the generic world otherwise."""
    if rng.random() < motion:
        profile = world.FULL if rng.random() < 0.5 else world.FIRST
        return motion_clip(rng, frames, h, w, span, profile)
    return generic_clip(rng, frames, h, w)


def pass_condition(p: dict[str, torch.Tensor], at: int) -> None:
    """Makes an untrained pixel UNet give its condition back (input channels ``at`` to ``at`` + 2) as the one-step result.

    At the noisiest step the target is v = -x0.  The colours and the constants K and -K share normalisation groups of
    four channels, which keeps the last normalisation nearly linear; they travel by the outermost skip connection.
    """
    k = 8.0
    level = 1 + max(int(n.split(".")[1]) for n in p if n.startswith("up_blocks."))
    last = f"up_blocks.{level - 1}.resnets.1"
    assert p[last + ".conv_shortcut.weight"].shape == (32, 64, 1, 1)
    first, shortcut, out = p["conv_in.weight"], p[last + ".conv_shortcut.weight"], p["conv_out.weight"]
    p[last + ".conv2.weight"].zero_()
    out.zero_()
    for c in range(3):
        colour, plus, minus = 4 * c, 4 * c + 1, 4 * c + 2
        for channel in (colour, plus, minus):
            first[channel] = 0
            shortcut[channel] = 0
            shortcut[channel, 32 + channel] = 1
            # the constants are made small again, so that the activation is linear for them too
            p["conv_norm_out.weight"][channel] = k / 2**0.5 / (1 if channel == colour else 8)
            p["conv_norm_out.bias"][channel] = 4
        shortcut[4 * c + 3] *= 0.2
        first[colour, at + c, 1, 1] = 1
        p["conv_in.bias"][plus], p["conv_in.bias"][minus] = k, -k
        out[c, colour, 1, 1] = -1
        out[c, plus, 1, 1] = out[c, minus, 1, 1] = 4
        p["conv_out.bias"][c] = -28


class Interpolation:
    """Segments of five frames from their first and last one."""

    name, lr, prefix = "interpolation", 6e-4, ""

    def __init__(self, batch: int = 2, device: str = "cpu") -> None:
        self.size, self.device = batch, torch.device(device)
        self.net = GraphNetwork(export_graph("unet3d", configs.INTERPOLATION, batch=batch, frames=5, height=40, width=64, tokens=MAX_LENGTH), device=device)
        self.shapes = self.net.shapes
        self.abar = cosine_abar().to(device)
        self.texts = TextBank()

    @staticmethod
    def prepare(parameters):
        """Starts as the linear blend; what it is asked to denoise says nothing at the noisiest step."""
        pass_condition(parameters, 3)
        parameters["conv_in.weight"][:, :3] = 0

    @staticmethod
    def condition(x: torch.Tensor) -> torch.Tensor:
        """Linear blend of the first and last frame, and the mask: [batch, 4, frames, h, w]."""
        n, _, f, h, w = x.shape
        k = torch.linspace(0, 1, f, device=x.device).view(1, 1, f, 1, 1)
        mask = torch.zeros(n, 1, f, h, w, device=x.device)
        mask[:, :, 0] = mask[:, :, -1] = 1
        return torch.cat([x[:, :, :1] * (1 - k) + x[:, :, -1:] * k, mask], 1)

    def batch(self, rng):
        return {"x0": torch.stack([mixed_clip(rng, 5, 40, 64, 1 / 7, 0.7) for _ in range(self.size)]), "text": self.texts.draw(rng, self.size)}

    def loss(self, parameters, batch, generator):
        x0 = batch["x0"]
        t = torch.full((self.size,), 995, device=self.device)  # one step: the conditional mean
        noise = torch.randn(x0.shape, generator=generator, device=self.device)
        ab = self.abar[t]
        xt = torch.cat([add_noise(x0, noise, ab), self.condition(x0)], 1)
        # not in bfloat16, for the same reason as superResolution1
        out = self.net(compute_copy(parameters, torch.float32), xt, t, batch["text"])
        error = (out - velocity(x0, noise, ab)).pow(2)
        # in-between frames count; moving places count more
        moving = (x0[:, :, :1] - x0[:, :, -1:]).abs().amax(1, keepdim=True).clamp_max(1)
        weight = (1 + 6 * moving) * torch.tensor([0.2, 1, 1, 1, 0.2], device=self.device).view(1, 1, 5, 1, 1)
        return (error * weight).mean()


class SuperResolution1:
    """Windows of eight frames, four times larger.

    Most steps see crops of single pictures, many different ones at once, and train only what works within a frame; the
    others see a crop of a clip.
    """

    name, lr, prefix = "sr1", 4e-4, ""
    crop = (64, 96)
    around = 16
    """Pixels beyond a crop that its enlargement sees; crops lie on the grid of 16 pixels, as whole frames do."""
    image_share = 0.8

    def __init__(self, batch: int = 8, device: str = "cpu", runs: Path = Path("runs"), pictures: int = 160) -> None:
        self.size, self.device = batch, torch.device(device)
        h, w = self.crop
        sizes = {"height": h, "width": w, "tokens": MAX_LENGTH}
        self.net = GraphNetwork(export_graph("unet3d", configs.SUPER_RESOLUTION_1, batch=batch // 8, frames=8, **sizes), device=device)
        self.image_net = GraphNetwork(export_graph("unet3d", configs.SUPER_RESOLUTION_1, batch=batch, frames=1, **sizes), skip_temporal=True, device=device)
        self.shapes = self.net.shapes
        self.abar = cosine_abar().to(device)
        self.texts = TextBank()
        self.bank = PictureBank(runs / "sr1" / "pictures.npy", pictures)

    @staticmethod
    def prepare(parameters):
        """Starts as the enlargement that its condition shows; what it is asked to denoise says nothing at the noisiest step."""
        pass_condition(parameters, 3)
        parameters["conv_in.weight"][:, :3] = 0

    @staticmethod
    def enlargement(rng, full: torch.Tensor) -> torch.Tensor:
        """What the stages before hand over for ``full`` [frames, 3, h, w], enlarged: often a soft or a little noisy frame."""
        h, w = full.shape[-2:]
        low = F.interpolate(full, size=(h // 4, w // 4), mode="area")
        if rng.random() < 0.3:
            low = F.avg_pool2d(F.pad(low, (1, 1, 1, 1), mode="replicate"), 3, 1) * (k := rng.uniform(0, 0.7)) + low * (1 - k)
            low = low + rng.uniform(0, 0.06) * torch.from_numpy(rng.standard_normal(low.shape, np.float32))
        return enlarge_lanczos((low.clamp(-1, 1) * 127.5).round() / 127.5, 4)

    def footage(self, rng, frames: int) -> torch.Tensor:
        """What is to be made out, with its surroundings: [3, frames, h, w] in [-1, 1]."""
        h, w = (side + 2 * self.around for side in self.crop)
        if rng.random() < 0.25:
            full = motion_clip(rng, frames, 160, 256, 0.0 if frames == 1 else 7 / 28, world.FULL)
            y, x = 16 * int(rng.integers(0, (160 - h) // 16 + 1)), 16 * int(rng.integers(0, (256 - w) // 16 + 1))
            return full[:, :, y:y + h, x:x + w]
        if frames == 1:
            return self.bank.crop(rng, h, w)[:, None] * 2 - 1
        return generic_clip(rng, frames, h, w, picture=lambda tall, wide: self.bank.crop(rng, tall, wide))

    def batch(self, rng):
        """Crops of clips or of pictures: the truth, and its enlargement."""
        still = rng.random() < self.image_share
        truth, soft = [], []
        inner = slice(self.around, -self.around)
        for _ in range(self.size if still else self.size // 8):
            full = self.footage(rng, 1 if still else 8)
            if rng.random() < 0.4:  # footage is often not as sharp as what is drawn
                full = soften(full.transpose(0, 1), rng.uniform(0.3, 1.3)).transpose(0, 1)
            truth.append(full[:, :, inner, inner])
            soft.append(self.enlargement(rng, full.transpose(0, 1)).transpose(0, 1)[:, :, inner, inner])
        return {"x0": torch.stack(truth), "up": torch.stack(soft), "first": bool(rng.random() < 0.3) and not still, "text": self.texts.draw(rng, len(truth))}

    def loss(self, parameters, batch, generator):
        x0 = batch["x0"]
        level = self.abar[configs.NOISE_LEVEL]
        cond = level.sqrt() * batch["up"] + (1 - level).sqrt() * torch.randn(x0.shape, generator=generator, device=self.device)
        if batch["first"]:
            cond[:, :, 0] = x0[:, :, 0]
        t = torch.full((len(x0),), 995, device=self.device)  # one step: the conditional mean
        noise = torch.randn(x0.shape, generator=generator, device=self.device)
        ab = self.abar[t]
        xt = torch.cat([add_noise(x0, noise, ab), cond], 1)
        labels = torch.full((len(x0),), configs.NOISE_LEVEL)
        net = self.image_net if x0.shape[2] == 1 else self.net
        data = {"sample": xt, "timestep": t, "encoder_hidden_states": batch["text"], "class_labels": labels}
        # not in bfloat16: its rounding alone costs 2 dB where the enlargement passes through, more than there is to gain
        out = net(compute_copy(parameters, torch.float32), *[data[i[0]] for i in net.inputs])
        return (out - velocity(x0, noise, ab)).pow(2).mean()


class Autoencoder:
    """AutoencoderKL on crops of frames of 320x576."""

    name, lr, prefix = "vae", 4e-4, ""

    def __init__(self, batch: int = 8, crop: int = 96, device: str = "cpu") -> None:
        self.size, self.crop, self.device = batch, crop, torch.device(device)
        self.encoder = GraphNetwork(export_graph("vae-encoder", configs.VAE, batch=batch, height=crop, width=crop), device=device)
        self.decoder = GraphNetwork(export_graph("vae-decoder", configs.VAE, batch=batch, height=crop // 2, width=crop // 2), device=device)
        self.shapes = {**self.encoder.shapes, **self.decoder.shapes}

    def batch(self, rng):
        pictures = []
        while len(pictures) < self.size:
            if rng.random() < 0.5:
                profile = world.FULL if rng.random() < 0.5 else world.FIRST
                frame = motion_clip(rng, 1, 320, 576, 0.0, profile)[:, 0]
            else:
                size = int(self.crop * rng.uniform(1, 2.2))
                frame = dead_leaves(rng, size, size, 60) * 2 - 1
            for _ in range(3):
                y, x = int(rng.integers(0, frame.shape[1] - self.crop + 1)), int(rng.integers(0, frame.shape[2] - self.crop + 1))
                pictures.append(frame[:, y:y + self.crop, x:x + self.crop])
        return {"x": torch.stack(pictures[: self.size])}

    def prepare(self, p):
        """Starts as plain reduction and smooth enlargement, so that training only has to add detail.

        Channels 0 to 2 carry the colours, 3 and 4 the constants K and -K, which keep the final normalisations nearly
        linear; all residual branches are zero.
        """
        k = 8.0
        for name, value in p.items():
            if "resnets" in name and ".conv2." in name:
                value.zero_()
            elif name.endswith("conv_shortcut.weight"):
                value[:5] = 0
                value[:5, :5, 0, 0] = torch.eye(5)
            elif "samplers.0.conv.weight" in name:
                value[:5] = 0
                smooth = torch.tensor([1.0, 2.0, 1.0])
                kernel = torch.outer(smooth, smooth) / 16
                if "down" in name:
                    kernel = torch.zeros(3, 3)
                    kernel[:2, :2] = 0.25
                for c in range(5):
                    value[c, c] = kernel
            elif "conv_norm_out" in name:
                # the constants are made small again, so that the activation is linear for them too
                value[:5] = torch.tensor([1, 1, 1, 0.125, 0.125]) if name.endswith("weight") else 4.0

        first, last = p["encoder.conv_in.weight"], p["encoder.conv_out.weight"]
        first.mul_(0.3)  # little beside the constants
        first[:5] = 0
        for c in range(3):
            first[c, c, 1, 1] = 1
        p["encoder.conv_in.bias"][3], p["encoder.conv_in.bias"][4] = k, -k
        last[:4] = 0
        last[8:] = 0
        for c in range(3):
            last[c, c, 1, 1] = 4  # about unit variance
            last[c, 3, 1, 1] = last[c, 4, 1, 1] = -16
            p["encoder.conv_out.bias"][c] = 4 * 28
        last[3, 3, 1, 1], last[3, 4, 1, 1] = 1, -1
        for name, size in (("quant_conv", 16), ("post_quant_conv", 8)):
            p[name + ".weight"].copy_(torch.eye(size).view(size, size, 1, 1))
        p["quant_conv.bias"][8:] = -8
        first, last = p["decoder.conv_in.weight"], p["decoder.conv_out.weight"]
        first.mul_(0.3)
        first[:5] = 0
        for c in range(3):
            first[c, c, 1, 1] = 1 / 4
        first[3, 3, 1, 1], first[4, 3, 1, 1] = 4, -4
        last.mul_(0.05)
        last[:, :5] = 0
        for c in range(3):
            last[c, c, 1, 1] = 1
            last[c, 3, 1, 1] = last[c, 4, 1, 1] = -4
            p["decoder.conv_out.bias"][c] = 28
        # grey gives zero latents and grey again; the gain of the whole chain is measured on a batch
        inner = slice(12, -12)
        grey = torch.zeros(self.size, 3, self.crop, self.crop)
        p["encoder.conv_out.bias"][:3] -= self.encoder(p, grey)[:, :3, inner, inner].mean((0, 2, 3))
        p["decoder.conv_out.bias"].sub_(self.decoder(p, self.encoder(p, grey))[:, :, inner, inner].mean((0, 2, 3)))
        x = self.batch(np.random.default_rng(0))["x"].to(self.device)
        y = self.decoder(p, self.encoder(p, x))
        gain = (x * y).sum() / y.pow(2).sum()
        last.mul_(gain)
        p["decoder.conv_out.bias"].mul_(gain)

    def loss(self, parameters, batch, generator):
        x = batch["x"]
        params = compute_copy(parameters, torch.float32)
        mean, logvar = self.encoder.outputs_of(params, x)
        z = mean + torch.exp(0.5 * logvar) * torch.randn(mean.shape, generator=generator, device=self.device)
        y = self.decoder(params, z)
        kl = 0.5 * (mean.pow(2) + logvar.exp() - 1 - logvar).mean()
        edges = sum((torch.diff(y, dim=d) - torch.diff(x, dim=d)).abs().mean() for d in (2, 3))
        return (y - x).abs().mean() + 0.5 * (y - x).pow(2).mean() + 0.5 * edges + 1e-5 * kl


STAGES = {stage.name: stage for stage in (Interpolation, SuperResolution1, Autoencoder, LatentExpert)}
