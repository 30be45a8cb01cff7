"""A BERT encoder with a head for one figure, forward only, in NumPy: numbers of word pieces in, log-odds out."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_EPSILON = 1e-12


@dataclass(frozen=True, slots=True)
class Quantized:
    """A matrix as 8-bit integers with a scale for each row: value = integer * scale."""

    integers: NDArray[np.int8]
    scales: Floats

    def rows(self, numbers: Sequence[int]) -> Floats:
        """These rows as floats, shape (len(numbers), columns)."""
        chosen = list(numbers)
        return self.integers[chosen] * self.scales[chosen, None]

    def floats(self) -> Floats:
        """The whole matrix as floats."""
        return self.integers * self.scales[:, None]


@dataclass(frozen=True, slots=True)
class Linear:
    """x @ weight.T + bias; `weight` has shape (outputs, inputs)."""

    weight: Quantized
    bias: Floats

    def __call__(self, state: Floats) -> Floats:
        """Each row transformed; the weights are unpacked for it and not kept, which saves three quarters of memory."""
        return state @ self.weight.floats().T + self.bias


@dataclass(frozen=True, slots=True)
class Glance:
    """A first look at the embeddings of a window, a thousandth of the work: whether there may be anything in it.

    Attributes:
        inside: weights of shape (looks, width), with `inside_bias`; each look is taken by mean and by maximum.
        out: weights of shape (2 * looks,), with `out_bias`.
    """

    inside: Floats
    inside_bias: Floats
    out: Floats
    out_bias: float

    def __call__(self, embedded: Floats) -> float:
        """The log-odds of these pieces, shape (pieces, width), at first sight."""
        looks = np.maximum(embedded @ self.inside.T + self.inside_bias, 0)
        seen = np.concatenate([looks.mean(axis=0), looks.max(axis=0)])
        return float(seen @ self.out) + self.out_bias


@dataclass(frozen=True, slots=True)
class Norm:
    """Layer normalisation (Ba et al. 2016)."""

    weight: Floats
    bias: Floats

    def __call__(self, state: Floats) -> Floats:
        """Rows brought to mean 0 and variance 1, then scaled and moved."""
        centred = state - state.mean(axis=1, keepdims=True)
        variance = np.square(centred).mean(axis=1, keepdims=True)
        normal: Floats = centred / np.sqrt(variance + np.float32(_EPSILON))
        return normal * self.weight + self.bias


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of BERT (Devlin et al. 2019): self-attention, then two linear maps, each added and normalised.

    `attention` gives queries, keys and values side by side, for `heads` heads.
    """

    attention: Linear
    attended: Linear
    attended_norm: Norm
    wide: Linear
    narrow: Linear
    norm: Norm
    heads: int

    def __call__(self, state: Floats) -> Floats:
        """The states of the pieces after this layer, shape (pieces, width) as before."""
        state = self.attended_norm(state + self.attended(_attended(self.attention(state), self.heads)))
        return self.norm(state + self.narrow(_gelu(self.wide(state))))


@dataclass(frozen=True, slots=True)
class Encoder:
    """The whole network: a glance, then a forward pass that gives each piece its share in the log-odds of its window.

    Attributes:
        words: an embedding for each piece of the vocabulary.
        glance: what tells by the embeddings alone which windows to read.
        places: an embedding for each place, shape (most pieces in a window, width).
        attention: which pieces count how much, shape (width,); a softmax over the pieces.
        head: what a piece speaks for, shape (width,); `bias` is added to it.
    """

    words: Quantized
    glance: Glance
    places: Floats
    norm: Norm
    layers: tuple[Layer, ...]
    attention: Floats
    head: Floats
    bias: float

    def glanced(self, window: Sequence[int]) -> float:
        """The log-odds of these pieces, without the opening sign, at first sight."""
        return self.glance(self.words.rows(window))

    def shares(self, window: Sequence[int]) -> Floats:
        """What each piece of a window adds to its log-odds; their sum is the log-odds.

        Args:
            window: numbers of pieces, beginning with the opening sign, which gets no share; between two and
                `len(places)`.
        """
        state = self.norm(self.words.rows(window) + self.places[: len(window)])
        for layer in self.layers:
            state = layer(state)
        inner = state[1:]
        return _softmax(inner @ self.attention) * (inner @ self.head + np.float32(self.bias))


def _attended(parts: Floats, heads: int) -> Floats:
    """Values mixed by how queries and keys agree; `parts` has shape (pieces, 3 * width)."""
    count = len(parts)
    queries, keys, values = parts.reshape(count, 3, heads, -1).transpose(1, 2, 0, 3)
    weights = _softmax(queries @ keys.transpose(0, 2, 1) / np.float32(sqrt(queries.shape[2])))
    return (weights @ values).transpose(1, 0, 2).reshape(count, -1)


def _softmax(x: Floats) -> Floats:
    """Weights along the last axis that sum to 1."""
    weights: Floats = np.exp(x - x.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights


def _gelu(x: Floats) -> Floats:
    """The Gaussian error linear unit in its tanh form (Hendrycks and Gimpel 2016), with which the model was trained."""
    bent: Floats = np.tanh(np.float32(sqrt(2 / pi)) * (x + np.float32(0.044715) * x * x * x))
    return np.float32(0.5) * x * (1 + bent)
