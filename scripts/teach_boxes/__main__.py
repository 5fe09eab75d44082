"""Teaches the classifier of boxed characters with drawn cells only, and writes boxes.onnx.

Usage: python -m scripts.teach_boxes OUT [--chunks N] [--epochs N]

Needs scripts/teach_boxes/requirements.txt, in an environment of its own: torch is no part of the product. OUT keeps the drawn cells
and a checkpoint per epoch; a run that was ended goes on where it was. One thread; the same numbers of chunks and epochs give the same
file on the same machine.
"""

from __future__ import annotations

import argparse
import os
import sys
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
EPOCHS = 7
BATCH = 256
RATE = 3e-3
"""Largest step of the one-cycle schedule."""
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


def teach(out: Path, chunks: int, epochs: int) -> Network:
    """Train, or go on training, for all epochs."""
    parts = [cells_of(out, number) for number in range(chunks + HELD_BACK)]
    pictures, numbers, labels = (torch.cat([part[place] for part in parts[HELD_BACK:]]) for place in range(3))
    torch.manual_seed(SEED)
    network = Network().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    steps = len(labels) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps * epochs + 1)
    saved = out / "checkpoint.pt"
    begin = 0
    if saved.is_file():
        state = torch.load(saved, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        begin = state["epoch"]
    for epoch in range(begin, epochs):
        torch.manual_seed(SEED + epoch)
        rng = np.random.default_rng([SEED, 1, epoch])
        network.train()
        order = rng.permutation(len(labels))
        for step in range(steps):
            chosen = torch.from_numpy(order[step * BATCH : (step + 1) * BATCH])
            seen = varied(pictures[chosen], rng).contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
                loss = functional.cross_entropy(network(seen, numbers[chosen]), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        state = {
            "network": network.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict(), "epoch": epoch + 1,
        }  # fmt: skip
        torch.save(state, saved.with_suffix(".part"))
        saved.with_suffix(".part").rename(saved)
        (out / "boxes.onnx").write_bytes(as_onnx(network))
        say(f"epoch {epoch + 1}: {checked(network, parts[0])}")
    return network


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
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    (asked.out / "boxes.onnx").write_bytes(as_onnx(teach(asked.out, asked.chunks, asked.epochs)))


if __name__ == "__main__":
    main()
