"""The roster as text: a table where it fits, else a block for each client; in a pipe one sentence for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.safe import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.adapters.terminal.capabilities import Capabilities
    from mailtriage.model import Client

_HEADING = ("CODE", "NAME", "PHONE", "CONTACT", "ADDRESSES", "POSTAL")
_GAP = "  "


def roster_text(clients: Sequence[Client], able: Capabilities, *, plain: bool = False) -> str:
    """The lines of the roster, in the order of the codes; one sentence if it is empty."""
    if not clients:
        return "There are no clients yet: mailtriage client add CODE\n"
    if plain or able.plain:
        return able.text("".join(map(_sentence, clients)))
    return able.text(_table(clients, able.columns) or "\n".join(map(_block, clients)))


def roster_document(clients: Sequence[Client]) -> dict[str, object]:
    """The roster for `--json`. `version` changes when a key changes its meaning or goes."""
    return {
        "version": 1,
        "clients": [
            {
                "code": client.code,
                "name": client.name,
                "addresses": list(client.addresses),
                "phone": client.phone,
                "contact": client.contact,
                "postal": client.postal.splitlines(),
            }
            for client in clients
        ],
    }


def _cells(client: Client) -> tuple[str, ...]:
    postal = ", ".join(client.postal.splitlines())
    cells = (client.code, client.name, client.phone, client.contact, ", ".join(client.addresses), postal)
    return tuple(map(safe, cells))


def _table(clients: Sequence[Client], columns: int) -> str:
    """Aligned columns; "" if a line would be wider than the screen."""
    from rich.cells import cell_len

    rows = [_HEADING, *map(_cells, clients)]
    if not any(client.postal for client in clients):
        rows = [row[:-1] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > columns:
        return ""
    padded = (
        _GAP.join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(padded) + "\n"


def _block(client: Client) -> str:
    code, name, phone, contact, _, postal = _cells(client)
    below = (" - ".join(filter(None, (phone, contact))), *map(safe, client.addresses), postal)
    return "\n".join([f"{code}  {name}".rstrip(), *(f"    {line}" for line in below if line)]) + "\n"


def _sentence(client: Client) -> str:
    code, name, phone, contact, addresses, postal = _cells(client)
    written = f"post to {postal}" if postal else ""
    facts = (name, f"telephone {phone}" if phone else "", contact, addresses or "no address", written)
    return f"{code}: {', '.join(filter(None, facts))}.\n"
