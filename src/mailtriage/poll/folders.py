"""Which folders of a mailbox to poll, given its folder names: what both kinds of mailbox agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.errors import ConfigError
from mailtriage.ledger import FolderRole
from mailtriage.poll.ports import Folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SENT_NAMES = (
    *("sent", "sent mail", "sent items", "sent messages", "sent-mail", "sent_mail"),
    *("gesendet", "gesendete elemente", "gesendete objekte", "gesendete nachrichten"),
    *("envoyés", "éléments envoyés", "messages envoyés", "objets envoyés"),
    *("enviados", "elementos enviados", "mensajes enviados", "itens enviados", "correo enviado"),
    *("inviata", "posta inviata", "inviati", "messaggi inviati", "verzonden", "verzonden items", "verzonden berichten"),
    *("wysłane", "elementy wysłane", "skickat", "skickade objekt", "sendt", "sendt post", "sendte elementer"),
    *("lähetetyt", "отправленные", "надіслані", "odeslaná pošta", "elküldött elemek", "anfonwyd"),
)
JUNK_NAMES = (
    *("junk", "junk mail", "junk e-mail", "junk email", "spam", "bulk mail", "spamverdacht"),
    *("courrier indésirable", "indésirables", "correo no deseado", "posta indesiderata", "ongewenste e-mail"),
)


def usual_folder(last_names: Mapping[str, str], usual: Iterable[str]) -> str:
    """The folder with a usual name, the most usual name first; "" if there is none.

    Args:
        last_names: full names by the last level of each, in case-folded form.
        usual: SENT_NAMES or JUNK_NAMES.
    """
    return next((last_names[name] for name in usual if name in last_names), "")


class MissingFolderError(ConfigError):
    """A folder that should be polled is not there. `found` are the others: they are polled all the same."""

    def __init__(self, message: str, hint: str, found: tuple[Folder, ...]) -> None:
        super().__init__(message, hint)
        self.found = found


def folders_in_order(configured: Iterable[str], *, junk: str, sent: str) -> tuple[Folder, ...]:
    """Folders with their roles, each once, Sent last; junk that is also configured is read in full, "" is none."""
    roles: dict[str, FolderRole] = {}
    for name in configured:
        inbox = name.upper() == "INBOX"
        roles["INBOX" if inbox else name] = FolderRole.INBOX if inbox else FolderRole.OTHER
    if junk and junk != sent:
        roles.setdefault(junk, FolderRole.JUNK)
    roles.pop(sent, None)
    found = tuple(Folder(name, role) for name, role in roles.items())
    return (*found, Folder(sent, FolderRole.SENT)) if sent else found


def missing_folder(problem: str, names: Sequence[str], key: str, found: tuple[Folder, ...] = ()) -> MissingFolderError:
    """An error that names the folders that are there, with those to poll all the same."""
    listed = ", ".join(f'"{name}"' for name in names[:40])
    hint = f"Set {key} in [[mailbox]] to one of: {listed or '(there is no folder at all)'}"
    return MissingFolderError(problem, hint, found)
