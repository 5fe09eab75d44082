"""Small steps from the stock model: CTC on drawn lines; print and digits are held to the stock model's answer, weights to their start."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from pipeline.geometry import Gray
from pipeline.recognise.lines import LINE_HEIGHT
from scripts.teach_hands.batches import Drawer, Line
from scripts.teach_hands.network import Taught
from scripts.teach_hands.texts import LONGEST

STEP_WIDTH = 8
"""Pixels of a line per step of the network's output."""
UNREADABLE = 3.0
"""Loss per character above which a drawn line is taken for one that nobody could read: strokes lost, characters on each other."""
LEAST_LONGEST = 6
"""Characters that the longest line of a step may have, at least: what pads shorter lines is paid for as well."""


@dataclass(frozen=True)
class How:
    """The numbers of a run.

    Attributes:
        seed: of the drawn lines.
        batch: lines of one step.
        body_rate: Adam's learning rate of the body.
        head_rate: of the head.
        warm: steps over which the rates grow from nothing.
        pull: share of the way back to the start that each step goes.
        hold_weight: of the divergence from the stock model on lines to be held, per step of the network, against CTC.
        decay: of the average of weights that is kept.
    """

    seed: int = 20_261_124
    batch: int = 12
    body_rate: float = 6e-6
    head_rate: float = 2e-5
    warm: int = 20
    pull: float = 0.001
    hold_weight: float = 2.0
    decay: float = 0.96


class Teacher:
    """Holds the network that learns, its start and its average."""

    def __init__(self, network: Taught, drawer: Drawer, how: How) -> None:
        self.how = how
        self.step = 0
        self.average = deepcopy(network)
        self._network, self._stock, self._drawer = network, deepcopy(network), drawer
        self._column = {char: index + 1 for index, char in enumerate(network.alphabet)}
        groups = [
            {"params": list(network.body.parameters()), "rate": how.body_rate},
            {"params": list(network.head.parameters()), "rate": how.head_rate},
        ]
        self._optimiser = torch.optim.Adam(groups, lr=0.0)

    def learn(self) -> float:
        """One step; its loss."""
        lines = drawn(self._drawer, self.how, self.step)
        pictures = stacked([line.picture for line in lines])
        features = self._network.body(pictures)
        said = functional.log_softmax(self._network.head(features), dim=2)
        steps = torch.tensor([-(-line.picture.shape[1] // STEP_WIDTH) for line in lines])
        loss = self._ctc(said, lines, steps) + self.how.hold_weight * self._from_stock(pictures, said, lines, steps)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._move()
        self.step += 1
        return float(loss.detach())

    def _ctc(self, said: torch.Tensor, lines: Sequence[Line], steps: torch.Tensor) -> torch.Tensor:
        targets = [[self._column[char] for char in line.text] for line in lines]
        lengths = torch.tensor([len(target) for target in targets])
        flat = torch.tensor([column for target in targets for column in target])
        each = functional.ctc_loss(said.transpose(0, 1), flat, steps, lengths, reduction="none", zero_infinity=True)
        share = each / lengths
        return torch.where(share < UNREADABLE, share, torch.zeros_like(share)).mean()

    def _from_stock(self, pictures: torch.Tensor, said: torch.Tensor, lines: Sequence[Line], steps: torch.Tensor) -> torch.Tensor:
        """Kullback-Leibler divergence from the stock model's answer, mean over the steps of lines to be held."""
        rows = [row for row, line in enumerate(lines) if line.held]
        if not rows:
            return torch.zeros(())
        with torch.no_grad():
            before = functional.log_softmax(self._stock.head(self._stock.body(pictures[rows])), dim=2)
        apart = (before.exp() * (before - said[rows])).sum(dim=2)
        within = torch.arange(apart.shape[1])[None, :] < steps[rows][:, None]
        return (apart * within).sum() / within.sum()

    def _move(self) -> None:
        share = min(1.0, (self.step + 1) / max(1, self.how.warm))
        for group in self._optimiser.param_groups:
            group["lr"] = group["rate"] * share
        self._optimiser.step()
        keep = min(self.how.decay, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for now, start, mean in zip(weights(self._network), weights(self._stock), weights(self.average), strict=True):
                now.lerp_(start, self.how.pull)
                mean.lerp_(now, 1 - keep)

    def state(self) -> dict[str, Any]:
        """Everything a run needs to go on as if it had not stopped; the drawn lines follow from seed and step."""
        parts = {name: [part.body.state_dict(), part.head.state_dict()] for name, part in self._parts().items()}
        return {"step": self.step, "optimiser": self._optimiser.state_dict(), **parts}

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from a `state`."""
        self.step = int(state["step"])
        self._optimiser.load_state_dict(state["optimiser"])
        for name, part in self._parts().items():
            part.body.load_state_dict(state[name][0])
            part.head.load_state_dict(state[name][1])

    def _parts(self) -> dict[str, Taught]:
        return {"network": self._network, "average": self.average}


def weights(network: Taught) -> list[nn.Parameter]:
    """All that learns."""
    return [*network.body.parameters(), *network.head.parameters()]


def draw_back(network: Taught, start: Taught, share: float) -> None:
    """Move the weights of `network` by `share` of the way to those of `start`: keeps most of what was learnt and forgets less."""
    with torch.no_grad():
        for now, before in zip(weights(network), weights(start), strict=True):
            now.lerp_(before, share)


def drawn(drawer: Drawer, how: How, step: int) -> list[Line]:
    """The lines of a step, about as long as each other: the same whenever they are asked for."""
    rng = np.random.default_rng([how.seed, step])
    longest = int(rng.integers(LEAST_LONGEST, LONGEST + 1))
    return [drawer.draw(rng, longest) for _ in range(how.batch)]


def stacked(pictures: Sequence[Gray]) -> torch.Tensor:
    """Lines (48, w) -> (n, 3, 48, widest) in -1..1, white behind the shorter ones."""
    width = -(-max(picture.shape[1] for picture in pictures) // STEP_WIDTH) * STEP_WIDTH
    batch = np.ones((len(pictures), 3, LINE_HEIGHT, width), np.float32)
    for row, picture in enumerate(pictures):
        batch[row, :, :, : picture.shape[1]] = picture / np.float32(127.5) - 1
    return torch.from_numpy(batch).contiguous(memory_format=torch.channels_last)


def save(state: dict[str, Any], file: Path) -> None:
    """Write beside and rename: a run killed here leaves the older state whole."""
    beside = file.with_suffix(".part")
    torch.save(state, beside)
    beside.replace(file)
