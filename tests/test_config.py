"""config: every problem at once, and the example that shows every default."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from pathlib import Path, PurePosixPath

import pytest

from mailtriage.config import (
    Alert,
    Answers,
    Billing,
    Config,
    Credentials,
    ImapMailbox,
    LedgerFile,
    Log,
    MaildirMailbox,
    Poll,
    Practice,
    Triage,
    Watch,
    parse,
)
from mailtriage.config.terms import terms_of
from mailtriage.errors import EX_CONFIG, ConfigError
from mailtriage.model.money import Money
from mailtriage.model.work import PriceFrom, Terms

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
MINIMAL = """
[practice]
addresses = ["Me@Practice.example"]
[[mailbox]]
name = "a"
host = "imap.practice.example"
username = "me"
password_command = ["pass", "mail"]
"""


def read(text: str) -> Config:
    return parse(text, source="config.toml", base=PurePosixPath("/etc/mt"), home=PurePosixPath("/home/me"))


def problems_of(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert caught.value.EXIT_STATUS == EX_CONFIG
    return caught.value.message


def test_the_example_marks_as_many_places_to_fill_in_as_the_manual_says() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    assert sum(line.startswith("# (*) ") for line in lines) == 4
    for page in ("README.md", "docs/set-up.md"):
        assert "the four places marked" in (EXAMPLE.parent / page).read_text("utf-8")


def test_the_example_equals_the_defaults() -> None:
    config = read(EXAMPLE.read_text("utf-8"))
    assert (config.billing, config.poll, config.watch, config.triage, config.alert, config.ledger, config.answers) == (
        Billing(),
        Poll(),
        Watch(),
        Triage(),
        Alert(),
        LedgerFile(),
        Answers(),
    )
    (mailbox,) = config.mailboxes
    assert isinstance(mailbox, ImapMailbox)
    for item in fields(ImapMailbox):
        if item.default is not MISSING:
            assert getattr(mailbox, item.name) == item.default, item.name
    assert config.practice.timezone == Practice().timezone


@pytest.mark.parametrize(
    "cls",
    [Practice, Credentials, ImapMailbox, MaildirMailbox, Poll, Watch, Triage, Alert, Log, LedgerFile, Answers, Billing],
)
def test_the_example_names_every_key(cls: type) -> None:
    text = EXAMPLE.read_text("utf-8")
    assert [f.name for f in fields(cls) if f.name != "credentials" and f"{f.name} = " not in text] == []


def test_a_minimal_file_is_enough() -> None:
    config = read(MINIMAL)
    assert config.triage_policy.own_addresses == {"me@practice.example"}
    (mailbox,) = config.mailboxes
    assert isinstance(mailbox, ImapMailbox)
    assert mailbox.port_number == 993


def test_starttls_has_its_own_usual_port() -> None:
    (mailbox,) = read(MINIMAL + 'security = "starttls"').mailboxes
    assert isinstance(mailbox, ImapMailbox)
    assert mailbox.port_number == 143


@pytest.mark.parametrize("written", ["ab" * 32, ":".join(["AB"] * 32), " ".join(["aB"] * 32)])
def test_a_fingerprint_may_be_written_with_colons_or_blanks_and_in_any_case(written: str) -> None:
    (mailbox,) = read(MINIMAL + f'fingerprint_sha256 = "{written}"').mailboxes
    assert isinstance(mailbox, ImapMailbox)
    assert mailbox.fingerprint_sha256 == "ab" * 32


def test_paths_start_from_the_file_or_from_home() -> None:
    config = read(MINIMAL + 'ca_file = "ca.pem"\n[ledger]\npath = "~/l.db"\n[triage]\nrules_files = ["/r.toml"]')
    (mailbox,) = config.mailboxes
    assert isinstance(mailbox, ImapMailbox)
    assert mailbox.ca_file == Path("/etc/mt/ca.pem")
    assert config.ledger.path == Path("/home/me/l.db")
    assert config.triage.rules_files == (Path("/r.toml"),)


def test_all_problems_are_told_at_once_with_table_key_and_nearest_key() -> None:
    told = problems_of(
        """
        [practise]
        [poll]
        first_poll_day = 3
        deadline_seconds = "long"
        [alert]
        tier = "loud"
        command = "notify-send"
        [[mailbox]]
        name = "x"
        hots = "imap.practice.example"
        """
    )
    for piece in (
        'unknown table "practise"; did you mean "practice"?',
        '[poll]: unknown key "first_poll_day"; did you mean "first_poll_days"?',
        "[poll] deadline_seconds: 'long' must be a whole number from 10 to 3600",
        '[alert] tier: \'loud\' is not one of "urgent", "crisis"',
        "[alert] command: must be a list of texts",
        '[[mailbox]] 1: unknown key "hots"; did you mean "host"?',
        "[[mailbox]] 1 host: is missing",
        "[[mailbox]] 1 username: is missing",
        "[[mailbox]] 1: give exactly one of password_command, password_file, keyring_service and token_command",
        "[practice] addresses: name your own",
    ):
        assert piece in told, told


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("[practice\n", "is not valid TOML"),
        ("practice = 3", "[practice] must be a table"),
        ("mailbox = 3", "[[mailbox]]: at least one mailbox is needed"),
        (MINIMAL + 'password_file = "p"', "exactly one of"),
        (MINIMAL + 'password = "hunter2"', "never in this file"),
        (MINIMAL + 'fingerprint_sha256 = "ab:cd"', "64 hexadecimal digits"),
        (MINIMAL + f'fingerprint_sha256 = "{"xy" * 32}"', "64 hexadecimal digits"),
        (MINIMAL + f'ca_file = "ca.pem"\nfingerprint_sha256 = "{"ab" * 32}"', "not both"),
        (MINIMAL + 'flag_on_server = "yes"', "flag_on_server: must be true or false"),
        (
            MINIMAL + '[[mailbox]]\ntype = "maildir"\nname = "b"\npath = "~/m"\nflag_on_server = true',
            "a Maildir is never",
        ),
        (MINIMAL + "port = true", "must be a whole number from 0 to 65535"),
        (MINIMAL + "port = 70000", "70000 must be a whole number"),
        (MINIMAL.replace('name = "a"', 'type = "pop"'), "neither"),
        (MINIMAL + '[[mailbox]]\ntype = "maildir"\nname = "a"\npath = "~/m"', 'two are called "a"'),
        (MINIMAL.replace("[[mailbox]]", 'timezone = "Mars/Olympus"\n[[mailbox]]'), "is no time zone"),
        (MINIMAL + '[answers]\nchecked_on = "2026-11-23"', "must be a date without quotes"),
        (MINIMAL + "[ledger]\npath = 3", "[ledger] path: must be text in quotes"),
        (MINIMAL + '[triage]\nrules_files = [""]', "must not be empty"),
    ],
)
def test_a_wrong_value_is_refused_with_what_it_should_be(text: str, piece: str) -> None:
    assert piece in problems_of(text)


def test_a_password_in_the_file_is_never_repeated() -> None:
    assert "hunter2" not in problems_of(MINIMAL + 'password = "hunter2"')


def test_the_billing_table_becomes_terms() -> None:
    text = MINIMAL + '[billing]\nprices = ["20.00", "22.50 from 2027-01-01"]\nvat = "20%"\nbasis = "excess"\n'
    terms = terms_of(read(text).billing)
    assert terms.prices == (PriceFrom(Money(2000, "GBP")), PriceFrom(Money(2250, "GBP"), date(2027, 1, 1)))
    assert (terms.vat_percent, terms.basis, terms.pool) == (Decimal(20), "excess", "message")
    assert terms_of(Billing()) == Terms()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('currency = "JPY"', "[billing] currency: 'JPY' is no code of a currency with two decimals"),
        ('prices = ["twenty"]', "[billing] prices: 'twenty' must be written as in"),
        ('prices = ["20.00 from 2027-13-01"]', "[billing] prices: '20.00 from 2027-13-01' must be written as in"),
        ('prices = ["-1.00"]', "[billing] prices: '-1.00' must be written as in"),
        ('vat = "twenty"', "[billing] vat: 'twenty' is neither"),
        ("increment_minutes = 0", "[billing] increment_minutes: 0 must be a whole number from 1 to 120"),
    ],
)
def test_terms_that_cannot_be_charged_by_are_refused_with_their_key(line: str, problem: str) -> None:
    assert problem in problems_of(f"{MINIMAL}[billing]\n{line}\n")
