"""Times one step of learning a motion in PyTorch autograd (float32, eager) for `npm run bench`.

Usage: python -m motif_training.bench_step UNET_FOLDER SHAPE_JSON INPUTS.safetensors THREADS; prints {"loss", "norm"} of the step's
motion loss and gradient, then the milliseconds of one step for every line on standard input. Only the temporal attention's query,
key and value weights ask for a gradient, as in the studio. Stock torch functions only.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import torch
from safetensors.torch import load_file

from . import fused_norm
from .graph_network import GraphNetwork, compute_copy, export_graph

PROJECTION = re.compile(r"(^|\.)temp_attentions\.\d+\.transformer_blocks\.\d+\.attn[12]\.to_[qkv]\.weight$")


def motion_loss(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """1 - cosine between predicted and true frame residuals, averaged over neighbouring frames (VMC, arXiv 2312.00845)."""
    ours = (predicted[:, :, 1:] - predicted[:, :, :-1]).transpose(1, 2).flatten(2)
    theirs = (target[:, :, 1:] - target[:, :, :-1]).transpose(1, 2).flatten(2)
    return 1 - torch.nn.functional.cosine_similarity(ours, theirs, dim=2).mean()


def main() -> None:
    folder, shape = Path(sys.argv[1]), json.loads(sys.argv[2])
    torch.set_num_threads(int(sys.argv[4]))
    fused_norm._library = False
    parameters = {}
    for file in sorted(folder.glob("*.safetensors")):
        parameters.update({name: value.float() for name, value in load_file(str(file)).items()})
    network = GraphNetwork(export_graph("unet3d", json.loads((folder / "config.json").read_text()), **shape))
    parameters = compute_copy(parameters, torch.float32)
    trained = [name for name in parameters if PROJECTION.search(name)]
    for name in trained:
        parameters[name] = parameters[name].detach().requires_grad_()
    given = load_file(sys.argv[3])
    inputs = [given[name] for name, _, _ in network.inputs]
    channels = given["noise"].shape[1]

    def step() -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        predicted = network(parameters, *inputs)
        loss = motion_loss(predicted[:, :channels], given["noise"])
        return loss, torch.autograd.grad(loss, [parameters[name] for name in trained])

    loss, gradients = step()
    norm = torch.sqrt(sum((gradient**2).sum() for gradient in gradients))
    print(json.dumps({"loss": loss.item(), "norm": norm.item()}), flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        step()
        print((time.perf_counter() - began) * 1000, flush=True)


if __name__ == "__main__":
    main()
