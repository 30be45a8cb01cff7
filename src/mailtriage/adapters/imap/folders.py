"""Which folders to poll: those configured, junk (an emergency may land there), and Sent for the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mailtriage.adapters.imap.failures import translated
from mailtriage.poll.folders import JUNK_NAMES, SENT_NAMES, folders_in_order, missing_folder, usual_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from mailtriage.config import ImapMailbox
    from mailtriage.poll.ports import Folder

_NOT_SELECTABLE = frozenset({"\\noselect", "\\nonexistent"})


@dataclass(frozen=True, slots=True)
class Listed:
    r"""A folder that the server lists; `uses` are its attributes in lower case ("\\sent"), `delimiter` may be empty."""

    name: str
    uses: frozenset[str]
    delimiter: str

    @property
    def last_name(self) -> str:
        """The last level of its name, in lower case."""
        return (self.name.rsplit(self.delimiter, 1)[-1] if self.delimiter else self.name).casefold()


class Lister(Protocol):
    """A connection that is logged in; `client` is an imapclient.IMAPClient."""

    mailbox: ImapMailbox

    @property
    def client(self) -> Any:  # noqa: ANN401 - imapclient has no types
        """The imapclient.IMAPClient."""
        ...

    def capabilities(self) -> frozenset[str]:
        """What the server says it can do, in upper case."""
        ...


def find_folders(connection: Lister) -> tuple[Folder, ...]:
    """The folders to poll, Sent last. Where all are configured, nothing is asked of the server.

    Raises:
        MissingFolderError: if no Sent folder can be told, listing the candidates.
    """
    mailbox = connection.mailbox
    listed: tuple[Listed, ...] = ()
    if not (mailbox.sent_folder and mailbox.junk_folder):
        listed = list_special(connection)
    sent = mailbox.sent_folder or _by_use(listed, "\\sent")
    if not sent:
        listed = list_all(connection)
        sent = _by_use(listed, "\\sent") or _by_name(listed, SENT_NAMES)
    junk = mailbox.junk_folder or _by_use(listed, "\\junk") or _by_name(listed, JUNK_NAMES)
    found = folders_in_order(mailbox.folders, junk=junk, sent=sent)
    if not sent:
        names = [folder.name for folder in listed]
        problem = f"no folder of {mailbox.name} is marked as the one for sent mail"
        raise missing_folder(problem, names, "sent_folder", found)
    return found


def find_drafts(connection: Lister) -> str:
    """The folder for drafts: as configured, else by its mark, else by its name; "" if it cannot be told."""
    configured = connection.mailbox.drafts_folder
    return configured or _by_use(list_special(connection), "\\drafts") or drafts_among(list_all(connection))


def drafts_among(listed: Sequence[Listed]) -> str:
    """The folder for drafts among all that there are; "" if none looks like it."""
    from mailtriage.drafts.ports import DRAFTS_NAMES

    return _by_use(listed, "\\drafts") or _by_name(listed, DRAFTS_NAMES)


def list_special(connection: Lister) -> tuple[Listed, ...]:
    """The folders that the server marks with a use (RFC 6154); all of them where it cannot choose."""
    if not {"SPECIAL-USE", "LIST-EXTENDED"} <= connection.capabilities():
        return list_all(connection)
    client = connection.client
    with translated(connection.mailbox, "listing folders"):
        # imapclient's list_folders knows no selection options; unselected, a big mailbox answers with many kilobytes.
        answer = client._raw_command_untagged(b"LIST", [b"(SPECIAL-USE)", b'""', b'"*"'], uid=False)  # noqa: SLF001
        return _listed(client._proc_folder_list(answer))  # noqa: SLF001 - as above


def list_all(connection: Lister) -> tuple[Listed, ...]:
    """All folders that can be opened."""
    with translated(connection.mailbox, "listing folders"):
        return _listed(connection.client.list_folders())


def _listed(answer: Iterable[tuple[Collection[bytes], bytes | None, str]]) -> tuple[Listed, ...]:
    folders = []
    for flags, delimiter, name in answer:
        uses = frozenset(flag.decode("ascii", "replace").lower() for flag in flags)
        if not uses & _NOT_SELECTABLE:
            folders.append(Listed(name, uses, (delimiter or b"").decode("ascii", "replace")))
    return tuple(folders)


def _by_use(listed: Iterable[Listed], use: str) -> str:
    return next((folder.name for folder in listed if use in folder.uses), "")


def _by_name(listed: Iterable[Listed], usual: Iterable[str]) -> str:
    return usual_folder({folder.last_name: folder.name for folder in reversed(tuple(listed))}, usual)
