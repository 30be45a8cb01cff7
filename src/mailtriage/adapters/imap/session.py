"""A connection that is logged in, over TLS that is always verified; the only place where imapclient is imported."""

from __future__ import annotations

from contextlib import suppress
from socket import MSG_PEEK
from typing import TYPE_CHECKING, Any

from mailtriage.adapters.imap.failures import PARSER_ERRORS, is_no_answer, login_failure, translated
from mailtriage.adapters.imap.limits import limit_answers
from mailtriage.adapters.imap.tls import tls_context
from mailtriage.errors import ConfigError, UnavailableError

if TYPE_CHECKING:
    import socket
    import ssl

    from mailtriage.config import ImapMailbox
    from mailtriage.config.secret import Secret


def connect(mailbox: ImapMailbox, secret: Secret) -> Any:  # noqa: ANN401 - imapclient has no types
    """An imapclient.IMAPClient that is logged in to the mailbox.

    Raises:
        ConfigError: for a certificate of another host or signer, or that is not the pinned one, for a
            `ca_file` that is none, or a port without TLS.
        PermissionProblemError: if the login was refused.
        UnavailableError: for an expired certificate, or where no safe TLS or login is offered.
        TemporaryError: for what the next run may find mended.
    """
    context = tls_context(mailbox)
    with translated(mailbox, "connecting"):
        client = _open(mailbox, context)
    try:
        with translated(mailbox, "logging in"):
            _log_in(client, mailbox, secret)
    except BaseException:
        disconnect(client)
        raise
    return client


def examined(client: Any, mailbox: ImapMailbox, folder: str) -> dict[bytes, Any]:  # noqa: ANN401 - as above
    """What the server says of a folder that is opened for reading only.

    Raises:
        ConfigError: if it does not open it.
        imaplib.IMAP4.error: if it refused without a word to that (see `is_no_answer`), or the connection broke.
    """
    import imaplib

    try:
        answer: dict[bytes, Any] = client.select_folder(folder, readonly=True)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        if is_no_answer(error):
            raise
        raise ConfigError(
            f'{mailbox.host} does not open the folder "{folder}"',
            "`mailtriage check` lists the folders that are there.",
        ) from None
    return answer


def capabilities_of(client: Any) -> frozenset[str]:  # noqa: ANN401 - as above
    """What the server says it can do, in upper case."""
    return frozenset(str(name, "ascii", "replace").upper() for name in client.capabilities())


def log_out(client: Any) -> None:  # noqa: ANN401 - as above
    """Say goodbye, without a word if that fails: the work is done."""
    try:
        client.logout()
    except Exception:  # noqa: BLE001 - whatever it is, the connection is closed next
        disconnect(client)


def disconnect(client: Any) -> None:  # noqa: ANN401 - as above
    """Drop the connection."""
    with suppress(Exception):
        client.shutdown()


def _open(mailbox: ImapMailbox, context: ssl.SSLContext) -> Any:  # noqa: ANN401 - as above
    from imapclient import IMAPClient

    direct = mailbox.security == "tls"
    client = IMAPClient(
        mailbox.host,
        port=mailbox.port_number,
        ssl=direct,
        ssl_context=context if direct else None,
        timeout=float(mailbox.timeout_seconds),
    )
    client._imap.debug = 0  # noqa: SLF001 - else imaplib hands every line, mail and all, to a logger
    limit_answers(client._imap)  # noqa: SLF001 - imaplib has no hook for this
    if not direct:
        try:
            _start_tls(client, mailbox, context)
        except BaseException:
            disconnect(client)
            raise
    return client


def _start_tls(client: Any, mailbox: ImapMailbox, context: ssl.SSLContext) -> None:  # noqa: ANN401 - as above
    if client._imap.state != "NONAUTH" or not client.has_capability("STARTTLS"):  # noqa: SLF001 - PREAUTH skips TLS
        raise UnavailableError(
            f"{mailbox.host}:{mailbox.port_number} offers no STARTTLS, so no password was sent",
            'Try security = "tls" with port 993. If it worked before, somebody may be tampering with the connection.',
        )
    client.starttls(_CleanHandover(client._imap, mailbox, context))  # noqa: SLF001 - see there


class _CleanHandover:
    """Stands in for the TLS context and refuses text that was sent in the clear behind the go-ahead (CVE-2011-0411)."""

    def __init__(self, connection: Any, mailbox: ImapMailbox, context: ssl.SSLContext) -> None:  # noqa: ANN401 - imaplib
        self._connection = connection
        self._mailbox = mailbox
        self._context = context

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        """The socket under TLS."""
        if self._is_injected(sock):
            raise UnavailableError(
                f"{self._mailbox.host} sent text before TLS was set up, so no password was sent",
                "Somebody may be tampering with the connection; try another network.",
            )
        return self._context.wrap_socket(sock, server_hostname=server_hostname)

    def _is_injected(self, sock: socket.socket) -> bool:
        buffered = getattr(self._connection, "_readbuf", None)  # imaplib's own buffer since Python 3.14
        timeout = sock.gettimeout()
        sock.settimeout(0)
        try:
            return bool(buffered or (buffered is None and self._connection.file.peek(1)) or sock.recv(1, MSG_PEEK))
        except BlockingIOError:
            return False
        finally:
            sock.settimeout(timeout)


def _log_in(client: Any, mailbox: ImapMailbox, secret: Secret) -> None:  # noqa: ANN401 - as above
    import imaplib

    try:
        if secret.kind == "password":
            _log_in_by_password(client, mailbox, secret.value)
        else:
            _log_in_by_token(client, mailbox, secret)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        # imapclient makes a refusal even of a connection that broke.
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise error.__context__ from None
        # `from None`: a server may echo the password, which must not show in a traceback either.
        raise login_failure(error, mailbox, token=secret.kind != "password") from None
    except PARSER_ERRORS:
        raise UnavailableError(
            f"{mailbox.host} gave an answer to the login that cannot be read", "Try again later."
        ) from None


def _log_in_by_password(client: Any, mailbox: ImapMailbox, password: str) -> None:  # noqa: ANN401 - as above
    # LOGIN saves a round trip, but carries printable ASCII only, and imaplib quotes the password but not the name.
    plain = (mailbox.username + password).isascii() and (mailbox.username + password).isprintable()
    if plain and not client.has_capability("LOGINDISABLED"):
        quoted = mailbox.username.replace("\\", "\\\\").replace('"', '\\"')
        client.login(f'"{quoted}"', password)
    elif client.has_capability("AUTH=PLAIN"):
        client.plain_login(mailbox.username, password)
    elif not plain:
        raise UnavailableError(
            f"{mailbox.host} takes only plain ASCII letters in a username and password",
            "Choose another password with your provider.",
        )
    else:
        raise UnavailableError(
            f"{mailbox.host} offers no login by password", "It may want a token (token_command): see docs/oauth.md."
        )


def _log_in_by_token(client: Any, mailbox: ImapMailbox, secret: Secret) -> None:  # noqa: ANN401 - as above
    mechanism = secret.kind.upper()
    if not client.has_capability(f"AUTH={mechanism}"):
        raise UnavailableError(
            f"{mailbox.host} does not offer {mechanism}", "Set token_mechanism to the other one, or use a password."
        )
    client.sasl_login(mechanism, _TokenExchange(mailbox, secret))


class _TokenExchange:
    """The client's side of XOAUTH2 and OAUTHBEARER (RFC 7628): the token, then consent to the server's refusal."""

    def __init__(self, mailbox: ImapMailbox, secret: Secret) -> None:
        self._username = mailbox.username
        self._secret = secret
        self._told = False

    def __call__(self, _challenge: bytes) -> bytes:
        bearer = self._secret.kind == "oauthbearer"
        if self._told:
            # A second challenge holds the reason of a refusal; without an answer the server would wait.
            return b"\1" if bearer else b""
        self._told = True
        if bearer:
            name = self._username.replace("=", "=3D").replace(",", "=2C")
            return f"n,a={name},\1auth=Bearer {self._secret.value}\1\1".encode()
        return f"user={self._username}\1auth=Bearer {self._secret.value}\1\1".encode()
