"""The network as torch sees it; `pipeline.experience.network` runs the same sums with numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from pipeline.experience.classify import LABELS
from pipeline.experience.network import CHARACTER_WIDTHS, WORD_WIDTHS

CHARACTER_SIZE, WORD_SIZE, FILTERS = 48, 128, 96
DROPPED, DROPPED_INPUT = 0.5, 0.2


class Network(nn.Module):
    """Characters, word vectors and lemmas of a text, each text padded with 0, to odds of the labels."""

    def __init__(self, characters: int, lemmas: int, vectors: NDArray[np.float32]) -> None:
        super().__init__()
        self.characters = nn.Embedding(characters, CHARACTER_SIZE, padding_idx=0)
        self.lemmas = nn.Embedding(lemmas, WORD_SIZE, padding_idx=0)
        nn.init.zeros_(self.lemmas.weight)
        self.register_buffer("vectors", torch.from_numpy(np.vstack([np.zeros_like(vectors[:1]), vectors])))
        self.words = nn.Linear(vectors.shape[1], WORD_SIZE)
        self.character_filters = nn.ModuleList([nn.Conv1d(CHARACTER_SIZE, FILTERS, width, padding=width) for width in CHARACTER_WIDTHS])
        self.word_filters = nn.ModuleList([nn.Conv1d(WORD_SIZE, FILTERS, width, padding=width) for width in WORD_WIDTHS])
        self.out = nn.Linear(FILTERS * (len(CHARACTER_WIDTHS) + len(WORD_WIDTHS)), len(LABELS))

    def forward(self, characters: torch.Tensor, words: torch.Tensor, lemmas: torch.Tensor) -> torch.Tensor:
        """(n, 8) odds of texts: (n, c) characters, (n, w) rows of vectors + 1, (n, w) lemmas."""
        drawn = functional.dropout(self.characters(characters), DROPPED_INPUT, self.training).transpose(1, 2)
        strongest = [functional.relu(part(drawn)).amax(2) for part in self.character_filters]
        meant = torch.tanh(self.words(self.vectors[words]) + self.lemmas(lemmas)) * (lemmas > 0)[:, :, None]
        meant = functional.dropout(meant, DROPPED_INPUT, self.training).transpose(1, 2)
        strongest += [functional.relu(part(meant)).amax(2) for part in self.word_filters]
        return cast(torch.Tensor, self.out(functional.dropout(torch.cat(strongest, 1), DROPPED, self.training)))

    def arrays(self) -> dict[str, NDArray[np.float16]]:
        """The weights under the names, and lying as, `pipeline.experience.network` reads them."""
        parts = {"characters": self.characters.weight, "lemmas": self.lemmas.weight}
        parts |= {"words": self.words.weight.T, "words_bias": self.words.bias, "out": self.out.weight.T, "out_bias": self.out.bias}
        for name, widths, filters in _filters(self):
            for width, each in zip(widths, filters, strict=True):
                assert isinstance(each, nn.Conv1d) and each.bias is not None
                parts[f"{name}_{width}"] = each.weight.permute(2, 1, 0).reshape(-1, FILTERS)
                parts[f"{name}_{width}_bias"] = each.bias
        return {name: part.detach().numpy().astype(np.float16) for name, part in parts.items()}


def _filters(network: Network) -> tuple[tuple[str, Sequence[int], nn.ModuleList], ...]:
    return ("character", CHARACTER_WIDTHS, network.character_filters), ("word", WORD_WIDTHS, network.word_filters)
