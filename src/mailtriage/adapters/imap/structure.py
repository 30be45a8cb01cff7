"""BODYSTRUCTURE -> parts, with the section numbers of RFC 3501, as `mailtriage.mail.mime.split` gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import utils
from typing import TYPE_CHECKING, Any

from mailtriage.adapters.imap.failures import PARSER_ERRORS
from mailtriage.mail.headers import decoded
from mailtriage.mail.mime import DEPTH_LIMIT, PARTS_LIMIT
from mailtriage.mail.raw import RawPart

if TYPE_CHECKING:
    from collections.abc import Sequence

_RFC822_FIELDS = 10
_DISPOSITION_AT = {"text": 9, "message/rfc822": 11}
_FIELDS_OF_A_LEAF = 7


@dataclass(slots=True)
class Structure:
    """The parts of a message in order; `defects` says what was left out."""

    parts: list[RawPart] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)

    def note(self, defect: str) -> None:
        """Add a defect, once: thousands of parts may have the same."""
        if defect not in self.defects:
            self.defects.append(defect)


def structure_of(body: Sequence[Any]) -> Structure:
    """The parts of one BODYSTRUCTURE, as lists within lists.

    Raises:
        ValueError, TypeError, IndexError: if it is none.
    """
    structure = Structure()
    _walk(body, "", (), (), structure)
    return structure


def readable_structure(body: Any) -> Structure | None:  # noqa: ANN401 - whatever the server sent
    """The parts of one BODYSTRUCTURE; None if it is none, or cannot be read."""
    try:
        return structure_of(body) if isinstance(body, tuple) else None
    except PARSER_ERRORS:
        return None


def _walk(
    node: Sequence[Any], section: str, containers: tuple[str, ...], ids: tuple[str, ...], structure: Structure
) -> None:
    """Add a node; `section` is "" for the root, or that of an attached message whose body the node is."""
    children = _children(node)
    if not children:
        _add_leaf(node, section or "1", containers, ids, structure)
        return
    if len(ids) >= DEPTH_LIMIT:
        structure.note(f"its parts are nested more than {DEPTH_LIMIT} deep; the rest was not read")
        return
    containers, ids = (*containers, f"multipart/{_text(node[_subtype_at(node)]).lower()}"), (*ids, section)
    for number, child in enumerate(children, 1):
        _walk(child, f"{section}.{number}" if section else str(number), containers, ids, structure)


def _children(node: Sequence[Any]) -> Sequence[Sequence[Any]]:
    """The parts of a multipart, () for a leaf."""
    return node[: _subtype_at(node)]


def _subtype_at(node: Sequence[Any]) -> int:
    return next((index for index, item in enumerate(node) if not isinstance(item, tuple)), len(node))


def _add_leaf(
    node: Sequence[Any], section: str, containers: tuple[str, ...], ids: tuple[str, ...], structure: Structure
) -> None:
    if len(structure.parts) >= PARTS_LIMIT:
        structure.note(f"it has more than {PARTS_LIMIT:,} parts; the rest was not read")
        return
    if len(node) < _FIELDS_OF_A_LEAF:
        raise ValueError("a part with too few fields")
    media_type = f"{_text(node[0])}/{_text(node[1])}".strip().lower()
    if not all(media_type.split("/")):
        media_type = "text/plain"  # what no type can be made of is text (RFC 2045, 5.2)
    attached = _attached(node, media_type)
    kind = "message/rfc822" if attached else _text(node[0]).lower()
    disposition, disposition_parameters = _disposition(node, _DISPOSITION_AT.get(kind, 8))
    parameters = _parameters(node[2])
    if parameters.get("charset", "").lower() == "us-ascii":
        # Servers say so where the mail says nothing: then the text itself, or its HTML, knows better.
        del parameters["charset"]
    structure.parts.append(
        RawPart(
            section=section,
            media_type=media_type,
            parameters=parameters,
            encoding=_text(node[5]).lower().strip(),
            disposition=disposition,
            filename=decoded(disposition_parameters.get("filename", "") or parameters.get("name", "")),
            size_bytes=node[6] if isinstance(node[6], int) else None,
            containers=containers,
            container_ids=ids,
        )
    )
    if attached:
        # RFC 3501: the body of an attached message S is S.1, or its parts are S.1, S.2, …
        inner = section if _children(attached) else f"{section}.1"
        _walk(attached, inner, (*containers, media_type), (*ids, section), structure)


def _attached(node: Sequence[Any], media_type: str) -> Sequence[Any]:
    """The body of an attached message, () for any other part, and for an attached message that the server left shut."""
    if media_type not in ("message/rfc822", "message/global") or len(node) < _RFC822_FIELDS:
        return ()
    return node[8] if isinstance(node[8], tuple) and node[8] else ()


def _disposition(node: Sequence[Any], index: int) -> tuple[str, dict[str, str]]:
    """The kind and its parameters; what is neither inline nor unsaid counts as an attachment (RFC 2183, 2.8)."""
    value = node[index] if len(node) > index else None
    if not isinstance(value, tuple) or not value:
        return "", {}
    kind = _text(value[0]).strip().lower()
    return kind if kind in ("", "inline") else "attachment", _parameters(value[1] if len(value) > 1 else None)


def _parameters(value: Any) -> dict[str, str]:  # noqa: ANN401 - whatever the server sent
    """Parameters by lower-case name, RFC 2231 undone, the last of a name; {} for anything but a list of pairs."""
    if not isinstance(value, tuple):
        return {}
    pairs = [(_text(name), _text(content)) for name, content in zip(value[::2], value[1::2], strict=False)]
    try:
        read = utils.decode_params([("", ""), *((name, f'"{utils.quote(text)}"') for name, text in pairs)])[1:]
    except (ValueError, TypeError, LookupError):
        return {name.lower(): text for name, text in pairs}
    return {name.lower(): _value(content) for name, content in read}


def _value(content: str | tuple[str | None, str | None, str]) -> str:
    return utils.unquote(utils.collapse_rfc2231_value(content))


def _text(value: Any) -> str:  # noqa: ANN401 - whatever the server sent
    """An atom or string as text; digits are numbers and NIL is None."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return str(value) if isinstance(value, int) else ""
