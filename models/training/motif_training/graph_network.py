"""Runs a forward graph that the product exports, with torch functions, so that training trains exactly that graph.

``GraphNetwork`` reads an ONNX file whose inputs are the data inputs followed by the parameters under their state-dict
names.  Two things make it fast on a CPU: spatial tensors are kept channels last (the graph's reshapes and transposes
then become views), and group normalisation is fused with the scale, shift and activation that follow it.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Callable

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

from .fused_norm import fused_norm

_TORCH_TYPES = {1: torch.float32, 7: torch.int64, 6: torch.int32, 9: torch.bool, 10: torch.float16, 16: torch.bfloat16}
REPOSITORY = Path(__file__).resolve().parents[3]


def export_graph(kind: str, config: dict, **sizes: int) -> Path:
    """Has the product write the forward graph of a configuration; kept under runs/graphs."""
    text = json.dumps(config, sort_keys=True)
    tag = hashlib.sha256((kind + text + json.dumps(sizes, sort_keys=True)).encode()).hexdigest()[:16]
    folder = REPOSITORY / "models" / "training" / "runs" / "graphs"
    target = folder / f"{kind}-{tag}.onnx"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        source = folder / f"{kind}-{tag}.json"
        source.write_text(text)
        node = REPOSITORY / "node_modules" / ".bin" / "node"
        program = str(node) if node.exists() else shutil.which("node") or "node"
        part = target.with_suffix(f".{os.getpid()}")
        command = [program, str(REPOSITORY / "scripts" / "export-graph.ts"), "--kind", kind, "--config", str(source), "--out", str(part)]
        for name, size in sizes.items():
            command += [f"--{name}", str(size)]
        subprocess.run(command, check=True, cwd=REPOSITORY, capture_output=True)
        os.replace(part, target)
    return target


def initial_parameters(shapes: dict[str, tuple[int, ...]], generator: torch.Generator | None = None) -> dict[str, torch.Tensor]:
    """Parameters by name and shape; the last layer of every temporal branch and the output start at zero."""
    result = {}
    for name, shape in shapes.items():
        leaf = name.rsplit(".", 1)[-1]
        zero = bool(re.search(r"(^|\.)conv_out\.|temp_convs\.\d+\.conv4\.3\.|temp_attentions\.\d+\.proj_out\.|transformer_in\.proj_out\.", name))
        if "decoder.conv_out" in name or "encoder.conv_out" in name:
            zero = False
        if leaf == "weight" and len(shape) == 1:
            value = torch.ones(shape)
        elif leaf == "bias" or zero:
            value = torch.zeros(shape)
        elif name == "shared.weight":
            value = torch.randn(shape, generator=generator)
        else:
            value = torch.randn(shape, generator=generator) / math.sqrt(max(1, math.prod(shape[1:])))
        result[name] = value
    return result


def compute_copy(parameters: dict[str, torch.Tensor], dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Parameters in the type of the computation, kernels channels last (autograd flows through)."""
    result = {}
    for name, value in parameters.items():
        v = value.to(dtype)
        result[name] = v.contiguous(memory_format=torch.channels_last) if v.dim() == 4 else v
    return result


class GraphNetwork:
    """A callable forward graph on one device; parameters and data are given at each call."""

    def __init__(self, path: str | Path, skip_temporal: bool = False, device: str | torch.device = "cpu") -> None:
        graph = onnx.load(str(path)).graph
        self.constants = {t.name: torch.from_numpy(np.array(numpy_helper.to_array(t))) for t in graph.initializer}
        inputs = [(i.name, tuple(d.dim_value for d in i.type.tensor_type.shape.dim), i.type.tensor_type.elem_type)
                  for i in graph.input if i.name not in self.constants]
        data = {"sample", "timestep", "encoder_hidden_states", "class_labels", "input_ids", "attention_mask", "latent", "latents", "pixels"}
        self.inputs = [i for i in inputs if i[0] in data]
        self.shapes = {name: shape for name, shape, _ in inputs if name not in data}
        self.outputs = [o.name for o in graph.output]
        nodes = list(graph.node)
        alias: dict[str, str] = {}
        if skip_temporal:
            for n in nodes:
                scope = n.output[0].rsplit("/", 1)[0]
                if n.op_type == "Add" and re.search(r"(temp_convs|temp_attentions)\.\d+$", scope):
                    alias[n.output[0]] = next(i for i in n.input if i.rsplit("/", 1)[0] != scope)
        nodes = self._prune([n for n in nodes if n.output[0] not in alias], alias)
        self.steps = self._compile(nodes, alias)
        self.device = torch.device(device)
        self.values = {name: value.to(self.device) for name, value in self.constants.items()}

    def _prune(self, nodes: list, alias: dict[str, str]) -> list:
        needed = set(self.outputs)
        kept = []
        for n in reversed(nodes):
            if any(o in needed for o in n.output):
                kept.append(n)
                needed.update(self._resolve(i, alias) for i in n.input)
        return kept[::-1]

    @staticmethod
    def _resolve(name: str, alias: dict[str, str]) -> str:
        while name in alias:
            name = alias[name]
        return name

    def _compile(self, nodes: list, alias: dict[str, str]) -> list:
        uses: dict[str, list[int]] = {}
        for k, n in enumerate(nodes):
            for i in n.input:
                uses.setdefault(self._resolve(i, alias), []).append(k)
        done: set[int] = set()
        steps: list[tuple[Callable, list[str], list[str]]] = []

        def following(name: str) -> list[int]:
            return [] if name in self.outputs else uses.get(name, [])

        for k, n in enumerate(nodes):
            if k in done:
                continue
            inputs = [self._resolve(i, alias) for i in n.input]
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in n.attribute}
            if n.op_type != "GroupNormalization":
                steps.append((self._operator(n.op_type, attributes, inputs), inputs, list(n.output)))
                continue
            out, scale, shift, activation = n.output[0], None, None, "none"
            after = following(out)
            last = k
            if len(after) == 1 and nodes[after[0]].op_type == "Mul":
                mul = nodes[after[0]]
                then = following(mul.output[0])
                if len(then) == 1 and nodes[then[0]].op_type == "Add":
                    add = nodes[then[0]]
                    scale = next(i for i in mul.input if i != out)
                    shift = next(i for i in add.input if i != mul.output[0])
                    done.update((after[0], then[0]))
                    last = then[0]
                    out = add.output[0]
                    after = following(out)
            if len(after) == 1 and nodes[after[0]].op_type == "Gelu":
                activation = "gelu"
                done.add(after[0])
                last = after[0]
                out = nodes[after[0]].output[0]
            elif len(after) == 2 and {nodes[j].op_type for j in after} == {"Sigmoid", "Mul"}:
                s, m = sorted(after, key=lambda j: nodes[j].op_type == "Mul")
                if nodes[s].output[0] in nodes[m].input:
                    activation = "silu"
                    done.update((s, m))
                    last = m
                    out = nodes[m].output[0]
            names = inputs + ([scale, shift] if scale is not None else [])
            steps.append((self._norm(attributes, activation), names, [out], last))
        # scale and shift may be computed after the normalisation node: order steps by readiness
        ready = set(self.constants) | set(self.shapes) | {i[0] for i in self.inputs} | {""}
        waiting, ordered = [tuple(s[:3]) for s in steps], []
        while waiting:
            rest = []
            for s in waiting:
                if all(i in ready for i in s[1]):
                    ordered.append(s)
                    ready.update(s[2])
                else:
                    rest.append(s)
            if len(rest) == len(waiting):
                raise ValueError(f"graph step {rest[0][2]} never gets its inputs")
            waiting = rest
        # forget values after their last use
        kept_names = {self._resolve(o, alias) for o in self.outputs}
        final: dict[str, int] = {}
        for index, (_, names, _) in enumerate(ordered):
            for name in names:
                final[name] = index
        drop: dict[int, list[str]] = {}
        for name, index in final.items():
            if name not in self.constants and name not in self.shapes and self._resolve(name, alias) not in kept_names and name != "":
                drop.setdefault(index, []).append(name)
        self.output_names = [self._resolve(o, alias) for o in self.outputs]
        return [(f, names, outs, drop.get(index, [])) for index, (f, names, outs) in enumerate(ordered)]

    @staticmethod
    def _norm(attributes: dict, activation: str) -> Callable:
        groups, eps = int(attributes["num_groups"]), float(attributes["epsilon"])

        def run(x, weight, bias, scale=None, shift=None):
            n, c = x.shape[:2]
            if x.dim() == 4:
                tokens = x.permute(0, 2, 3, 1).reshape(n, -1, c)
            else:
                tokens = x.transpose(1, 2)
            alpha = None
            if scale is not None:
                alpha, shift = scale.reshape(n, c).float() - 1, shift.reshape(n, c)
            y = fused_norm(tokens, weight, bias, groups, eps, activation, alpha, shift)
            if x.dim() == 4:
                return y.view(n, x.shape[2], x.shape[3], c).permute(0, 3, 1, 2)
            return y.transpose(1, 2)

        return run

    def _operator(self, op: str, a: dict, names: list[str]) -> Callable:
        constants = self.constants
        ints = lambda name: [int(v) for v in constants[name].flatten()]  # noqa: E731

        def binary(f: Callable) -> Callable:
            const = [n in constants for n in names]

            def run(x, y):
                if const[1] and x.is_floating_point() and y.dtype != x.dtype:
                    y = y.to(x.dtype)
                elif const[0] and y.is_floating_point() and x.dtype != y.dtype:
                    x = x.to(y.dtype)
                return f(x, y)
            return run

        if op == "Reshape":
            shape = ints(names[1])
            return lambda x, _: x.reshape(shape)
        if op == "Transpose":
            perm = list(a["perm"])
            return lambda x: x.permute(perm)
        if op == "Expand":
            shape = ints(names[1])
            return lambda x, _: x.expand(torch.broadcast_shapes(x.shape, tuple(shape)))
        if op == "Gemm":
            if a.get("transB") != 1 or a.get("transA") or a.get("alpha", 1.0) != 1.0 or a.get("beta", 1.0) != 1.0:
                raise ValueError(f"Gemm with {a} is not supported")
            return lambda x, w, b=None: F.linear(x.to(w.dtype), w, b)
        if op == "MatMul":
            return lambda x, y: torch.matmul(x, y.to(x.dtype))
        if op == "Conv":
            pads, strides, group = a.get("pads", [0, 0, 0, 0]), tuple(a.get("strides", [1, 1])), a.get("group", 1)
            even = pads[:2] == pads[2:]

            def conv(x, w, b=None):
                if not even:
                    x = F.pad(x, (pads[1], pads[3], pads[0], pads[2]))
                if not w.is_contiguous(memory_format=torch.channels_last):
                    w = w.contiguous(memory_format=torch.channels_last)
                return F.conv2d(x.to(w.dtype), w, b, strides, tuple(pads[:2]) if even else 0, 1, group)
            return conv
        if op == "AveragePool":
            kernel = tuple(a["kernel_shape"])
            return lambda x: F.avg_pool2d(x, kernel, tuple(a["strides"]))
        if op == "Resize":
            if a["mode"] != b"nearest":
                raise ValueError("Resize: only nearest is supported")
            if len(names) > 3 and names[3]:
                size = tuple(ints(names[3])[-2:])
                return lambda x, *_: F.interpolate(x, size=size)
            factor = tuple(float(v) for v in constants[names[2]].flatten()[-2:])
            return lambda x, *_: F.interpolate(x, scale_factor=factor)
        if op == "Gelu":
            kind = a.get("approximate", b"none").decode()
            return lambda x: F.gelu(x, approximate=kind)
        if op == "LayerNormalization":
            eps = float(a["epsilon"])
            return lambda x, w, b=None: F.layer_norm(x, (x.shape[-1],), w, b, eps)
        if op == "Softmax":
            return lambda x: x.softmax(a.get("axis", -1))
        if op == "Split":
            axis, parts = a.get("axis", 0), a.get("num_outputs")
            if parts is None:
                sizes = ints(names[1])
                return lambda x, _: x.split(sizes, axis)
            return lambda x: x.chunk(parts, axis)
        if op == "Concat":
            return lambda *xs: torch.cat([x.to(xs[0].dtype) for x in xs], a["axis"])
        if op == "Cast":
            kind = _TORCH_TYPES[a["to"]]
            return lambda x: x.to(kind)
        if op == "Gather":
            axis = a.get("axis", 0)

            def gather(x, index):
                if axis == 0 and x.dim() == 2:
                    return F.embedding(index, x)
                return torch.index_select(x, axis, index.flatten()).reshape(*x.shape[:axis], *index.shape, *x.shape[axis + 1:])
            return gather
        if op == "ReduceMean":
            if len(names) > 1:
                axes, keep = ints(names[1]), bool(a.get("keepdims", 1))
                return lambda x, _: x.mean(axes, keepdim=keep)
            return lambda x: x.mean(a["axes"], keepdim=bool(a.get("keepdims", 1)))
        if op == "Pad":
            pads = ints(names[1])
            rank = len(pads) // 2
            flat = [v for axis in reversed(range(rank)) for v in (pads[axis], pads[axis + rank])]
            return lambda x, *_: F.pad(x, flat)
        if op == "Clip":
            low, high = (float(constants[n]) for n in names[1:3])
            return lambda x, *_: x.clamp(low, high)
        if op == "Pow":
            return binary(torch.pow)
        simple = {"Add": torch.add, "Mul": torch.mul, "Sub": torch.sub, "Div": torch.div}
        if op in simple:
            return binary(simple[op])
        unary = {"Sigmoid": torch.sigmoid, "Sin": torch.sin, "Cos": torch.cos, "Sqrt": torch.sqrt, "Identity": lambda x: x,
                 "Tanh": torch.tanh, "Exp": torch.exp, "Erf": torch.erf, "Neg": torch.neg}
        if op in unary:
            return unary[op]
        raise ValueError(f"graph operator {op} has no torch counterpart here; add it to graph_network.py")

    def __call__(self, parameters: dict[str, torch.Tensor], *data: torch.Tensor) -> torch.Tensor:
        """Runs the graph; data in the order of the graph's inputs.  Returns the (first) output."""
        return self.outputs_of(parameters, *data)[0]

    def outputs_of(self, parameters: dict[str, torch.Tensor], *data: torch.Tensor) -> list[torch.Tensor]:
        """Runs the graph; all outputs."""
        values: dict[str, torch.Tensor | None] = dict(self.values)
        values.update(parameters)
        values[""] = None
        for (name, shape, _), tensor in zip(self.inputs, data, strict=True):
            if tuple(tensor.shape) != shape:
                raise ValueError(f"graph input {name} is {shape}, got {tuple(tensor.shape)}")
            values[name] = tensor.to(self.device)
        for run, names, outputs, drop in self.steps:
            result = run(*[values[name] for name in names])
            if isinstance(result, tuple):
                values.update(zip(outputs, result))
            else:
                values[outputs[0]] = result
            for name in drop:
                del values[name]
        return [values[name] for name in self.output_names]
