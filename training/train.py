"""Trains the model of the second reading on the invented letters beside this file, and writes it into the package.

    python training/train.py --base FOLDER --background FOLDER

The folder of --base holds `model.safetensors` and `vocab.txt` of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0);
that of --background plain English text, its pieces apart by lines of "%" (as in Debian's package fortunes).
README.md says what it needs, what it was measured on, and why nothing else may be trained on.
"""

from __future__ import annotations

import argparse
import json
import random
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from mailtriage.triage.implied.windows import MOST_PIECES, Sentence, sentences, windows
from mailtriage.triage.implied.word_pieces import WordPieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "src/mailtriage/triage/implied/weights"
TESTS = HERE.parent / "tests/triage/emergency"
ALARMS = frozenset({"hint", "named"})
LAYERS = range(6)
HEADS = 12
MOST_WINDOWS = 6
SOFT = {True: torch.tensor(0.98), False: torch.tensor(0.02)}


@dataclass(frozen=True, slots=True)
class Case:
    """A text to learn from: its sentences, whether it alarms, how much it counts."""

    sentences: tuple[Sentence, ...]
    alarms: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train."""

    epochs: int = 4
    rate: float = 8e-5
    size: int = 16
    seed: int = 0


class Attention(nn.Module):
    """Self-attention and its way back to the width of the layer."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inside = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: torch.Tensor, present: torch.Tensor) -> torch.Tensor:
        """States of shape (texts, pieces, width) mixed over the pieces that are present."""
        texts, pieces, width = x.shape
        parts = self.inside(x).view(texts, pieces, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=present)
        return self.out(mixed.transpose(1, 2).reshape(texts, pieces, width))


class Layer(nn.Module):
    """One layer of BERT, with the tanh form of GELU."""

    def __init__(self, width: int = 384, wide: int = 1536) -> None:
        super().__init__()
        self.attention, self.attended_norm = Attention(width), nn.LayerNorm(width, 1e-12)
        self.wide, self.narrow, self.norm = nn.Linear(width, wide), nn.Linear(wide, width), nn.LayerNorm(width, 1e-12)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor, present: torch.Tensor) -> torch.Tensor:
        """States of shape (texts, pieces, width) after this layer."""
        x = self.attended_norm(x + self.drop(self.attention(x, present)))
        return self.norm(x + self.drop(self.narrow(functional.gelu(self.wide(x), approximate="tanh"))))


class Classifier(nn.Module):
    """Embeddings, some layers, a mean over the pieces by learned weights, one figure."""

    def __init__(self, words: torch.Tensor, base: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.words = nn.Embedding.from_pretrained(words, freeze=True)
        places = base["embeddings.position_embeddings.weight"] + base["embeddings.token_type_embeddings.weight"][0]
        self.places = nn.Embedding.from_pretrained(places[: MOST_PIECES + 2], freeze=True)
        self.norm = nn.LayerNorm(words.shape[1], 1e-12)
        _copy(self.norm, base, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(_layer(base, number) for number in LAYERS)
        self.attention = nn.Linear(words.shape[1], 1, bias=False)
        self.head = nn.Linear(words.shape[1], 1)
        self.drop = nn.Dropout(0.1)
        nn.init.zeros_(self.attention.weight)

    def forward(self, numbers: torch.Tensor, present: torch.Tensor) -> torch.Tensor:
        """Log-odds of each window; both arguments have shape (windows, pieces)."""
        x = self.drop(self.norm(self.words(numbers) + self.places.weight[: numbers.shape[1]]))
        for layer in self.layers:
            x = layer(x, present[:, None, None, :])
        weights = self.attention(x).squeeze(-1).masked_fill(~present, -1e9)[:, 1:].softmax(1)
        return self.head((weights[..., None] * x[:, 1:]).sum(1)).squeeze(-1)


class Glance(nn.Module):
    """A first look at a window's embeddings, cheap enough for all mail: is there anything to read at all?"""

    def __init__(self, width: int = 384, wide: int = 16) -> None:
        super().__init__()
        self.inside, self.out = nn.Linear(width, wide), nn.Linear(2 * wide, 1)

    def forward(self, embedded: torch.Tensor, present: torch.Tensor) -> torch.Tensor:
        """Log-odds of each window from its embeddings, shape (windows, pieces, width)."""
        seen = torch.relu(self.inside(embedded)) * present[..., None]
        mean = seen.sum(1) / present.sum(1, keepdim=True)
        return self.out(torch.cat([mean, seen.amax(1)], 1)).squeeze(-1)


def _copy(module: nn.Linear | nn.LayerNorm, base: dict[str, torch.Tensor], name: str) -> None:
    module.weight.data = base[f"{name}.weight"].float()
    module.bias.data = base[f"{name}.bias"].float()


def _layer(base: dict[str, torch.Tensor], number: int) -> Layer:
    layer, prefix = Layer(), f"encoder.layer.{number}."
    names = [prefix + "attention.self." + part for part in ("query", "key", "value")]
    layer.attention.inside.weight.data = torch.cat([base[f"{name}.weight"] for name in names]).float()
    layer.attention.inside.bias.data = torch.cat([base[f"{name}.bias"] for name in names]).float()
    _copy(layer.attention.out, base, prefix + "attention.output.dense")
    _copy(layer.attended_norm, base, prefix + "attention.output.LayerNorm")
    _copy(layer.wide, base, prefix + "intermediate.dense")
    _copy(layer.narrow, base, prefix + "output.dense")
    _copy(layer.norm, base, prefix + "output.LayerNorm")
    return layer


def vocabulary(base: Path) -> tuple[list[str], list[int]]:
    """The pieces that folded English needs, no reserved places, and their numbers in the base model."""
    pieces = (base / "vocab.txt").read_text("utf-8").rstrip("\n").split("\n")
    kept = [number for number, piece in enumerate(pieces) if _is_kept(piece)]
    return [pieces[number] for number in kept], kept


def _is_kept(piece: str) -> bool:
    return not piece.startswith("[unused") and (piece.isascii() or piece in {"\u00a3", "\u20ac"})


def letters(held: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """The invented letters of the folder, and those that the wording rules are tested with."""
    for file in sorted((HERE / "letters").glob("*.jsonl")):
        if file.stem in held:
            continue
        for line in file.read_text("utf-8").splitlines():
            letter = json.loads(line)
            yield letter["text"], letter["kind"] in ALARMS
    for name, alarms in (("letters_alarm", True), ("letters_quiet", False)):
        for text in _texts(tomllib.loads((TESTS / f"{name}.toml").read_text("utf-8"))):
            yield text, alarms
    for section, found in tomllib.loads((TESTS / "guard_letters.toml").read_text("utf-8")).items():
        for text in _texts(found):
            yield text, section == "alarm"


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for inside in value.values() if isinstance(value, dict) else value:
            yield from _texts(inside)


def background(folder: Path, count: int) -> list[str]:
    """So many pieces of general English between 40 and 1,500 characters, drawn with a fixed seed."""
    files = sorted(file for file in folder.iterdir() if not file.suffix and not file.is_symlink())
    texts = [text.strip() for file in files for text in file.read_text("utf-8", "replace").split("\n%\n")]
    fitting = [text for text in texts if 40 < len(text) < 1500]  # noqa: PLR2004
    random.Random(1).shuffle(fitting)
    return fitting[:count]


def surrounded(case: Case, ordinary: Sequence[Case], draw: random.Random) -> Sequence[Sentence]:
    """The sentences of a short text, in a third of the draws between some of an ordinary one: that changes nothing."""
    if draw.random() > 1 / 3 or sum(len(sentence.numbers) for sentence in case.sentences) > MOST_PIECES:
        return case.sentences
    around = draw.choice(ordinary).sentences
    first = draw.randrange(len(around) + 1)
    return (
        *around[max(0, first - draw.randrange(6)) : first],
        *case.sentences,
        *around[first : first + draw.randrange(6)],
    )


def windows_of(found: Sequence[Sentence], draw: random.Random) -> list[list[int]]:
    """At most six of a text's windows, as numbers of pieces."""
    runs = [[number for sentence in run for number in sentence.numbers] for run in windows(found)]
    return runs if len(runs) <= MOST_WINDOWS else draw.sample(runs, MOST_WINDOWS)


def _filled(runs: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """The numbers of the pieces, filled up with 0, and where a piece is present."""
    shape = (len(runs), max(map(len, runs)))
    numbers, present = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.bool)
    for row, run in enumerate(runs):
        numbers[row, : len(run)] = torch.tensor(run)
        present[row, : len(run)] = True
    return numbers, present


def batches(cases: Sequence[Case], size: int, draw: random.Random) -> Iterator[list[Case]]:
    """Batches of cases of like length in random order."""
    shuffled = draw.sample(cases, len(cases))
    stretches = [shuffled[i : i + 20 * size] for i in range(0, len(cases), 20 * size)]
    for stretch in stretches:
        stretch.sort(key=lambda case: sum(len(sentence.numbers) for sentence in case.sentences))
    found = [stretch[i : i + size] for stretch in stretches for i in range(0, len(stretch), size)]
    yield from draw.sample(found, len(found))


def loss_of(model: Classifier, batch: Sequence[Case], runs: Sequence[list[list[int]]], opening: int) -> torch.Tensor:
    """Cross-entropy: of an alarming text its strongest window must alarm, of another none may; labels soft by 0.02."""
    odds = model(*_filled([[opening, *run] for each in runs for run in each])).split([len(each) for each in runs])
    losses = [
        functional.binary_cross_entropy_with_logits(
            found.max() if case.alarms else found, SOFT[case.alarms].expand_as(found.max() if case.alarms else found)
        )
        * case.weight
        for case, found in zip(batch, odds, strict=True)
    ]
    return torch.stack(losses).mean()


def train(model: Classifier, cases: Sequence[Case], opening: int, settings: Settings) -> None:
    """AdamW, a tenth of the steps to warm up, then linearly to nothing."""
    draw = random.Random(settings.seed)
    fresh = [p for name, p in model.named_parameters() if name.startswith(("head", "attention"))]
    base = [p for name, p in model.named_parameters() if p.requires_grad and not name.startswith(("head", "attention"))]
    optimizer = torch.optim.AdamW(
        [{"params": base, "lr": settings.rate}, {"params": fresh, "lr": 1e-3}], weight_decay=0.01
    )
    plan = [batch for _ in range(settings.epochs) for batch in batches(cases, settings.size, draw)]
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(step / (0.1 * len(plan)), (len(plan) - step) / (0.9 * len(plan)))
    )
    ordinary = [case for case in cases if not case.alarms and case.weight == 1]
    model.train()
    seen = 0.0
    for step, batch in enumerate(plan, 1):
        runs = [windows_of(surrounded(case, ordinary, draw), draw) for case in batch]
        loss = loss_of(model, batch, runs, opening)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        seen = 0.98 * seen + 0.02 * loss.item()
        if not step % 50:
            print(f"{step} of {len(plan)}, loss {seen / (1 - 0.98**step):.3f}", flush=True)


def train_glance(words: torch.Tensor, cases: Sequence[Case], seed: int) -> Glance:
    """A glance trained on single windows, an alarming one counting three times."""
    draw = random.Random(seed)
    pairs = ((case, windows_of(case.sentences, draw)) for case in cases)
    windows_ = [
        (run, float(case.alarms), case.weight * (3 if case.alarms else 1))
        for case, runs in pairs
        if len(runs) == 1 or not case.alarms
        for run in runs
    ]
    glance = Glance(words.shape[1])
    optimizer = torch.optim.AdamW(glance.parameters(), lr=2e-3, weight_decay=0.01)
    for _ in range(8):
        draw.shuffle(windows_)
        for first in range(0, len(windows_), 64):
            runs, wanted, weights = zip(*windows_[first : first + 64], strict=True)
            numbers, present = _filled(runs)
            odds = glance(functional.dropout(words[numbers], 0.2), present)
            losses = functional.binary_cross_entropy_with_logits(odds, torch.tensor(wanted), reduction="none")
            optimizer.zero_grad()
            (losses * torch.tensor(weights)).mean().backward()
            optimizer.step()
    return glance.eval()


def quantized(name: str, matrix: torch.Tensor) -> dict[str, np.ndarray]:
    """A matrix as 8-bit integers with a scale for each row."""
    values = matrix.detach().numpy()
    scales = np.maximum(np.abs(values).max(axis=1), 1e-12) / 127
    integers = np.rint(values / scales[:, None]).astype(np.int8)
    return {f"{name}.integers": integers, f"{name}.scales": scales.astype(np.float32)}


def arrays(model: Classifier, glance: Glance) -> dict[str, np.ndarray]:
    """The trained model under the names that `mailtriage.triage.implied.model` reads."""
    found = quantized("words", model.words.weight)
    found["places"] = model.places.weight.numpy().astype(np.float16)
    found |= _plain("norm", model.norm)
    for number, layer in enumerate(model.layers):
        prefix = f"layer{number}."
        linear = {
            "attention": layer.attention.inside,
            "attended": layer.attention.out,
            "wide": layer.wide,
            "narrow": layer.narrow,
        }
        for name, module in linear.items():
            found |= quantized(prefix + name, module.weight) | {f"{prefix}{name}.bias": module.bias.detach().numpy()}
        found |= _plain(prefix + "attended_norm", layer.attended_norm) | _plain(prefix + "norm", layer.norm)
    found |= _plain("glance.inside", glance.inside) | {"glance.out": glance.out.weight.detach().numpy()[0]}
    found["glance.bias"] = np.float32(glance.out.bias.item())
    found["attention"] = model.attention.weight.detach().numpy()[0]
    return found | {"head": model.head.weight.detach().numpy()[0], "bias": np.float32(model.head.bias.item())}


def _plain(name: str, module: nn.LayerNorm | nn.Linear) -> dict[str, np.ndarray]:
    return {f"{name}.weight": module.weight.detach().numpy(), f"{name}.bias": module.bias.detach().numpy()}


def cases(vocabulary_: WordPieces, folder: Path, held: frozenset[str]) -> list[Case]:
    """Everything to learn from; general English counts half."""
    found = [(text, alarms, 1.0) for text, alarms in letters(held)]
    found += [(text, False, 0.5) for text in background(folder, 1500)]
    made = [Case(tuple(sentences(text, vocabulary_)), alarms, weight) for text, alarms, weight in found]
    return [case for case in made if case.sentences]


def main() -> None:
    """Train, and write what the model is made of, but for its card."""
    parser = argparse.ArgumentParser(description="Train the model of the second reading.")
    parser.add_argument("--base", type=Path, required=True, help="folder of the base model")
    parser.add_argument("--background", type=Path, required=True, help="folder of general English")
    parser.add_argument("--held", default="", help="files of letters to leave out, by name, apart by commas")
    parser.add_argument("--to", type=Path, default=PACKAGE, help="folder to write to")
    arguments = parser.parse_args()
    settings = Settings()
    torch.manual_seed(settings.seed)
    kept_pieces, kept = vocabulary(arguments.base)
    pieces = WordPieces(kept_pieces)
    base = load_file(arguments.base / "model.safetensors")
    model = Classifier(base["embeddings.word_embeddings.weight"][kept].float(), base)
    learned = cases(pieces, arguments.background, frozenset(arguments.held.split(",")))
    print(f"{len(learned)} texts, {sum(case.alarms for case in learned)} of them alarming", flush=True)
    glance = train_glance(model.words.weight, learned, settings.seed)
    train(model, learned, pieces.number("[CLS]"), settings)
    arguments.to.mkdir(parents=True, exist_ok=True)
    (arguments.to / "vocabulary.txt").write_text("\n".join(kept_pieces), "utf-8")
    made = arrays(model, glance)
    np.save(arguments.to / "words.npy", made.pop("words.integers"))
    np.savez(arguments.to / "weights.npz", **made)


if __name__ == "__main__":
    main()
