"""The therapist's own editor on a text. It goes through one private file, never through an argument or a variable."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.foreground import left_to_the_program
from mailtriage.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_USUAL = ("nano", "vi")
_LIMIT_BYTES = 4_000_000
_ENDS_WITHIN_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Edited:
    """What was left in the file; `succeeded` is false if the editor ended with an error, as by vi's `:cq`."""

    text: str = field(repr=False)
    succeeded: bool


def editor() -> tuple[str, ...]:
    """The editor as an argv: $VISUAL, else $EDITOR, else nano or vi.

    Raises:
        UnavailableError: if there is none.
    """
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    try:
        argv = tuple(shlex.split(named)) if named else tuple(filter(shutil.which, _USUAL))[:1]
    except ValueError:
        argv = ()
    if not argv or shutil.which(argv[0]) is None:
        raise UnavailableError(
            "there is no editor to write an answer with", 'Set EDITOR to one that is installed, as in EDITOR="nano".'
        )
    return argv


def edited(file: Path, argv: Sequence[str], lock: int) -> Edited:
    """What is in the file when the editor has ended. Ctrl-C is the editor's.

    Args:
        file: exists, in a private folder, where the editor's own temporary files go as well.
        argv: the editor, without the file's name.
        lock: an open file that the editor inherits.

    Raises:
        UnavailableError: if it cannot be started.
    """
    environment = os.environ | {"TMPDIR": str(file.parent)}
    with left_to_the_program():
        try:
            # The editor is the user's own choice, run without a shell.
            process = subprocess.Popen([*argv, str(file)], env=environment, pass_fds=(lock,))  # noqa: S603
        except OSError as error:
            raise UnavailableError(
                f"the editor {argv[0]} cannot be started: {error.strerror}", "Set EDITOR."
            ) from error
        try:
            status = process.wait()
        except BaseException:
            _end(process)
            raise
    return Edited(_text(file), status == 0)


def _text(file: Path) -> str:
    """The text; "" if the file is gone. Some editors still write windows-1252."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_LIMIT_BYTES)
    except OSError:
        return ""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_ENDS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
