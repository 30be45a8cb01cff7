"""Foreign exceptions -> our own, each with what to do. A server's words never get in: they may echo a password."""

from __future__ import annotations

import re
import socket
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailtriage.adapters.imap.throttling import wait_seconds
from mailtriage.errors import (
    ConfigError,
    MailtriageError,
    PermissionProblemError,
    TemporaryError,
    ThrottledError,
    UnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailtriage.config import ImapMailbox

PARSER_ERRORS = (IndexError, TypeError, ValueError, KeyError, AttributeError, RecursionError, AssertionError)
"""What imapclient's parser raises on answers that are no IMAP, beside its own classes."""

_CERTIFICATE_HAS_EXPIRED = 10
_CERTIFICATE_NOT_YET_VALID = 9
_WRONG_HOST = (62, 64)
_ENTERING = ("connecting", "logging in")
_LATER = frozenset({"INUSE", "SERVERBUG"})
_RESPONSE_CODE = r"[^\[\]]{0,40}\[([A-Z-]{1,40})[\] ]"


@contextmanager
def translated(mailbox: ImapMailbox, doing: str) -> Iterator[None]:
    """Nothing; whatever fails inside leaves as a MailtriageError that says what was being done.

    Args:
        mailbox: where it happens.
        doing: completes the sentence "HOST … while".
    """
    import imaplib

    where = f"{mailbox.host}:{mailbox.port_number}"
    try:
        yield
    except MailtriageError:
        raise
    except ssl.SSLError as error:
        raise tls_failure(error, mailbox) from error
    except socket.gaierror as error:
        raise TemporaryError(
            f"the host {mailbox.host} is not known", "Check the network, and how host is spelled in [[mailbox]]."
        ) from error
    except ConnectionRefusedError as error:
        raise TemporaryError(
            f"{where} refuses connections", "Check host and port in [[mailbox]]; the server may also be down."
        ) from error
    except TimeoutError as error:
        raise TemporaryError(
            f"{where} gave no answer within {mailbox.timeout_seconds} seconds while {doing}",
            "The network or the server is slow; the next run tries again.",
        ) from error
    except imaplib.IMAP4.abort as error:
        raise (_throttled(error, mailbox, at_login=doing in _ENTERING) or _broken_off(error, where, doing)) from None
    except imaplib.IMAP4.error as error:
        raise _throttled(error, mailbox, at_login=doing in _ENTERING) or TemporaryError(
            f"{where} refused or gave an answer that is no IMAP while {doing}",
            "The next run tries again; if it lasts, `mailtriage check` shows more.",
        ) from None
    except OSError as error:
        raise _dropped(where, doing) from error
    except (*PARSER_ERRORS, MemoryError):
        raise TemporaryError(
            f"{where} gave an answer that cannot be read while {doing}", "The next run tries again."
        ) from None


def is_out_of_step(error: Exception) -> bool:
    """True if imaplib stopped in the middle of a line that was too long: what follows on the wire is no answer."""
    return "got more than" in str(error)


def is_no_answer(error: Exception) -> bool:
    """True if the server refused without a word to what was asked: it is out of step, or wants to be left alone."""
    return is_out_of_step(error) or wait_seconds(error) is not None


def _throttled(error: Exception, mailbox: ImapMailbox, *, at_login: bool) -> ThrottledError | None:
    """The error as one that names a time to wait; None if the server asks for none."""
    seconds = wait_seconds(error, at_login=at_login)
    if seconds is None:
        return None
    minutes = -(-seconds // 60)
    return ThrottledError(
        f"{mailbox.host} asks to be left alone for {minutes} minute{'s' if minutes > 1 else ''}",
        "No run connects to it before that; then polling goes on by itself.",
        seconds,
    )


def _broken_off(error: Exception, where: str, doing: str) -> TemporaryError:
    # imaplib gives up on garbage as it does on a lost connection.
    if "unexpected response" in str(error):
        return TemporaryError(f"{where} gave an answer that is no IMAP while {doing}", "The next run tries again.")
    return _dropped(where, doing)


def _dropped(where: str, doing: str) -> TemporaryError:
    return TemporaryError(f"{where} closed the connection while {doing}", "The next run tries again.")


def tls_failure(error: ssl.SSLError, mailbox: ImapMailbox) -> MailtriageError:
    """What a failed TLS handshake means for the user."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate_failure(error.verify_code, mailbox)
    reason = error.reason or ""
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return _dropped(f"{mailbox.host}:{mailbox.port_number}", "setting up TLS")
    if "WRONG_VERSION" in reason or "HTTP" in reason or "UNKNOWN_PROTOCOL" in reason or "RECORD_LAYER" in reason:
        return ConfigError(
            f"{mailbox.host}:{mailbox.port_number} does not speak TLS",
            'Try security = "starttls", or the port for IMAP over TLS (usually 993).',
        )
    if "PROTOCOL" in reason:
        return UnavailableError(
            f"{mailbox.host} offers no TLS 1.2 or later", "Ask the provider; older versions are not safe for mail."
        )
    return TemporaryError(f"the TLS connection to {mailbox.host} failed", "The next run tries again.")


def _certificate_failure(code: int, mailbox: ImapMailbox) -> MailtriageError:
    if code == _CERTIFICATE_HAS_EXPIRED:
        return UnavailableError(
            f"the certificate of {mailbox.host} has expired",
            "Check this computer's clock and date; else the server's owner must renew it. Nothing was sent to it.",
        )
    if code == _CERTIFICATE_NOT_YET_VALID:
        return UnavailableError(
            f"the certificate of {mailbox.host} is not valid yet", "Check this computer's clock and date."
        )
    if code in _WRONG_HOST:
        return ConfigError(
            f"the certificate that {mailbox.host} shows is for another name",
            "Write host as your provider spells it. Nothing was sent to it.",
        )
    return ConfigError(
        f"the certificate of {mailbox.host} is signed by nobody this computer trusts",
        "For a bridge on this computer or a private server, name its certificate in ca_file, or pin it with "
        "fingerprint_sha256. Nothing was sent to it.",
    )


def response_code(answer: str) -> str:
    """The response code in a server's refusal ("OVERQUOTA"), the only part of it that is looked at; "" without one."""
    found = re.match(_RESPONSE_CODE, answer)
    return found[1] if found else ""


def login_failure(error: Exception, mailbox: ImapMailbox, *, token: bool) -> MailtriageError:
    """What a refused login means; of the server's answer only its response code is looked at."""
    if throttled := _throttled(error, mailbox, at_login=True):
        return throttled
    if response_code(str(error)) in _LATER:
        return TemporaryError(
            f"{mailbox.host} cannot log {mailbox.username} in just now", "The server said so; the next run tries again."
        )
    if token:
        return PermissionProblemError(
            f"{mailbox.host} refused the token for {mailbox.username}: it is wrong or has expired",
            "Run the token_command by hand; it may ask you to log in again in a browser.",
        )
    return PermissionProblemError(
        f"{mailbox.host} refused the login of {mailbox.username}",
        "Check username and password; many providers want an app password for mail programs.",
    )
