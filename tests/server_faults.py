"""The faults that a server is made to commit, and how a poll must end on each: a table of rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailtriage.errors import EX_CONFIG, EX_NOPERM, EX_TEMPFAIL, EX_UNAVAILABLE
from scripted_imap import DRIP, EXAMINED, HANG_UP, SILENCE, Fault, head, text

PASSWORD = "hunter2"
IMPATIENT_SECONDS = 2
OK = b"TAG OK done\r\n"
HEADS = r"UID FETCH \S+ \(FLAGS INTERNALDATE"
TEXTS = r"UID FETCH \S+ \(BODY.PEEK\[1\]"


@dataclass(frozen=True, slots=True)
class Row:
    """A fault, and what must come of it.

    Attributes:
        faults: what the server does.
        status: how the poll ends.
        says: stands in what it says on stderr; "" if it says nothing there.
        set_aside: message 2 is kept for a human look instead of being read.
        security: how the mailbox is configured.
        certificate: which of the certificates the server shows.
        also_differs: tables that rightly differ from those of a run without a fault.
        minutes: how long the server asks to be left alone; the next run comes when they are over.
        patience: how many seconds the poll waits for one answer.
    """

    faults: tuple[Fault, ...]
    status: int = EX_TEMPFAIL
    says: str = ""
    set_aside: bool = False
    security: str = "tls"
    certificate: str = "good"
    also_differs: frozenset[str] = frozenset()
    minutes: int = 0
    patience: int = 9


_PHASES = {
    "the greeting": ("greeting", b"* OK [CAPA", "connecting"),
    "TLS": ("tls", b"\x16\x03\x03\x40\x00\x02", "connecting"),
    "the login": ("LOGIN", b"TAG O", "logging in"),
    "the list": ("LIST", b'* LIST () "/" INB', "listing folders"),
    "a folder's state": ("STATUS", b"* STATUS INBOX (UIDVAL", "looking at a folder"),
    "opening a folder": ("EXAMINE", EXAMINED[:-8], "opening a folder"),
    "the search": ("UID SEARCH", b"* SEARCH 1 2", "searching a folder"),
    "the headers": (HEADS, head(1)[:-20], "fetching messages"),
    "the texts": (TEXTS, text(1)[:-4], "fetching messages"),
    "the farewell": ("LOGOUT", b"* BY", ""),
}
_LATE = "was not finished after 10 seconds"


def _at(phase: str, misdeed: bytes, says: str, *, partly: bool = True) -> Row:
    command, part, _ = _PHASES[phase]
    if phase == "the farewell":
        return Row((Fault(command, part + misdeed),), status=0)
    return Row((Fault(command, part + misdeed if partly else misdeed),), says=says)


def _slow(phase: str) -> str:
    return f"gave no answer within {IMPATIENT_SECONDS} seconds while {_PHASES[phase][2]}"


def _dropped(phase: str) -> str:
    if phase in ("the headers", "the texts"):
        return "keeps closing the connection"
    # How far a handshake came before its end was seen depends on which packets were read together.
    return "closed the connection while" if phase == "TLS" else f"closed the connection while {_PHASES[phase][2]}"


_WAITING = {
    **{f"is silent at {phase}": _at(phase, SILENCE, _slow(phase), partly=False) for phase in _PHASES},
    **{f"stalls within {phase}": _at(phase, SILENCE, _slow(phase)) for phase in _PHASES},
    # Python counts the timeout of a handshake as a whole.
    **{f"drips {phase}": _at(phase, DRIP, _slow(phase) if phase == "TLS" else _LATE) for phase in _PHASES},
}
WAITING = {name: replace(row, patience=IMPATIENT_SECONDS) for name, row in _WAITING.items()}
"""What costs seconds of waiting and no work."""

_DROPPING = {f"hangs up within {phase}": _at(phase, HANG_UP, _dropped(phase)) for phase in _PHASES}

_ENDING = {
    "says bye for a greeting": Row((Fault("greeting", b"* BYE too busy\r\n" + HANG_UP),), says="no IMAP"),
    "greets in another protocol": Row((Fault("greeting", b"220 smtp.example ESMTP\r\n"),), says="while connecting"),
    "says bye on the login": Row((Fault("LOGIN", b"* BYE overloaded\r\n" + HANG_UP),), says="while logging in"),
    "cannot log in just now": Row((Fault("LOGIN", b"TAG NO [INUSE] later\r\n"),), says="just now"),
    "refuses the login and repeats the password": Row(
        (Fault("LOGIN", b"TAG NO [AUTHENTICATIONFAILED] not " + PASSWORD.encode() + b"\r\n"),),
        EX_NOPERM,
        "refused the login of therapist",
    ),
    "finds the login malformed and repeats it": Row(
        (Fault("LOGIN", b'TAG BAD LOGIN "therapist" "' + PASSWORD.encode() + b'"?\r\n'),),
        EX_NOPERM,
        "refused the login",
    ),
    "takes no password": Row(
        (Fault("CAPABILITY", b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n" + OK),), EX_UNAVAILABLE, "no login by password"
    ),
    "lists what is no list": Row((Fault("LIST", b'* LIST (((\r\n"\r\n' + OK),), says="no IMAP while listing"),
    "lists no folder": Row((Fault("LIST", OK),), EX_CONFIG, "no folder of practice"),
    "refuses the list in words of a mail": Row((Fault("LIST", b"TAG NO Hello 1\r\n"),), says="refused"),
    "says bye within the list": Row((Fault("LIST", b"* BYE shutting down\r\n" + HANG_UP),), says="closed"),
    "gives no UIDVALIDITY": Row(
        (Fault('EXAMINE "INBOX', EXAMINED.replace(b"* OK [UIDVALIDITY 7] ok\r\n", b"") + OK),), says="no UIDVALIDITY"
    ),
    "gives a UIDVALIDITY of zero": Row(
        (Fault('EXAMINE "INBOX', EXAMINED.replace(b"UIDVALIDITY 7", b"UIDVALIDITY 0") + OK),), says="no UIDVALIDITY"
    ),
    "gives a UIDVALIDITY of letters": Row(
        (Fault('EXAMINE "INBOX', EXAMINED.replace(b"UIDVALIDITY 7", b"UIDVALIDITY x") + OK),), says="cannot be read"
    ),
    "changes UIDVALIDITY within a run": Row(
        (
            Fault('EXAMINE "INBOX', EXAMINED + OK, times=1),
            Fault('EXAMINE "INBOX', EXAMINED.replace(b"UIDVALIDITY 7", b"UIDVALIDITY 8") + OK),
            Fault(HEADS, head(1) + HANG_UP),
        ),
        says="renumbered a folder",
    ),
    "finds words for a search": Row((Fault("UID SEARCH", b"* SEARCH none of them\r\n" + OK),), says="searching"),
    "finds 200,000 messages on one line": Row(
        (Fault("UID SEARCH", b"* SEARCH " + b" ".join(b"%d" % uid for uid in range(200_000)) + b"\r\n" + OK),),
        says="no IMAP while searching",
    ),
    "fails to search": Row((Fault("UID SEARCH", b"TAG NO not now\r\n"),), says="refused"),
    "announces 5 GB where it lists": Row((Fault("LIST", b'* LIST () "/" {5000000000}\r\nabc'),), says="listing"),
    "lists without end": Row((Fault("LIST", b"* LIST " + b"x" * 1_100_000 + b"\r\n" + OK),), says="listing"),
    "greets without end": Row((Fault("greeting", b"* OK " + b"x" * 1_100_000 + b"\r\n"),), says="connecting"),
    "opens a folder without end": Row((Fault("EXAMINE", b"* OK " + b"x" * 1_100_000 + b"\r\n"),), says="opening"),
    "nests a list": Row((Fault("LIST", b"* LIST " + b"(" * 9_000 + b"\r\n" + OK),), says="listing"),
}

_OFFICE = b"Request is throttled. Suggested Backoff Time: 299961 milliseconds"
_TIMES = frozenset({"mailbox_health", "scan_health"})


def _throttling(command: str, say: bytes, minutes: int = 5) -> Row:
    says = f"asks to be left alone for {minutes} minutes"
    return Row((Fault(command, say + b"\r\n"),), says=says, minutes=minutes, also_differs=_TIMES)


_THROTTLING = {
    "has no connection left, says Gmail": _throttling("LOGIN", b"TAG NO [ALERT] Too many simultaneous connections."),
    "has no connection left, says Dovecot": _throttling(
        "LOGIN", b"TAG NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (limit=16)"
    ),
    "is not available at the login": _throttling("LOGIN", b"TAG NO [UNAVAILABLE] later"),
    "has come to a limit at the login": _throttling("LOGIN", b"TAG NO [LIMIT] too much"),
    "greets with a limit": _throttling("greeting", b"* BYE [UNAVAILABLE] busy"),
    "throttles the list": _throttling("LIST", b"TAG BAD " + _OFFICE),
    "throttles a folder's state": _throttling("STATUS", b"TAG BAD " + _OFFICE),
    "throttles opening a folder": _throttling("EXAMINE", b"TAG NO " + _OFFICE),
    "throttles the search and leaves": _throttling("UID SEARCH", b"TAG BAD " + _OFFICE + b"\r\n* BYE closed. 14"),
    "throttles the headers": _throttling(HEADS, b"TAG NO " + _OFFICE),
    "throttles the headers with a farewell": _throttling(HEADS, b"* BYE " + _OFFICE),
    "throttles the texts": _throttling(TEXTS, b"TAG BAD " + _OFFICE),
    "throttles without a time": _throttling(HEADS, b"TAG BAD Request is throttled."),
    "has sent too much": _throttling(HEADS, b"TAG NO [OVERQUOTA] Account exceeded command or bandwidth limits.", 15),
    "wants to be left alone for days": _throttling("EXAMINE", b"TAG NO Backoff Time: 999999999 milliseconds", 60),
}

_TLS = {
    "speaks no TLS": Row((Fault("tls", b"* OK ready\r\n" + HANG_UP),), EX_CONFIG, "does not speak TLS"),
    "is vouched for by nobody known": Row((), EX_CONFIG, "signed by nobody", certificate="unknown"),
    "shows the certificate of another": Row((), EX_CONFIG, "is for another name", certificate="elsewhere"),
    "shows a certificate that has expired": Row((), EX_UNAVAILABLE, "has expired", certificate="expired"),
    "shows a certificate of the future": Row((), EX_UNAVAILABLE, "is not valid yet", certificate="early"),
    "offers no STARTTLS": Row((), EX_UNAVAILABLE, "offers no STARTTLS", security="starttls"),
    "skips the login, and TLS with it": Row(
        (Fault("greeting", b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\r\n"),),
        EX_UNAVAILABLE,
        "offers no STARTTLS",
        security="starttls",
    ),
    "slips in text before TLS": Row(
        (
            Fault("CAPABILITY", b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n" + OK),
            Fault("STARTTLS", b"TAG OK go ahead\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"),
        ),
        EX_UNAVAILABLE,
        "before TLS",
        security="starttls",
    ),
    "refuses STARTTLS": Row(
        (
            Fault("CAPABILITY", b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n" + OK),
            Fault("STARTTLS", b"TAG NO not today\r\n"),
        ),
        says="while connecting",
        security="starttls",
    ),
}
BEFORE_LOGIN = frozenset(_TLS) | {"takes no password"}
"""Rows on which no password may have been said."""


def _two(say: bytes) -> Row:
    """Whenever message 2 is among those asked for, the server says this of it."""
    return Row((Fault(r"UID FETCH (?:\d+,)*2\b.*INTERNALDATE", say),), status=0, set_aside=True)


_STRUCTURE = b'BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 9 1)'
_BREAKING = {
    "no flags": _two(head(2).replace(b"FLAGS () ", b"") + OK),
    "no date": _two(head(2).replace(b'INTERNALDATE "20-Nov-2026 10:00:02 +0000" ', b"") + OK),
    "a date that is none": _two(head(2).replace(b"20-Nov-2026 10:00:02 +0000", b"tomorrow") + OK),
    "no structure": _two(head(2).replace(_STRUCTURE, b"") + OK),
    "a structure of nothing": _two(head(2).replace(_STRUCTURE[14:], b"()") + OK),
    "a structure of numbers": _two(head(2).replace(_STRUCTURE[14:], b"(1 2 3)") + OK),
    "deep parentheses": _two(head(2).replace(b'("text"', b"(" * 5000) + OK),
    "no size": _two(head(2).replace(b"RFC822.SIZE", b"RFC822.SORT") + OK),
    "a header that is NIL": _two(head(2).partition(b"BODY[")[0] + b"BODY[HEADER.FIELDS (FROM)]<0> NIL)\r\n" + OK),
    "garbage": _two(b"* 2 FETCH )(\r\n" + OK),
    "garbage that moves the cursor": _two(b"* 2 FETCH \x1b[2J\x9b\xff Hello 2\r\n" + OK),
    "a quote that never ends": _two(b'* 2 FETCH (UID 2 FLAGS ("\r\n' + OK),
    "a limit that it has": _two(b"TAG NO [LIMIT] too many parts\r\n"),
    "a refusal in words of the mail": _two(b"TAG NO cannot read Hello 2\r\n"),
    "a literal of 5 GB": _two(b"* 2 FETCH (UID 2 BODY[HEADER.FIELDS (FROM)]<0> {5000000000}\r\nabc"),
    "a line without end": _two(b"* 2 FETCH (UID 2 BODYSTRUCTURE (" + b"x" * 1_100_000 + b"))\r\n" + OK),
    "hanging up": _two(HANG_UP),
    "hanging up within it": _two(head(2)[:-20] + HANG_UP),
    "nothing at all": _two(OK),
    "another message": _two(head(3) + OK),
    "no UID": _two(head(2).replace(b"UID 2 ", b"") + OK),
    "a UID of letters": _two(head(2).replace(b"UID 2 ", b"UID two ") + OK),
    "two messages under one UID": _two(head(2) + head(3).replace(b"UID 3", b"UID 2") + OK),
    "a text that is NIL": Row(
        (
            Fault(
                r"UID FETCH 1,2,3 .*BODY.PEEK\[1\]", text(1) + b"* 2 FETCH (UID 2 BODY[1]<0> NIL)\r\n" + text(3) + OK
            ),
            Fault(r"UID FETCH 2 .*BODY.PEEK\[1\]", b"* 2 FETCH (UID 2 BODY[1]<0> NIL)\r\n" + OK),
        ),
        status=0,
        set_aside=True,
    ),
}

_UNASKED = b"* 2 FETCH (FLAGS (\\Seen))\r\n* 4 EXISTS\r\n* 9 FETCH (UID 99 FLAGS ())\r\n"
_HARMLESS = {
    "answers twice": Row((Fault(HEADS, head(1) + head(2) + head(2) + head(3) + head(1) + OK),), status=0),
    "answers in no order": Row((Fault(HEADS, head(3) + head(1) + head(2) + OK),), status=0),
    "answers what was not asked": Row((Fault(HEADS, head(1) + _UNASKED + head(2) + head(3) + OK),), status=0),
    "breaks off once": Row((Fault("UID FETCH", head(1) + HANG_UP, times=1),), status=0),
    "changes UIDVALIDITY between runs": Row(
        (
            Fault('STATUS "INBOX', b"* STATUS INBOX (UIDVALIDITY 8 UIDNEXT 4)\r\n" + OK),
            Fault('EXAMINE "INBOX', EXAMINED.replace(b"UIDVALIDITY 7", b"UIDVALIDITY 8") + OK),
        ),
        status=0,
        also_differs=frozenset({"location", "sqlite_sequence"}),
    ),
}

FAULTS = {
    **_DROPPING,
    **_ENDING,
    **_THROTTLING,
    **_TLS,
    **{f"says of a message: {what}": row for what, row in _BREAKING.items()},
    **_HARMLESS,
}
"""What costs no waiting."""
