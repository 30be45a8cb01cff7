"""The trained model as it lies in the package: a card (TOML), the vocabulary (a piece a line), arrays (of NumPy)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from mailtriage.triage.implied.encoder import Encoder, Glance, Layer, Linear, Norm, Quantized
from mailtriage.triage.implied.word_pieces import WordPieces

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

_FOLDER = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Model:
    """What a second reading needs.

    Attributes:
        vocabulary: the word pieces.
        encoder: the network.
        threshold: log-odds from which a client's letter counts as an alarm that is read in one window.
        stranger_threshold: the same for a stranger's, and for a part of any longer one; `short_threshold` for one of
            fewer than `short_pieces` pieces, which has less to say; one of fewer than `least_pieces` says nothing.
        glance_threshold: log-odds at first sight from which a window is read at all.
        alarming: invented letters that must alarm; `quiet` ones that must not.
        trained_on: the day it was made.
    """

    vocabulary: WordPieces
    encoder: Encoder
    threshold: float
    stranger_threshold: float
    short_threshold: float
    short_pieces: int
    least_pieces: int
    glance_threshold: float
    alarming: tuple[str, ...]
    quiet: tuple[str, ...]
    trained_on: date

    def least_log_odds(self, pieces: int, *, is_known: bool) -> float:
        """The log-odds from which a window of so many pieces counts as an alarm; known is a client's whole letter."""
        if is_known:
            return self.threshold
        if pieces >= self.short_pieces:
            return self.stranger_threshold
        return self.short_threshold if pieces >= self.least_pieces else inf


@cache
def bundled_model() -> Model:
    """The model that comes with mailtriage, read once.

    Raises:
        OSError: if a file of it is missing.
        ValueError: if a file of it is damaged.
    """
    try:
        return _read()
    except BadZipFile as error:
        raise ValueError(f"{_FOLDER.name}: {error}") from error


def _read() -> Model:
    card = tomllib.loads((_FOLDER / "card.toml").read_text("utf-8"))
    # Mapped, not read: of 27,000 rows a mail needs some hundred.
    words = np.load(_FOLDER / "words.npy", mmap_mode="r")
    with (_FOLDER / "weights.npz").open("rb") as file, np.load(file) as arrays:
        encoder = _encoder(words, arrays, card)
    return Model(
        vocabulary=WordPieces((_FOLDER / "vocabulary.txt").read_text("utf-8").split("\n")),
        encoder=encoder,
        threshold=float(card["threshold"]),
        stranger_threshold=float(card["stranger_threshold"]),
        short_threshold=float(card["short_threshold"]),
        short_pieces=int(card["short_pieces"]),
        least_pieces=int(card["least_pieces"]),
        glance_threshold=float(card["glance_threshold"]),
        alarming=tuple(card["examples"]["match"]),
        quiet=tuple(card["examples"]["quiet"]),
        trained_on=card["trained_on"],
    )


def _encoder(words: NDArray[Any], arrays: Mapping[str, NDArray[Any]], card: Mapping[str, Any]) -> Encoder:
    return Encoder(
        words=Quantized(words, arrays["words.scales"]),
        glance=Glance(
            arrays["glance.inside.weight"],
            arrays["glance.inside.bias"],
            arrays["glance.out"],
            float(arrays["glance.bias"]),
        ),
        places=arrays["places"].astype(np.float32),
        norm=_norm(arrays, "norm"),
        layers=tuple(_layer(arrays, f"layer{number}.", card["heads"]) for number in range(card["layers"])),
        attention=arrays["attention"],
        head=arrays["head"].astype(np.float32),
        bias=float(arrays["bias"]),
    )


def _layer(arrays: Mapping[str, NDArray[Any]], prefix: str, heads: int) -> Layer:
    return Layer(
        attention=_linear(arrays, prefix + "attention"),
        attended=_linear(arrays, prefix + "attended"),
        attended_norm=_norm(arrays, prefix + "attended_norm"),
        wide=_linear(arrays, prefix + "wide"),
        narrow=_linear(arrays, prefix + "narrow"),
        norm=_norm(arrays, prefix + "norm"),
        heads=heads,
    )


def _quantized(arrays: Mapping[str, NDArray[Any]], name: str) -> Quantized:
    return Quantized(arrays[f"{name}.integers"], arrays[f"{name}.scales"])


def _linear(arrays: Mapping[str, NDArray[Any]], name: str) -> Linear:
    return Linear(_quantized(arrays, name), arrays[f"{name}.bias"])


def _norm(arrays: Mapping[str, NDArray[Any]], name: str) -> Norm:
    return Norm(arrays[f"{name}.weight"], arrays[f"{name}.bias"])
