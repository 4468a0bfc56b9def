"""Batches made ahead of the training step that uses them, in processes of their own where asked for.

The batch of a step follows from the step's number alone, so a resumed run sees what an undisturbed one sees, with any number of workers.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator

import torch
from torch.utils.data import DataLoader, Dataset, Sampler


class _Steps(Dataset):
    def __init__(self, make: Callable[[int], dict[str, Any]]) -> None:
        self.make = make

    def __getitem__(self, step: int) -> dict[str, Any]:
        return self.make(step)


class _From(Sampler):
    def __init__(self, first: int) -> None:
        self.first = first

    def __iter__(self) -> Iterator[int]:
        step = self.first
        while True:
            yield step
            step += 1


def _single_thread(_: int) -> None:
    torch.set_num_threads(1)


def batches(make: Callable[[int], dict[str, Any]], first: int, workers: int) -> Iterator[dict[str, Any]]:
    """Endless batches make(first), make(first + 1), ... in order; ``workers`` processes prepare them, 0 means here and now."""
    if workers == 0:
        return map(make, _From(first))
    loader = DataLoader(_Steps(make), batch_size=None, sampler=_From(first), num_workers=workers, worker_init_fn=_single_thread,
                        prefetch_factor=4, pin_memory=torch.cuda.is_available())
    return iter(loader)


def to_device(batch: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """The batch with its tensors on a device; everything else as it is."""
    return {k: v.to(device, non_blocking=True) if isinstance(v, torch.Tensor) else v for k, v in batch.items()}
