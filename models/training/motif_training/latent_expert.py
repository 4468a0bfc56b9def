"""The latent expert on timesteps 0-900: pictures in a look in words, and crisp pictures from soft ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from . import configs
from . import motion_world as world
from .captions import LOOKS, style_prompts
from .diffusion import linear_abar
from .graph_network import GraphNetwork, compute_copy, export_graph
from .look_bank import LATENT, VERSIONS, LookBank
from .tokenizer import LOOK_WORDS, MAX_LENGTH, encode



class LatentExpert:
    """Latents of plain frames to latents of frames in a look, or of soft ones to crisp ones, with a text encoder of its own.

    Looks lie closer together in the keyframes' text encoder than two wordings of one: it never saw them. Temporal layers stay as they
    start, which is without effect: the looks are the same for every frame.
    """

    name, lr = "sr2", 1e-3
    style_share = 0.9
    often = {"flat": 2.5, "oil": 3.0, "comic halftone": 2.0, "watercolor": 1.2, "ink sketch": 0.5, "neon": 0.5, "noir": 0.4}
    """How often a look is drawn, 1 for those left out: some are learned late."""

    def __init__(self, batch: int = 16, runs: Path = Path("runs"), device: str = "cpu", pictures: int = 320, part: int = 2) -> None:
        self.size, self.device = batch, torch.device(device)
        h, w = self.crop = LATENT[0] // part, LATENT[1] // part
        self.net = GraphNetwork(export_graph("unet3d", configs.SUPER_RESOLUTION_2, batch=batch, frames=1, height=h, width=w, tokens=MAX_LENGTH), skip_temporal=True, device=device)
        self.text = GraphNetwork(export_graph("t5-encoder", configs.TEXT_ENCODER, batch=batch, tokens=MAX_LENGTH), device=device)
        # with the temporal layers, which are stored though not trained
        whole = GraphNetwork(export_graph("unet3d", configs.SUPER_RESOLUTION_2, batch=1, frames=2, height=h, width=w, tokens=MAX_LENGTH))
        self.shapes = {**{"unet." + k: v for k, v in whole.shapes.items()}, **{"text." + k: v for k, v in self.text.shapes.items()}}
        self.abar = linear_abar().to(device)
        self.scale = json.loads((runs / "vae" / "scale.json").read_text())["scaling_factor"]
        self.bank = LookBank(runs, pictures)
        self.trained = len(self.bank.latents) - max(batch, min(32, len(self.bank.latents) // 4))
        """Crops behind these are never trained on."""
        seen = self.bank.latents[: self.trained : max(1, self.trained // 128)].astype(np.float32) * self.scale
        detail = [(change - change.mean((2, 3), keepdims=True)) for change in (seen[:, index] - seen[:, 0] for index in range(len(VERSIONS)))]
        # Looks that change little would be lost beside those that change all.
        self.weight = {name: 0.1 / (0.03 + float((change**2).mean())) for name, change in zip(VERSIONS, detail)}
        shares = np.array([self.often.get(look, 1.0) for look in LOOKS])
        self.shares = shares / shares.sum()
        self.captions = ["", *(world.sample_scene(np.random.default_rng([4242, i]), world.FULL).caption for i in range(63))]

    @staticmethod
    def prepare(named):
        """Starts as a plain denoiser: what is smooth in the noisy latents is picture, and of the rest a part.

        The latents (channels 0 to 7), their local mean (8 to 15) and the constants K and -K, which keep the last normalisation nearly
        linear, travel by the outermost skip connection.
        """
        parameters = {name[len("unet."):]: value for name, value in named.items() if name.startswith("unet.")}
        k, steep, slope, kept = 8.0, 0.5, 1.05, 0.7
        level = max(int(n.split(".")[1]) for n in parameters if n.startswith("up_blocks."))
        last = f"up_blocks.{level}.resnets.1"
        first, shortcut, out = parameters["conv_in.weight"], parameters[last + ".conv_shortcut.weight"], parameters["conv_out.weight"]
        assert shortcut.shape == (32, 64, 1, 1)
        parameters[last + ".conv2.weight"].zero_()
        shortcut.mul_(0.3)
        first[:18] = 0
        shortcut[:18] = 0
        for channel in range(18):
            shortcut[channel, 32 + channel] = 1
        for c in range(8):
            first[c, c, 1, 1] = 1
            first[8 + c, c] = 1 / 9
        parameters["conv_in.bias"][:16] = 0
        parameters[last + ".conv_shortcut.bias"].zero_()
        parameters["conv_in.bias"][16], parameters["conv_in.bias"][17] = k, -k
        parameters["conv_norm_out.weight"][:18] = steep
        parameters["conv_norm_out.weight"][16:18] = steep / 8
        parameters["conv_norm_out.bias"][:18] = 4
        out[:, 18:] *= 0.05
        out[:, :18] = 0
        gain = (2 * k * k / 32 + 1) ** 0.5 / (steep * slope)
        for c in range(8):
            out[c, c, 1, 1] = kept * gain
            out[c, 8 + c, 1, 1] = (1 - kept) * gain
        at_rest = 4 / (1 + 2.718281828**-4)
        parameters["conv_out.bias"].copy_(-at_rest * out[:, :16, 1, 1].sum(1))

    def batch(self, rng):
        """Parts of crops with what is wanted of them, and the words that ask for it."""
        wanted, given, texts, weights = [], [], [], []
        for _ in range(self.size):
            crop = int(rng.integers(self.trained))
            if rng.random() < self.style_share:
                look = LOOKS[int(rng.choice(len(LOOKS), p=self.shares))]
                asked = style_prompts(look)
                text = asked[int(rng.integers(len(asked)))]
                if rng.random() < 0.1:
                    text = f"{self.captions[int(rng.integers(len(self.captions)))]}, {text}"
                before, after = "plain", look
            else:
                text = self.captions[int(rng.integers(len(self.captions)))] if rng.random() < 0.5 else ""
                before, after = "soft", "plain"
            # on the grid of blocks and dots
            y, x = (4 * int(rng.integers((size - side) // 4 + 1)) for size, side in zip(LATENT, self.crop))
            given.append(self._cut(crop, before, y, x))
            wanted.append(self._cut(crop, after, y, x))
            texts.append(text)
            weights.append(self.weight["soft" if before == "soft" else after])
        ids, present = encode(texts, LOOK_WORDS)
        return {"given": torch.stack(given), "wanted": torch.stack(wanted), "ids": ids, "present": present.long(), "weight": torch.tensor(weights)}

    def _cut(self, crop, name, y, x):
        h, w = self.crop
        return self.bank.version(crop, name)[:, None, y:y + h, x:x + w] * self.scale

    def drawn(self, parameters, xt, t, ids, present):
        """The clean latents that the expert expects behind noisy ones: what it predicts."""
        part = lambda prefix: {name[len(prefix):]: value for name, value in parameters.items() if name.startswith(prefix)}  # noqa: E731
        states = self.text(part("text."), ids, present)
        return self.net(compute_copy(part("unet."), torch.float32), xt, t, states)

    def noisy(self, latents, t, generator):
        ab = self.abar[t].view(-1, 1, 1, 1, 1)
        return ab.sqrt() * latents + (1 - ab).sqrt() * torch.randn(latents.shape, generator=generator, device=self.device)

    def loss(self, parameters, batch, generator):
        wanted, given = batch["wanted"], batch["given"]
        uniform = lambda: torch.rand(len(wanted), generator=generator, device=self.device)  # noqa: E731
        # A restyling begins with the plain frame under a little noise, and goes on from what it drew. More noise would hide what subtle
        # looks change, and ask a network of this size to learn first what pictures look like.
        first = uniform() < 0.75
        t = torch.where(first, 10 + uniform() * (configs.NOISIEST_LOOK - 10), 10 + uniform() * (configs.NOISIEST_LOOK / 2 - 10)).long()
        mix = torch.where(first, torch.ones(()), uniform()).view(-1, 1, 1, 1, 1)
        x0 = self.drawn(parameters, self.noisy(mix * given + (1 - mix) * wanted, t, generator), t, batch["ids"], batch["present"])
        error = (x0 - wanted).flatten(1)
        return (batch["weight"] * (error.pow(2).mean(1) + 0.3 * error.abs().mean(1))).mean()

    @torch.no_grad()
    def measure(self, parameters):
        """Of each look, the share of its change, without that of the mean, that one step from half of the noise draws on held-out crops: 1 is all, 0 is none."""
        shares = {}
        t = torch.full((self.size,), configs.NOISIEST_LOOK // 2, device=self.device)
        detail = lambda change: (change - change.mean((3, 4), keepdim=True)).pow(2).sum().item()  # noqa: E731
        for look in LOOKS:
            left = change = 0.0
            ids, present = encode([style_prompts(look)[0]] * self.size, LOOK_WORDS)
            for first in range(self.trained, len(self.bank.latents) - self.size + 1, self.size):
                given, wanted = (torch.stack([self._cut(first + i, name, 0, 0) for i in range(self.size)]).to(self.device) for name in ("plain", look))
                x0 = self.drawn(parameters, self.noisy(given, t, torch.Generator(self.device).manual_seed(first)), t, ids.to(self.device), present.long().to(self.device))
                left, change = left + detail(x0 - wanted), change + detail(given - wanted)
            shares[look] = round(1 - left / change, 3)
        return shares
