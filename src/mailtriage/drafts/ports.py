"""What an answer needs of others: a place for drafts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self

from mailtriage.errors import MailtriageError, UnavailableError

if TYPE_CHECKING:
    from types import TracebackType

DRAFTS_NAMES = (
    *("drafts", "draft", "entwürfe", "entwurf", "brouillons", "borradores", "rascunhos", "bozze", "concepten"),
    *("kladder", "utkast", "luonnokset", "wersje robocze", "szkice", "koncepty", "piszkozatok", "черновики"),
    *("чернетки", "drafftiau", "dréachtaí"),
)
"""How folders for drafts are called, in lower case, where no mark tells them."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed mail. `message_id` has no angle brackets; `content` has CRLF line ends and is kept out of any repr."""

    message_id: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a draft lies now. `was_there` is true if the very same one lay there already, and nothing was added."""

    folder: str
    was_there: bool


class RefusedError(UnavailableError):
    """The drafts folder did not take the draft; whoever wrote it still has its text."""


class DraftStore(Protocol):
    """A mailbox that takes drafts. Entering connects, leaving disconnects quietly."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def folder(self) -> str:
        """The folder for drafts: as configured, else by its mark, else by its name.

        Raises:
            MissingFolderError: naming the candidates, if none can be told.
        """
        ...

    def put(self, draft: Draft) -> Placed:
        """Put it there as a draft that is read, unless one with its Message-ID lies there already.

        Raises:
            RefusedError: if the folder does not take it.
            MailtriageError: as `folder` does, and for a connection that fails; it may be there all the same.
        """
        ...


def refused(where: str, why: str) -> MailtriageError:
    """The error for a place that does not take a draft."""
    return RefusedError(f"{where} did not take the draft: {why}", "Nothing was put there.")
