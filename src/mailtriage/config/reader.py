"""TOML -> `Config`. Every problem is reported at once, each with its table, its key and the nearest valid key."""

from __future__ import annotations

import tomllib
import types
import typing
from dataclasses import MISSING, fields
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailtriage.config.values import (
    Alert,
    Answers,
    Billing,
    Config,
    Credentials,
    Fingerprint,
    ImapMailbox,
    LedgerFile,
    Log,
    Mailbox,
    MaildirMailbox,
    Poll,
    Practice,
    Triage,
    Watch,
)
from mailtriage.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_FINGERPRINT_DIGITS = 64
_TABLES: Mapping[str, type] = {
    "practice": Practice,
    "poll": Poll,
    "watch": Watch,
    "triage": Triage,
    "alert": Alert,
    "log": Log,
    "ledger": LedgerFile,
    "answers": Answers,
    "billing": Billing,
}


def parse(text: str, *, source: str, base: PurePath, home: PurePath) -> Config:
    """The configuration in a TOML text.

    Args:
        text: the whole file.
        source: its name, for messages.
        base: folder that relative paths start from.
        home: what "~" stands for.

    Raises:
        ConfigError: naming every problem, one a line.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{source} is not valid TOML: {error}", "Mend that line and run `mailtriage check`."
        ) from error
    reader = _Reader(base, home)
    config = reader.config(document)
    if reader.problems:
        listed = "\n".join(f"  - {problem}" for problem in reader.problems)
        raise ConfigError(f"{source} cannot be used:\n{listed}", "config.example.toml shows every table and key.")
    return config


class _Reader:
    """Collects problems while it reads, so that all of them are told at once."""

    def __init__(self, base: PurePath, home: PurePath) -> None:
        self.base = base
        self.home = home
        self.problems: list[str] = []

    def config(self, document: dict[str, Any]) -> Config:
        self._unknown("the file", document, [*_TABLES, "mailbox"], "table")
        parts: dict[str, Any] = {}
        for name, cls in _TABLES.items():
            table = document.get(name, {})
            if not isinstance(table, dict):
                self.problems.append(f"[{name}] must be a table")
                table = {}
            self._unknown(f"[{name}]", table, [f.name for f in fields(cls)], "key")
            parts[name] = cls(**self._values(f"[{name}]", table, cls))
        parts["mailboxes"] = self._mailboxes(document.get("mailbox", []))
        if not parts["practice"].addresses:
            self.problems.append('[practice] addresses: name your own, as in addresses = ["you@practice.example"]')
        if "billing" in document:
            self._check_terms(parts["billing"])
        return Config(**parts)

    def _check_terms(self, billing: Billing) -> None:
        # Imported where the table is used: a poll without it does not pay for it.
        from mailtriage.config.terms import terms_of  # noqa: PLC0415

        try:
            terms_of(billing)
        except ValueError as problem:
            self.problems.append(f"[billing] {problem}")

    def _mailboxes(self, tables: object) -> tuple[Mailbox, ...]:
        if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
            self.problems.append("[[mailbox]]: at least one mailbox is needed, as a table in double brackets")
            return ()
        found = [self._mailbox(number, table) for number, table in enumerate(tables, 1)]
        names = [mailbox.name for mailbox in found if mailbox]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.problems.append(f'[[mailbox]] name: two are called "{name}"; names must differ')
        return tuple(mailbox for mailbox in found if mailbox)

    def _mailbox(self, number: int, table: dict[str, Any]) -> Mailbox | None:
        where = f"[[mailbox]] {number}"
        kind = table.get("type", "imap")
        if kind not in ("imap", "maildir"):
            self.problems.append(f'{where} type: {kind!r} is neither "imap" nor "maildir"')
            return None
        cls: type[ImapMailbox | MaildirMailbox] = ImapMailbox if kind == "imap" else MaildirMailbox
        if cls is MaildirMailbox and table.pop("flag_on_server", False):
            self.problems.append(f"{where} flag_on_server: flags can be set over IMAP only, a Maildir is never changed")
        keys = [f.name for f in fields(cls) if f.name != "credentials"]
        if cls is ImapMailbox:
            keys += [f.name for f in fields(Credentials)]
        self._unknown(where, table, [*keys, "type"], "key")
        values = self._values(where, table, cls)
        if cls is ImapMailbox:
            values["credentials"] = self._credentials(where, table)
            if values.get("ca_file") and values.get("fingerprint_sha256"):
                self.problems.append(f"{where}: give ca_file or fingerprint_sha256, not both")
        missing = [f.name for f in fields(cls) if f.default is MISSING and f.name not in values]
        self.problems += [f"{where} {key}: is missing" for key in missing if key not in table]
        return None if missing else cls(**values)

    def _credentials(self, where: str, table: dict[str, Any]) -> Credentials:
        credentials = Credentials(**self._values(where, table, Credentials))
        keys = ("password_command", "password_file", "keyring_service", "token_command")
        if len(credentials.given) != 1 and not (not credentials.given and any(key in table for key in keys)):
            self.problems.append(f"{where}: give exactly one of {', '.join(keys[:-1])} and {keys[-1]}")
        if "password" in table:
            self.problems.append(f"{where} password: never in this file; use password_command or password_file")
        return credentials

    def _unknown(self, where: str, table: Mapping[str, object], known: Sequence[str], what: str) -> None:
        for key in table:
            if key in known or key == "password":
                continue
            import difflib  # noqa: PLC0415 - only where something is wrong

            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            advice = f'did you mean "{near[0]}"?' if near else "known are " + ", ".join(known)
            self.problems.append(f'{where}: unknown {what} "{key}"; {advice}')

    def _values(self, where: str, table: Mapping[str, object], cls: type) -> dict[str, Any]:
        """The values of the keys that are present and valid; a problem for each other one that is present."""
        hints = typing.get_type_hints(cls)
        values: dict[str, Any] = {}
        for item in fields(cls):
            if item.name not in table:
                continue
            try:
                values[item.name] = self._value(hints[item.name], table[item.name], item.metadata)
            except ValueError as problem:
                self.problems.append(f"{where} {item.name}: {problem}")
        return values

    def _value(self, hint: object, raw: object, limits: Mapping[str, int]) -> object:
        """One value of the hinted type. Raises ValueError saying what it should have been."""
        if typing.get_origin(hint) is Literal:
            return _choice(raw, typing.get_args(hint))
        if typing.get_origin(hint) is tuple:
            return self._tuple(raw, typing.get_args(hint)[0])
        if typing.get_origin(hint) is types.UnionType:
            return None if raw == "" else self._path(raw)
        converters: dict[object, Callable[[object], object]] = {
            str: _text,
            bool: _switch,
            date: _date,
            Fingerprint: _fingerprint,
            Path: self._path,
            ZoneInfo: _zone,
        }
        if hint is int:
            return _whole(raw, limits["least"], limits["most"])
        return converters[hint](raw)

    def _tuple(self, raw: object, hint: object) -> tuple[object, ...]:
        if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
            raise ValueError('must be a list of texts, as in ["one", "two"]')
        return tuple(self._path(item) if hint is Path else item for item in raw)

    def _path(self, raw: object) -> Path:
        text = _text(raw)
        if not text:
            raise ValueError("must not be empty")
        if text == "~" or text.startswith("~/"):
            text = str(self.home / text[2:])
        return Path(self.base / text)


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError('must be text in quotes, as in "text"')  # noqa: TRY004 - ValueError is what the reader collects
    return raw


def _switch(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise ValueError("must be true or false, without quotes")  # noqa: TRY004 - as in _text
    return raw


def _fingerprint(raw: object) -> Fingerprint:
    digits = "".join(_text(raw).split()).replace(":", "").lower()
    if digits and (len(digits) != _FINGERPRINT_DIGITS or not set(digits) <= set("0123456789abcdefABCDEF")):
        raise ValueError("must be a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons")
    return Fingerprint(digits)


def _date(raw: object) -> date:
    if not isinstance(raw, date) or isinstance(raw, datetime):
        raise ValueError("must be a date without quotes, as in 2026-11-23")  # noqa: TRY004 - as in _text
    return raw


def _choice(raw: object, choices: Sequence[str]) -> str:
    if raw not in choices:
        raise ValueError(f"{raw!r} is not one of " + ", ".join(f'"{choice}"' for choice in choices))
    return str(raw)


def _whole(raw: object, least: int, most: int) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not least <= raw <= most:
        raise ValueError(f"{raw!r} must be a whole number from {least} to {most}")
    return raw


def _zone(raw: object) -> ZoneInfo:
    try:
        return ZoneInfo(_text(raw))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f'{raw!r} is no time zone; write it as in "Europe/London"') from error
