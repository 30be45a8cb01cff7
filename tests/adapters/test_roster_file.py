from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.adapters.roster_file import COLUMNS, read_roster
from mailtriage.errors import DataError
from mailtriage.model import Client

if TYPE_CHECKING:
    from pathlib import Path

HEADING = "code,name,addresses,phone,contact"
ANNA = Client("A.B.", "Anna Bright", ("anna@home.example", "b@work.example"), "07700 900101", "voicemail is fine")
OTHER_ORDER = """\
contact;phone;addresses;name;code
voicemail is fine;07700 900101;"ANNA@home.example; b@work.example";Anna  Bright;A.B.
"""
ROW = "A.B.,Anna Bright,anna@home.example;b@work.example,07700 900101,voicemail is fine"


def _read(folder: Path, content: str | bytes) -> tuple[Client, ...]:
    path = folder / "clients.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_roster(path)


def _refused(folder: Path, content: str | bytes) -> str:
    with pytest.raises(DataError) as refused:
        _read(folder, content)
    assert "Nothing was imported" in refused.value.hint or "UTF-8" in refused.value.hint
    return refused.value.message


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADING}\n{ROW}\n",
        f"\ufeff{HEADING}\r\n{ROW}\r\n",
        f"{HEADING}\n\n , \n{ROW}",
        f"{HEADING.upper()}\n{ROW},,,\n",
        f"{HEADING}\n{ROW}\n".replace(";", " ").replace(",", ";"),
        f"{HEADING}\n{ROW}\n".replace(",", "\t"),
        OTHER_ORDER,
        f'"{HEADING}"\n{ROW}\n'.replace('"', "").replace("Anna Bright", '"Anna\nBright"'),
    ],
    ids=["plain", "BOM and CRLF", "empty lines", "capitals", "semicolons", "tabs", "other order", "line in a cell"],
)
def test_what_spreadsheets_save_is_read(tmp_path: Path, content: str) -> None:
    assert _read(tmp_path, content) == (ANNA,)


def test_a_row_may_end_early(tmp_path: Path) -> None:
    assert _read(tmp_path, f"{HEADING}\nA.B.\n") == (Client("A.B."),)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "missing: code, name"),
        ("code,name,addresses,phone\nA.B.,,,\n", "missing: contact"),
        ("code,name,adresses,phone,contact\n", 'did you mean "addresses"?'),
        ("code,name,addresses,phone,contact,code\n", "named twice"),
        (f"{HEADING}\nA.B.,x,y@z.example,1,no,calls\n", "line 2: 6 cells"),
        (f"{HEADING}\nA.B.,x,,,\na.b.,x,,,\n", "line 3: the code 'a.b.' stands on an earlier line already"),
        (f'{HEADING}\nA.B.,"x\n', "line 2: not readable as CSV"),
        (f"{HEADING}\nA.B.,x\x1b[0m,,,\n", "line 2: the name has characters that cannot be shown"),
        (f"{HEADING}\nA.B.,x,\x1b]0;@x,,\n", r"line 2: '\x1b]0' is no e-mail address"),
        (f"{HEADING}\nA.B.,{'x' * 201},,,\n", "line 2: the name is longer than 200"),
        (f"{HEADING}\nA.B.,{'x' * 140_000},,,\n", "line 2: not readable as CSV"),
        (f"{HEADING}\n{'A B,,,,' * 1}\n", "line 2: the code 'A B' must be"),
    ],
)
def test_a_wrong_file_says_what_and_where(tmp_path: Path, content: str, problem: str) -> None:
    assert problem in _refused(tmp_path, content)


def test_a_file_in_another_character_set_says_where_and_how_to_save_it(tmp_path: Path) -> None:
    assert "line 2" in _refused(tmp_path, f"{HEADING}\nA.B.,Zo\xeb,,,\n".encode("latin-1"))


def test_many_problems_are_counted_rather_than_listed(tmp_path: Path) -> None:
    message = _refused(tmp_path, HEADING + "".join(f"\nA {number},,,," for number in range(100)))
    assert message.count("\n") == 21
    assert "and 80 more" in message


def test_a_file_too_large_to_be_a_roster_is_not_read(tmp_path: Path) -> None:
    assert "larger than 4 MB" in _refused(tmp_path, b"x" * 4_000_001)


def test_a_missing_file_is_a_data_problem(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")


@given(st.text(max_size=60), st.sampled_from([",", ";", "\t"]))
def test_no_text_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str, delimiter: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        clients = _read(folder, (delimiter.join(COLUMNS) + "\n" + text).encode("utf-8", "replace"))
    except DataError:
        return
    assert all(client.code for client in clients)


def test_a_postal_column_is_read_and_without_it_the_roster_keeps_what_it_has(tmp_path: Path) -> None:
    here = replace(ANNA, postal="1 Home Lane\nYork")
    path = tmp_path / "clients.csv"
    path.write_text(f"{HEADING},postal\n{ROW},2 New Road; Leeds\n", "utf-8")
    assert read_roster(path, [here]) == (replace(ANNA, postal="2 New Road\nLeeds"),)
    path.write_text(f'{HEADING},postal\n{ROW},"2 New Road\nLeeds"\n', "utf-8")
    assert read_roster(path, [here]) == (replace(ANNA, postal="2 New Road\nLeeds"),)
    path.write_text(f"{HEADING},postal\n{ROW},\n", "utf-8")
    assert read_roster(path, [here]) == (ANNA,)
    path.write_text(f"{HEADING}\n{ROW}\n", "utf-8")
    assert read_roster(path, [here]) == (here,)
