"""Teaches the classifier of boxed characters with drawn cells only, and writes boxes.onnx.

Usage: python -m scripts.teach_boxes OUT [--chunks N]

Needs scripts/teach_boxes/requirements.txt, in an environment of its own: torch is no part of the product. OUT keeps the drawn cells
and a checkpoint per epoch; a run that was ended goes on where it was. One thread; the same number of chunks gives the same file on
the same kind of processor.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np
import torch
from torch.nn import functional

from scripts.teach_boxes.cells import OTHER, batch
from scripts.teach_boxes.network import Network, as_onnx

SEED = 70_000
CHUNK = 10_000
CHUNKS = 40
BATCH = 256
CYCLES = ((3, 3e-3), (2, 1.5e-3))
"""One-cycle schedules one after the other: epochs and largest step."""
DECAY = 1e-4
HALF = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
"""Products in bfloat16 where the processor has it: half of the time."""
HELD_BACK = 1
"""Chunks that are only looked at: same sources, so no more than a check that training goes well."""

Chunk = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def say(text: str) -> None:
    """One line of progress."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def cells_of(out: Path, number: int) -> Chunk:
    """Chunk `number`, drawn unless it is there."""
    file = out / f"cells-{number:03d}.npz"
    if not file.is_file():
        pictures, numbers, labels = batch(CHUNK, (SEED, number))
        unfinished = file.with_suffix(".part")
        with unfinished.open("wb") as stream:
            np.savez(stream, pictures=pictures, numbers=numbers, labels=labels)
        unfinished.rename(file)
        say(f"drawn {number}")
    data = np.load(file)
    return torch.from_numpy(data["pictures"]), torch.from_numpy(data["numbers"]), torch.from_numpy(data["labels"])


def varied(pictures: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """The pictures of a batch moved by up to a pixel, paler or darker."""
    moved = torch.roll(pictures, tuple(int(step) for step in rng.integers(-1, 2, 2)), dims=(1, 2))
    return (moved.float() / 255 * float(rng.uniform(0.8, 1.25))).clamp(0, 1)[:, None]


@dataclass
class Training:
    """The state of a run, as it is kept after every epoch."""

    network: Network
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    cycle: int
    epoch: int

    def save(self, file: Path) -> None:
        """Write the checkpoint in one go."""
        parts = {name: getattr(self, name).state_dict() for name in ("network", "optimiser", "schedule")}
        torch.save({**parts, "cycle": self.cycle, "epoch": self.epoch}, file.with_suffix(".part"))
        file.with_suffix(".part").rename(file)


def begun(network: Network, cycle: int, steps: int) -> Training:
    """At the beginning of a cycle."""
    epochs, rate = CYCLES[cycle]
    optimiser = torch.optim.AdamW(network.parameters(), rate, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps * epochs + 1)
    return Training(network, optimiser, schedule, cycle, 0)


def loaded(file: Path, steps: int) -> Training:
    """Where the last run ended, or the very beginning."""
    torch.manual_seed(SEED)
    network = Network().to(memory_format=torch.channels_last)
    if not file.is_file():
        return begun(network, 0, steps)
    state = torch.load(file, weights_only=True)
    training = begun(network, state["cycle"], steps)
    for name in ("network", "optimiser", "schedule"):
        getattr(training, name).load_state_dict(state[name])
    training.epoch = state["epoch"]
    return training


def teach(out: Path, chunks: int) -> Network:
    """Train, or go on training, to the end of the last cycle."""
    parts = [cells_of(out, number) for number in range(chunks + HELD_BACK)]
    cells = tuple(torch.cat([part[place] for part in parts[HELD_BACK:]]) for place in range(3))
    steps = len(cells[2]) // BATCH
    training = loaded(out / "checkpoint.pt", steps)
    while True:
        if training.epoch == CYCLES[training.cycle][0]:
            if training.cycle + 1 == len(CYCLES):
                return training.network
            training = begun(training.network, training.cycle + 1, steps)
        train_epoch(training, (cells[0], cells[1], cells[2]), steps)
        training.save(out / "checkpoint.pt")
        (out / "boxes.onnx").write_bytes(as_onnx(training.network))
        say(f"cycle {training.cycle + 1} epoch {training.epoch}: {checked(training.network, parts[0])}")


def train_epoch(training: Training, cells: Chunk, steps: int) -> None:
    """Once through all cells, in an order of its own."""
    before = sum(epochs for epochs, _ in CYCLES[: training.cycle]) + training.epoch
    torch.manual_seed(SEED + before)
    rng = np.random.default_rng([SEED, 1, before])
    pictures, numbers, labels = cells
    order = rng.permutation(len(labels))
    training.network.train()
    for step in range(steps):
        chosen = torch.from_numpy(order[step * BATCH : (step + 1) * BATCH])
        seen = varied(pictures[chosen], rng).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
            loss = functional.cross_entropy(training.network(seen, numbers[chosen]), labels[chosen])
        training.optimiser.zero_grad()
        loss.backward()
        training.optimiser.step()
        training.schedule.step()
    training.epoch += 1


def checked(network: Network, part: Chunk) -> str:
    """How much of the chunk that was held back is right."""
    pictures, numbers, labels = part
    network.eval()
    with torch.no_grad():
        scores = network(pictures.float()[:, None] / 255, numbers)
    right = scores.argmax(1) == labels
    digits, other = labels < 10, labels == OTHER
    kana = ~digits & ~other
    groups = (("digits", digits), ("kana", kana), ("other", other))
    shares = " ".join(f"{name} {float(right[of].float().mean()):.4f}" for name, of in groups)
    return f"loss {float(functional.cross_entropy(scores, labels)):.4f} {shares}"


def main() -> None:
    """Draw, teach, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--chunks", type=int, default=CHUNKS)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    (asked.out / "boxes.onnx").write_bytes(as_onnx(teach(asked.out, asked.chunks)))


if __name__ == "__main__":
    main()
