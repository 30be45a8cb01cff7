from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from mailtriage.adapters.ledger import open_ledger
from mailtriage.cli import main
from mailtriage.errors import EX_DATAERR, EX_USAGE
from mailtriage.model import Client

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
[practice]
addresses = ["Therapist@practice.example"]

[[mailbox]]
name = "practice"
type = "maildir"
path = "Maildir"

[ledger]
path = "ledger.db"
encryption = "none"
"""
HOME = "1 Mill Lane\nLeeds"
JO = Client("J.T.", "Jo Tarn", ("jo@home.example", "us@home.example"), "07700 900123", "no voicemail", HOME)


@dataclass(frozen=True, slots=True)
class Desk:
    """A practice without mail; `type` is a command line and what is typed at its questions."""

    path: Path
    monkeypatch: pytest.MonkeyPatch

    def type(self, *words: str, answers: str = "") -> int:
        self.monkeypatch.setattr("sys.stdin", io.StringIO(answers))
        return main(["--config", str(self.path / "config.toml"), "client", *words])

    def roster(self) -> tuple[Client, ...]:
        with open_ledger(self.path / "ledger.db", "none", None) as ledger:
            return ledger.clients()

    def file(self, text: str, encoding: str = "utf-8") -> str:
        path = self.path / "clients.csv"
        path.write_bytes(text.encode(encoding))
        return str(path)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    monkeypatch.setenv("MAILTRIAGE_NOW", "2026-11-23T14:05:00+00:00")
    return Desk(tmp_path, monkeypatch)


def _add_jo(desk: Desk) -> None:
    answers = "Jo Tarn\njo@home.example us@home.example\n07700 900123\nno voicemail\n1 Mill  Lane; Leeds;\n"
    assert desk.type("add", "J.T.", answers=answers) == 0


# ---------------------------------------------------------------- add


def test_add_asks_for_everything_that_is_not_given(desk: Desk) -> None:
    _add_jo(desk)
    assert desk.roster() == (JO,)


def test_add_asks_only_for_what_is_not_given(desk: Desk) -> None:
    words = ("--address", "JO@home.example", "--address", "us@home.example", "--phone", "07700  900123")
    assert (
        desk.type(
            "add", "J.T.", *words, "--contact", "no voicemail", "--postal", "1 Mill Lane;Leeds", answers="Jo Tarn\n"
        )
        == 0
    )
    assert desk.roster() == (JO,)


def test_add_can_be_told_to_ask_nothing(desk: Desk) -> None:
    assert desk.type("add", "J.T.", "--no-input") == 0
    assert desk.roster() == (Client("J.T."),)


def test_a_name_cannot_be_typed_into_the_command() -> None:
    with pytest.raises(SystemExit) as refused:
        main(["client", "add", "J.T.", "--name", "Jo Tarn"])
    assert refused.value.code == EX_USAGE


def test_what_is_no_address_is_asked_for_again(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    answers = "Jo Tarn\nnonsense\ntherapist@practice.example\njo@home.example\n\n\n\n"
    assert desk.type("add", "J.T.", answers=answers) == 0
    said = capsys.readouterr().out
    assert "'nonsense' is no e-mail address" in said
    assert "is the practice's own address" in said
    assert desk.roster() == (Client("J.T.", "Jo Tarn", ("jo@home.example",)),)


def test_input_that_ends_early_changes_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.type("add", "J.T.", answers="Jo Tarn\n") == EX_USAGE
    assert "--no-input" in capsys.readouterr().err
    assert desk.roster() == ()


def test_a_code_is_taken_once_in_any_case(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    _add_jo(desk)
    assert desk.type("add", "j.t.", "--no-input") == EX_USAGE
    assert "client edit J.T." in capsys.readouterr().err
    assert desk.roster() == (JO,)


@pytest.mark.parametrize("code", ["", "two words", "a,b", "x" * 17, "\x1b[31m"])
def test_a_code_that_could_not_be_typed_again_is_refused(desk: Desk, code: str) -> None:
    assert desk.type("add", "--no-input", "--", code) == EX_USAGE
    assert desk.roster() == ()


def test_a_shared_address_is_said(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    _add_jo(desk)
    assert desk.type("add", "R.S.", "--address", "us@home.example", "--no-input") == 0
    assert 'us@home.example is shared: mail from it is "one of J.T., R.S.?"' in capsys.readouterr().out


# ---------------------------------------------------------------- edit and remove


def test_edit_shows_what_stands_there_and_enter_keeps_it(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    _add_jo(desk)
    assert desk.type("edit", "j.t.", answers="\n\n-\nphone only\n\n") == 0
    said = capsys.readouterr().out
    assert "[Jo Tarn]" in said
    assert "[jo@home.example us@home.example]" in said
    assert "[1 Mill Lane; Leeds]" in said
    assert desk.roster() == (Client("J.T.", JO.name, JO.addresses, "", "phone only", HOME),)


def test_edit_with_an_option_asks_nothing(desk: Desk) -> None:
    _add_jo(desk)
    assert desk.type("edit", "J.T.", "--address", "jo@new.example") == 0
    assert desk.roster() == (Client("J.T.", JO.name, ("jo@new.example",), JO.phone, JO.contact, HOME),)


def test_an_edit_that_changes_nothing_says_so(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    _add_jo(desk)
    assert desk.type("edit", "J.T.", answers="\n\n\n\n\n") == 0
    assert "J.T. is as it was." in capsys.readouterr().out


@pytest.mark.parametrize("words", [("edit", "X.Y."), ("remove", "X.Y.", "--yes")])
def test_an_unknown_code_is_refused(desk: Desk, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.type(*words) == EX_USAGE
    assert "no client X.Y." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "answers", "left"),
    [((), "y\n", ()), ((), "\n", (JO,)), ((), "no\n", (JO,)), (("--yes",), "", ())],
    ids=["yes", "enter", "no", "--yes"],
)
def test_remove_asks_first(desk: Desk, words: tuple[str, ...], answers: str, left: tuple[Client, ...]) -> None:
    _add_jo(desk)
    assert desk.type("remove", "J.T.", *words, answers=answers) == 0
    assert desk.roster() == left


# ---------------------------------------------------------------- list


def test_an_empty_roster_says_how_to_begin(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.type("list") == 0
    assert "client add" in capsys.readouterr().out


def test_a_pipe_gets_one_sentence_a_client(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    _add_jo(desk)
    capsys.readouterr()
    assert desk.type("list") == 0
    assert capsys.readouterr().out == (
        "J.T.: Jo Tarn, telephone 07700 900123, no voicemail, jo@home.example, us@home.example, "
        "post to 1 Mill Lane, Leeds.\n"
    )


def test_json_has_every_field(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    _add_jo(desk)
    capsys.readouterr()
    assert desk.type("list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "version": 1,
        "clients": [
            {
                "code": "J.T.",
                "name": "Jo Tarn",
                "addresses": ["jo@home.example", "us@home.example"],
                "phone": "07700 900123",
                "contact": "no voicemail",
                "postal": ["1 Mill Lane", "Leeds"],
            }
        ],
    }


# ---------------------------------------------------------------- import

CSV = """\
code,name,addresses,phone,contact,postal
J.T.,Jo Tarn,jo@home.example; us@home.example,07700 900123,no voicemail,1 Mill Lane; Leeds
R.S.,Robin Stone,us@home.example,,"after six, please",
"""
ROBIN = Client("R.S.", "Robin Stone", ("us@home.example",), "", "after six, please")


def test_an_import_adds_and_says_what_is_shared(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.type("import", desk.file(CSV)) == 0
    said = capsys.readouterr().out
    assert "2 added, 0 changed, 0 as they were." in said
    assert said.count("us@home.example is shared") == 1
    assert desk.roster() == (JO, ROBIN)


def test_importing_again_changes_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.type("import", desk.file(CSV))
    capsys.readouterr()
    assert desk.type("import", desk.file(CSV)) == 0
    assert "0 added, 0 changed, 2 as they were." in capsys.readouterr().out
    assert desk.roster() == (JO, ROBIN)


def test_an_import_replaces_entries_and_leaves_the_others(desk: Desk) -> None:
    desk.type("import", desk.file(CSV))
    assert desk.type("import", desk.file("code,name,addresses,phone,contact\nR.S.,Robin Stane,,,\n")) == 0
    assert desk.roster() == (JO, Client("R.S.", "Robin Stane"))


def test_a_file_without_postal_addresses_leaves_those_on_the_roster(desk: Desk) -> None:
    desk.type("import", desk.file(CSV))
    assert desk.type("import", desk.file("code,name,addresses,phone,contact\nJ.T.,Jo Tarne,,,\n")) == 0
    assert desk.roster()[0] == Client("J.T.", "Jo Tarne", postal=HOME)
    assert desk.type("import", desk.file("code,name,addresses,phone,contact,postal\nJ.T.,Jo Tarne,,,,\n")) == 0
    assert desk.roster()[0] == Client("J.T.", "Jo Tarne")


def test_a_file_with_any_problem_imports_nothing_and_names_all(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    _add_jo(desk)
    file = desk.file(
        "code,name,addresses,phone,contact\nA.B.,Anna,anna@home.example,,\nj.t.,Jo,nonsense,,\n,Nobody,,,\nA.B.,x,,,\n"
        "C.D.,x,therapist@practice.example,,\n"
    )
    assert desk.type("import", file) == EX_DATAERR
    said = capsys.readouterr().err
    assert "line 3: 'nonsense'" in said
    assert "line 3: the code 'j.t.' differs" in said
    assert "line 4: the code is empty" in said
    assert "line 5: the code 'A.B.' stands on an earlier line" in said
    assert "line 6: therapist@practice.example is the practice's own" in said
    assert desk.roster() == (JO,)


def test_remove_names_its_own_option_where_nobody_answers(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.type("add", "J.T.", "--address", "jo@home.example", "--no-input")
    assert desk.type("remove", "J.T.") == EX_USAGE
    assert "-y takes it off without asking" in capsys.readouterr().err


def test_an_empty_address_is_refused_and_a_dash_leaves_none(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.type("add", "J.T.", "--address", "jo@home.example", "--no-input")
    assert desk.type("edit", "J.T.", "--address", "", "--no-input") == EX_USAGE
    assert "To leave no address: --address -" in capsys.readouterr().err
    assert desk.type("edit", "J.T.", "--address", "-", "--no-input") == 0
