"""Times the keyframe UNet's forward in PyTorch (float32, eager, two threads) for `npm run bench`.

Usage: python -m motif_training.bench_forward UNET_FOLDER SHAPE_JSON; prints "ready", then the milliseconds of one forward
for every line on standard input. Stock torch functions only: the training kernel for group normalisation is off.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import torch
from safetensors.torch import load_file

from . import fused_norm
from .graph_network import GraphNetwork, compute_copy, export_graph


def main() -> None:
    folder, shape = Path(sys.argv[1]), json.loads(sys.argv[2])
    torch.set_num_threads(2)
    fused_norm._library = False
    parameters = {}
    for file in sorted(folder.glob("*.safetensors")):
        parameters.update({name: value.float() for name, value in load_file(str(file)).items()})
    network = GraphNetwork(export_graph("unet3d", json.loads((folder / "config.json").read_text()), **shape))
    parameters = compute_copy(parameters, torch.float32)
    generator = torch.Generator().manual_seed(1)
    inputs = []
    for name, size, _ in network.inputs:
        inputs.append(torch.full(size, 500) if name == "timestep" else torch.randn(size, generator=generator))
    with torch.no_grad():
        network(parameters, *inputs)
        print("ready", flush=True)
        for _ in sys.stdin:
            began = time.perf_counter()
            network(parameters, *inputs)
            print((time.perf_counter() - began) * 1000, flush=True)


if __name__ == "__main__":
    main()
