from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mailtriage.triage.implied.encoder import Encoder, Glance, Layer, Linear, Norm, Quantized

WIDTH, HEADS, PIECES, PLACES = 8, 2, 11, 6
DRAW = np.random.default_rng(5)


def drawn(*shape: int) -> NDArray[np.float32]:
    return DRAW.normal(size=shape).astype(np.float32)


def quantized(rows: int, columns: int) -> Quantized:
    return Quantized(DRAW.integers(-127, 128, (rows, columns), np.int8), drawn(rows) / np.float32(100))


def linear(outputs: int, inputs: int) -> Linear:
    return Linear(quantized(outputs, inputs), drawn(outputs))


def norm() -> Norm:
    return Norm(drawn(WIDTH), drawn(WIDTH))


def layer() -> Layer:
    return Layer(
        attention=linear(3 * WIDTH, WIDTH),
        attended=linear(WIDTH, WIDTH),
        attended_norm=norm(),
        wide=linear(20, WIDTH),
        narrow=linear(WIDTH, 20),
        norm=norm(),
        heads=HEADS,
    )


GLANCE = Glance(drawn(3, WIDTH), drawn(3), drawn(6), 0.5)
ENCODER = Encoder(
    words=quantized(PIECES, WIDTH),
    glance=GLANCE,
    places=drawn(PLACES, WIDTH),
    norm=norm(),
    layers=(layer(), layer()),
    attention=drawn(WIDTH),
    head=drawn(WIDTH),
    bias=0.25,
)


def slowly(numbers: list[int]) -> float:
    """The same network once more, in 64-bit floats, one piece and one head at a time."""

    def normed(row: NDArray[Any], by: Norm) -> NDArray[Any]:
        return np.asarray((row - row.mean()) / np.sqrt(row.var() + 1e-12) * by.weight + by.bias)

    def through(row: NDArray[Any], by: Linear) -> NDArray[Any]:
        return (
            np.array(
                [float(i @ row) * s for i, s in zip(by.weight.integers.astype(float), by.weight.scales, strict=True)]
            )
            + by.bias
        )

    def share(scores: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(np.exp(scores) / np.exp(scores).sum())

    words = ENCODER.words.integers.astype(float) * ENCODER.words.scales.astype(float)[:, None]
    rows = [normed(words[n] + ENCODER.places[place], ENCODER.norm) for place, n in enumerate(numbers)]
    size = WIDTH // HEADS
    for each in ENCODER.layers:
        parts = [through(row, each.attention).reshape(3, HEADS, size) for row in rows]
        mixed = []
        for one in parts:
            heads = []
            for head in range(HEADS):
                weights = share(np.array([one[0, head] @ other[1, head] for other in parts]) / np.sqrt(size))
                heads.append(sum(w * other[2, head] for w, other in zip(weights, parts, strict=True)))
            mixed.append(np.concatenate(heads))
        rows = [
            normed(row + through(mix, each.attended), each.attended_norm) for row, mix in zip(rows, mixed, strict=True)
        ]
        wide = [through(row, each.wide) for row in rows]
        bent = [0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) for x in wide]
        rows = [normed(row + through(x, each.narrow), each.norm) for row, x in zip(rows, bent, strict=True)]
    inner = rows[1:]
    weights = share(np.array([row @ ENCODER.attention for row in inner]))
    return float(sum(w * (row @ ENCODER.head) for w, row in zip(weights, inner, strict=True)) + ENCODER.bias)


@pytest.mark.parametrize("numbers", [[1, 2], [1, 2, 3, 4, 5, 6], [10, 0, 0, 10]])
def test_the_shares_add_up_to_what_the_definition_gives(numbers: list[int]) -> None:
    shares = ENCODER.shares(numbers)
    assert len(shares) == len(numbers) - 1
    assert float(shares.sum()) == pytest.approx(slowly(numbers), rel=1e-3, abs=1e-3)


def test_a_glance_takes_each_look_by_its_mean_and_its_maximum() -> None:
    words = ENCODER.words.rows([3, 4, 5])
    looks = np.maximum(words @ GLANCE.inside.T + GLANCE.inside_bias, 0)
    odds = float(np.concatenate([looks.mean(0), looks.max(0)]) @ GLANCE.out) + GLANCE.out_bias
    assert ENCODER.glanced([3, 4, 5]) == pytest.approx(odds, rel=1e-5)


def test_a_quantized_matrix_is_its_integers_times_the_scale_of_each_row() -> None:
    matrix = Quantized(np.array([[-127, 64], [1, 0]], np.int8), np.array([0.5, 2.0], np.float32))
    assert matrix.floats().tolist() == [[-63.5, 32.0], [2.0, 0.0]]
    assert matrix.rows([1, 1]).tolist() == [[2.0, 0.0], [2.0, 0.0]]
    assert matrix.floats().dtype == np.float32
