"""Mail that somebody made to break a reader, in any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FROM = b"From: a@client.example\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\n"
SURROGATES = FROM + b"Content-Type: text/plain; charset=utf-7\r\n"
MIXED = FROM + b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n'


def _nested(count: int) -> bytes:
    levels = (b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (n, n + 1) for n in range(count))
    return MIXED + b"".join(levels) + b"--b%d\r\n\r\nhello\r\n" % count


MAILS: dict[str, Callable[[int], bytes]] = {
    "10,000 multiparts in each other": _nested,
    "attached mails in each other": lambda n: FROM + b"Content-Type: message/rfc822\r\n\r\n" * n + b"\r\nhello",
    "parts": lambda n: MIXED + b"--b0\r\n\r\nhello\r\n" * n + b"--b0--\r\n",
    "delimiters of nobody": lambda n: MIXED + b"--c\r\n" * n,
    "one long delimiter": lambda n: MIXED + b"--b0" + b"-" * 20 * n,
    "semicolons": lambda n: FROM + b"Content-Type: text/plain" + b";" * 5 * n + b"\r\n\r\nhello",
    "parameters": lambda n: FROM + b"Content-Type: text/plain" + b"; a*0=b" * n + b"\r\n\r\nhello",
    "quoted backslashes": lambda n: FROM + b'Content-Type: text/plain; a="' + b'\\"' * n + b"\r\n\r\nhello",
    "headers": lambda n: FROM + b"X-A: b\r\n" * n + b"\r\nhello",
    "folds": lambda n: FROM + b"Subject: a" + b"\r\n b" * n + b"\r\n\r\nhello",
    "recipients": lambda n: FROM + b"To: " + b"a@b.example, " * n + b"\r\n\r\nhello",
    "brackets": lambda n: FROM + b"To: " + b"(" * n + b"\r\n\r\nhello",
    "references": lambda n: FROM + b"References: " + b"<a@b> " * n + b"\r\n\r\nhello",
    "surrogates": lambda n: SURROGATES + b"Subject: " + b"=?utf-8?b?7aCA?= " * n + b"\r\n\r\n" + b"+2AA- " * n,
    "zero bytes": lambda n: FROM + b"\r\n" + b"\0" * 50 * n,
    "an endless line": lambda n: FROM + b"\r\n" + b"a" * 20 * n,
    "padding": lambda n: FROM + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=\r\n" * 5 * n,
    "equals signs": lambda n: FROM + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * 20 * n,
    "spaces before a line end": lambda n: FROM + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b" " * 20 * n,
}
HTML: dict[str, str] = {
    "open divs": "<div>",
    "open quotes": "<blockquote>",
    "open bold": "<b><i>",
    "closing tags": "</p>",
    "hidden": "<p hidden>",
    "tables": "<table><tr><td>",
    "lists": "<ul><li>",
    "angles": "<",
    "ampersands": "&",
    "comments": "<!--",
    "processing": "<?",
    "attributes": "<a b='c' ",
    "breaks": "<br>",
}
