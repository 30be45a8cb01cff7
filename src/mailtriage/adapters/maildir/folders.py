"""The folders of a Maildir by the names that people know, however they lie on disk."""

from __future__ import annotations

import base64
import os
import re
from typing import TYPE_CHECKING

from mailtriage.errors import ConfigError
from mailtriage.poll.folders import usual_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from mailtriage.config import MaildirMailbox

_ENCODED = re.compile(r"&([A-Za-z0-9+,]*)-")


def open_maildir(path: Path) -> dict[str, Path]:
    """The paths of its folders by name.

    Raises:
        ConfigError: if there is no Maildir that can be read.
    """
    try:
        paths = find_folders(path)
    except OSError as error:
        raise ConfigError(f"the Maildir {path} cannot be read: {error.strerror}", "Set path in [[mailbox]].") from error
    if not paths:
        raise ConfigError(
            f"{path} is no Maildir", "path in [[mailbox]] must be the folder that holds cur, new and tmp."
        )
    return paths


def drafts_folder(mailbox: MaildirMailbox, names: Collection[str]) -> str:
    """The folder for drafts, as configured or else by its name; "" if there is none."""
    from mailtriage.drafts.ports import DRAFTS_NAMES

    if mailbox.drafts_folder:
        return mailbox.drafts_folder if mailbox.drafts_folder in names else ""
    return usual_folder(
        {name.rsplit("/", 1)[-1].casefold(): name for name in sorted(names, reverse=True)}, DRAFTS_NAMES
    )


def find_folders(root: Path) -> dict[str, Path]:
    """Paths by name: INBOX is the root (or its INBOX); ".A.B" and "A/B" are both "A/B"."""
    found: dict[str, Path] = {}
    if (root / "cur").is_dir():
        found["INBOX"] = root
    for path, depth in _below(root, 1):
        name = path.relative_to(root).as_posix()
        name = name[1:].replace(".", "/") if name.startswith(".") and depth == 1 else name
        name = "INBOX" if name.upper() == "INBOX" else _decoded(name)
        found.setdefault(name, path)
    return found


def _below(folder: Path, depth: int) -> Iterator[tuple[Path, int]]:
    """Maildirs below a folder, and how deep, as far as three levels."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir() and entry.name not in ("cur", "new", "tmp"))
    for name in names:
        path = folder / name
        if (path / "cur").is_dir():
            yield path, depth
        if depth < 3 and os.access(path, os.R_OK | os.X_OK):  # noqa: PLR2004 - said in the docstring
            yield from _below(path, depth + 1)


def _decoded(name: str) -> str:
    """A folder name out of IMAP's modified UTF-7, in which Dovecot and mbsync write them; as it is if it is none."""

    def decode(found: re.Match[str]) -> str:
        encoded = found[1].replace(",", "/")
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-16-be") if encoded else "&"

    try:
        return _ENCODED.sub(decode, name)
    except ValueError:
        return name
