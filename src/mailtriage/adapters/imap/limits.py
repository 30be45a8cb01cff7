"""What of a server's answer is read into memory: literals and lines up to a limit, whatever is announced."""

from __future__ import annotations

import re
from typing import Any

LITERAL_LIMIT_BYTES = 4 * 1024 * 1024
"""No answer to what is asked here holds a longer literal; a server that announces one is not obeyed."""
LINE_LIMIT_BYTES = 1_000_000
"""Of a line that is looked at; imaplib's own limit. Only a mail with thousands of parts has a structure so long."""
LONGEST_LINE_BYTES = 16_000_000
"""Of a line that is read to its end at least, so that what follows is understood."""

_BEGINNING = re.compile(rb'\* \d+ FETCH \((?:FLAGS \([^()"]*\) )?UID \d+(?= )')
_LITERAL_FOLLOWS = re.compile(rb"\{\d+\}\r?\n\Z")


def limit_answers(connection: Any) -> None:  # noqa: ANN401 - an imaplib.IMAP4
    """Make a connection refuse longer literals and lines with its own exceptions.

    A message whose answer has too long a line is told with nothing but its UID: it lacks what was asked for, the
    others do not, and the connection goes on.
    """
    import imaplib

    imaplib._MAXLINE = LONGEST_LINE_BYTES  # type: ignore[attr-defined]  # noqa: SLF001 - there is no other way
    any_literal, any_line = connection.read, connection.readline

    def read(size: int) -> bytes:
        if size > LITERAL_LIMIT_BYTES:
            raise connection.abort("literal too long")
        content: bytes = any_literal(size)
        if len(content) < size:
            raise connection.abort("connection closed within a literal")
        return content

    def readline() -> bytes:
        line: bytes = any_line()
        if len(line) <= LINE_LIMIT_BYTES:
            return line
        short = shortened(line)
        if not short:
            raise connection.error(f"got more than {LINE_LIMIT_BYTES} bytes")
        return short

    connection.read, connection.readline = read, readline


def shortened(line: bytes) -> bytes:
    r"""A line of a FETCH answer with the UID alone, and the literal that it announces; b"" for any other line.

    >>> shortened(b"* 3 FETCH (UID 7 FLAGS () BODYSTRUCTURE (...) BODY[HEADER] {12}\r\n")
    b'* 3 FETCH (UID 7 X-TOO-LONG {12}\r\n'
    """
    beginning, literal = _BEGINNING.match(line), _LITERAL_FOLLOWS.search(line, max(0, len(line) - 30))
    if not beginning:
        return b""
    return beginning[0] + (b" X-TOO-LONG " + literal[0] if literal else b")\r\n")
