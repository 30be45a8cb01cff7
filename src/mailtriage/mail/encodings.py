"""Transfer encodings undone, damaged ones as far as they go."""

from __future__ import annotations

import binascii
import quopri
import re

DAMAGED_BASE64 = "its base64 text is damaged"
NO_BASE64 = "it is said to be base64 and is not"
UNKNOWN_ENCODING = "it names a transfer encoding that is not known"
_GAP = b" "
_CONTROLS = bytes(code for code in (*range(32), 127) if code not in b"\t\r\n")
_HIGH = bytes(range(128, 256))
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=\s]|(?<=\S)[ \t]{1,9}(?=\S)")
_FOREIGN_ALLOWED = 20
"""One character in so many may be foreign to base64 in what is still base64; prose has more blanks than that."""


def decoded_bytes(content: bytes, encoding: str, *, cut: bool = False) -> tuple[bytes, str]:
    """(the bytes behind a Content-Transfer-Encoding, what is wrong with them: "" for nothing).

    Args:
        content: the encoded bytes.
        encoding: in lower case, "" for none.
        cut: true if the content was cut, so that a torn end is no damage.
    """
    if encoding == "base64":
        return _from_base64(content, cut=cut)
    if encoding == "quoted-printable":
        return quopri.decodestring(re.sub(rb"=[ \t]{1,76}(?=\r?\n)", b"=", content)), ""
    return content, "" if encoding in ("", "7bit", "8bit", "binary") else UNKNOWN_ENCODING


def _from_base64(content: bytes, *, cut: bool) -> tuple[bytes, str]:
    beginning = content.partition(b"=")[0]
    if len(_FOREIGN.findall(beginning)) * _FOREIGN_ALLOWED > len(beginning):
        return content, NO_BASE64
    if _FOREIGN.search(content):
        return _salvaged(content), DAMAGED_BASE64
    # Padding in the middle comes from base64 that was joined to base64.
    pieces = re.split(rb"=+", re.sub(rb"\s+", b"", content))
    torn = [piece for piece in pieces if len(piece) % 4 == 1]
    damaged = len(torn) > (1 if cut and len(pieces[-1]) % 4 == 1 else 0)
    return b"".join(map(_decoded, pieces)), DAMAGED_BASE64 if damaged else ""


def _decoded(piece: bytes) -> bytes:
    """The bytes of letters that are all base64; a last one that stands alone says nothing."""
    usable = len(piece) - (len(piece) % 4 == 1)
    return binascii.a2b_base64(piece[:usable] + b"=" * (-usable % 4))


def _salvaged(content: bytes) -> bytes:
    """What is whole in damaged base64: each line anew, since encoders break lines between groups of four.

    Of a damaged line the groups up to the damage are good; behind it the most readable of the four ways to group what
    is left is taken. Where padding has ended the text, lines that cannot be base64 were written behind it, and stand.
    """
    found: list[bytes] = []
    ended = False
    for line in content.split(b"\n"):
        text = line.strip()
        if ended and _FOREIGN.search(text):
            found.append(b"\n" + text + b"\n")
            continue
        first, *others = re.split(rb"[^A-Za-z0-9+/]+", text.rstrip(b"="))
        found.append(_decoded(first[: len(first) // 4 * 4] if others else first))
        for piece in others:
            found += [_GAP, min((_decoded(piece[skip:]) for skip in range(4)), key=_unreadable)]
        ended = text.endswith(b"=") or (ended and not text)
    return b"".join(found)


def _unreadable(data: bytes) -> tuple[int, int]:
    """How little this looks like text: its control bytes, then its 8-bit bytes."""
    no_controls = data.translate(None, _CONTROLS)
    return len(data) - len(no_controls), len(no_controls) - len(no_controls.translate(None, _HIGH))
