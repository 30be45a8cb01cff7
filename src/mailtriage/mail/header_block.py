"""A block of quoted header lines ("From: … Sent: … To: … Subject: …"), in any language and order."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.mail.lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.mail.marks import MarkedLine

ADDRESS = re.compile(r"[\w.+%&'*/=?^{}~-]{1,64}@[\w.-]{1,255}")
# 13xx and 14xx are years of the Persian and Islamic calendars, 25xx of the Thai.
YEAR_OR_DATE = re.compile(
    r"(?<!\d)(?:1[34]|19|20|25)\d\d(?!\d)|(?<!\d)\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}(?!\d)|\d ?[月월]"
)
TIME = re.compile(
    r"(?<![\d.])\d{1,2} ?(?:[:h時时点點시] ?|\.)\d{2}(?![.\d])(?!/)|\d{1,2}:\d{2}"
    r"|(?<!\d)\d{1,2} ?[ap]\.?m\b|[時时点點시]"
)
UNKNOWN = "?"
_ADDRESS_FIELDS = frozenset({"from", "to", "cc", "bcc", "reply-to"})
_DECORATION = "*_ \t|"
_BRACKETED = re.compile(r"<[^<>\s]{1,64}@[^<>\s]{1,255}>")
_UNKNOWN_LINES_AT_LEAST = 4
_ADDRESSED_AT_LEAST = 2
_LINES_LIMIT = 14
_FOLDS_LIMIT = 12
_UNMARKED_FOLDS_LIMIT = 2


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """Header lines `start` to `end` (half-open), with what they say.

    Attributes:
        labels: fields in the order found, by English names in lower case, then `UNKNOWN` for each that is not known.
        sender: the address of the From: line in lower case, the first of all if no label is known, "" if none.
        language: the language most labels belong to.
        addressed: some address field holds an address.
        dated: the date field holds a date.
        unmistakable: two lines hold addresses and another a date and a time: headers, whatever the language.
        depth: that of the last header line.
    """

    start: int
    end: int
    labels: tuple[str, ...]
    sender: str
    language: str
    addressed: bool
    dated: bool
    unmistakable: bool
    depth: int

    @property
    def convinces(self) -> bool:
        """True if it can stand alone, with no separator before it: nobody types this by hand."""
        labels = set(self.labels) - {UNKNOWN}
        if len(labels) < 3:  # noqa: PLR2004 - "From: 3 pm / To: 5 pm" has two
            return bool(self.sender) and (self.dated or "subject" in labels)
        proven = self.addressed or self.dated or "subject" in labels
        return proven if "from" in labels else (self.addressed and self.dated)


@dataclass(frozen=True, slots=True)
class _Field:
    label: str
    value: str
    meanings: tuple[tuple[str, str], ...]

    def may_be(self, fields: frozenset[str]) -> bool:
        return any(field in fields for field, _ in self.meanings)


def header_block(lines: Sequence[MarkedLine], start: int, *, structural: bool = False) -> HeaderBlock | None:
    """The block of header lines that begins at `start`, None if none does.

    Args:
        lines: the body.
        start: a line that is not blank.
        structural: also take lines in an unknown language that are built like headers; only right behind a
            separator, where nothing else looks like that.
    """
    read = _field_at(lines[start], structural=structural)
    if read is None:
        return None
    fields: list[_Field] = []
    at, end = start, start
    while read is not None and len(fields) < _LINES_LIMIT and all(read.label != f.label for f in fields):
        fields.append(read)
        end = at + 1
        at, read, folded = _next_field(lines, at, fields, structural=structural)
        if read is not None and folded:
            fields[-1] = _Field(fields[-1].label, f"{fields[-1].value} {folded}", fields[-1].meanings)
    end = _with_last_fold(lines, end, fields)
    return _block(start, end, fields, lines[end - 1].depth)


def _field_at(line: MarkedLine, *, structural: bool) -> _Field | None:
    """The label and value of a header line, None if it is none."""
    colon = line.folded.find(":", 0, lexicon().label_length_limit + 6)
    if colon < 1:
        return _field_without_colon(line.folded) if structural else None
    label = line.folded[:colon].strip(_DECORATION)
    value = line.folded[colon + 1 :].strip(_DECORATION)
    meanings = lexicon().labels.get(label, ())
    if not meanings and not (structural and _is_built_like_a_label(label, value)):
        return _dated_field_without_colon(line.folded)
    return _Field(label, value, meanings)


def _field_without_colon(folded: str) -> _Field | None:
    """A known label with its value behind a blank, as eM Client writes it below its separator."""
    words = folded.split(maxsplit=3)
    for count in range(min(3, len(words) - 1), 0, -1):
        label = " ".join(words[:count])
        meanings = lexicon().labels.get(label, ())
        if meanings:
            return _Field(label, folded[len(label) + 1 :], meanings)
    return None


def _dated_field_without_colon(folded: str) -> _Field | None:
    """A known label of two words right before a date ("Message du 02/11/26 10:00"); that colon is the time's."""
    words = folded.split(maxsplit=2)
    if len(words) < 3 or not words[2][0].isdigit():  # noqa: PLR2004 - two words and a date
        return None
    label = f"{words[0]} {words[1]}"
    meanings = lexicon().labels.get(label, ())
    return _Field(label, words[2], meanings) if meanings else None


def _is_built_like_a_label(label: str, value: str) -> bool:
    return 0 < len(label.split()) <= 3 and not any(c.isdigit() or c in ".,@/" for c in label) and bool(value)  # noqa: PLR2004 - no label has four words


def _next_field(
    lines: Sequence[MarkedLine], at: int, fields: list[_Field], *, structural: bool
) -> tuple[int, _Field | None, str]:
    """Where the next header line stands, the line, and what of the last value was folded in between."""
    last = fields[-1]
    depth = lines[at].depth
    folded: list[str] = []
    blanks = 0
    for following in range(at + 1, min(len(lines), at + 2 + _FOLDS_LIMIT)):
        line = lines[following]
        if line.blank:
            blanks += 1
            if blanks > 1 or folded:
                break
            continue
        field = _field_at(line, structural=structural) if line.depth == depth else None
        if field is not None and (not blanks or (field.meanings and last.meanings)):
            return following, field, " ".join(folded)
        if blanks or line.depth != depth or not _may_fold(last, line, len(folded)):
            break
        folded.append(line.folded)
    return at, None, ""


def _may_fold(last: _Field, line: MarkedLine, already: int) -> bool:
    """True if this line may go on with the last header's value; long lists of addresses fold many times."""
    if not last.value and not already:
        return True
    if already < _UNMARKED_FOLDS_LIMIT and (last.may_be(_ADDRESS_FIELDS) or len(last.value) > 55):  # noqa: PLR2004 - folded near column 72
        return True
    return last.may_be(_ADDRESS_FIELDS) and ("@" in line.folded or line.folded.endswith((",", ";")))


def _with_last_fold(lines: Sequence[MarkedLine], end: int, fields: list[_Field]) -> int:
    """The end of the block after what the last header's value is folded to."""
    if end >= len(lines) or lines[end].blank or lines[end].depth != lines[end - 1].depth:
        return end
    last, line = fields[-1], lines[end]
    goes_on = last.may_be(_ADDRESS_FIELDS) and (
        line.folded.startswith("<") or (last.value.endswith((",", ";")) and "@" in line.folded)
    )
    value_below = not last.value and any(not f.value for f in fields[:-1])
    return end + 1 if goes_on or value_below else end


def _block(start: int, end: int, fields: list[_Field], depth: int) -> HeaderBlock | None:
    votes = Counter(code for field in fields for code in {code for _, code in field.meanings})
    language = max(votes, key=lambda code: votes[code]) if votes else ""
    named: dict[str, str] = {}
    for field in fields:
        name = _name(field, language, named)
        if name:
            named[name] = field.value
    if len(fields) < 2:  # noqa: PLR2004 - one line is no block
        return None
    if named.get("from") and not any(character.isalpha() for character in named["from"]):
        return None  # a telephone number: a voicemail's own heading, not a mail's
    everything = " ".join(field.value for field in fields)
    date = named.get("date", "")
    sender = ADDRESS.search(named.get("from", "" if named else everything))
    return HeaderBlock(
        start=start,
        end=end,
        labels=(*named, *(UNKNOWN for _ in range(len(fields) - len(named)))),
        sender=sender[0] if sender else "",
        language=language,
        addressed="@" in everything,
        dated=bool(YEAR_OR_DATE.search(date) or TIME.search(date)) if date else bool(YEAR_OR_DATE.search(everything)),
        unmistakable=_is_unmistakable([field.value for field in fields]),
        depth=depth,
    )


def _is_unmistakable(values: Sequence[str]) -> bool:
    """True if only headers have such values: two with addresses, one with date and time, one of these first."""
    addressed = [_BRACKETED.search(value) is not None for value in values]
    timed = [bool(YEAR_OR_DATE.search(value) and TIME.search(value)) for value in values]
    return (
        len(values) >= _UNKNOWN_LINES_AT_LEAST
        and sum(addressed) >= _ADDRESSED_AT_LEAST
        and any(timed)
        and (addressed[0] or timed[0])
    )


def _name(field: _Field, language: str, taken: dict[str, str]) -> str:
    """What a label means in the block's language; in another, if that meaning is still free."""
    for wanted in (language, "en"):
        for name, code in field.meanings:
            if code == wanted and name not in taken:
                return name
    return next((name for name, _ in field.meanings if name not in taken), "")
