"""TLS, 1.2 at least, that lets nothing through to a server whose certificate is not the one it should be."""

from __future__ import annotations

import hashlib
import ssl
from typing import TYPE_CHECKING, Any

from mailtriage.errors import ConfigError

if TYPE_CHECKING:
    import socket

    from mailtriage.config import ImapMailbox


def tls_context(mailbox: ImapMailbox) -> ssl.SSLContext:
    """What wraps a socket: certificates are verified by the system's authorities, by `ca_file`, or by their pin.

    Raises:
        ConfigError: if the `ca_file` cannot be used.
    """
    context = _pinned(mailbox) if mailbox.fingerprint_sha256 else _signed(mailbox)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _signed(mailbox: ImapMailbox) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=mailbox.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"the ca_file {mailbox.ca_file} cannot be used: {error.strerror or 'it holds no certificate'}",
            "It must be a PEM file: lines between BEGIN CERTIFICATE and END CERTIFICATE.",
        ) from error


def _pinned(mailbox: ImapMailbox) -> ssl.SSLContext:
    context = _PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.mailbox = mailbox
    # The pin stands for all of it: a bridge signs for itself, and its name and dates say nothing.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class _PinnedContext(ssl.SSLContext):
    """Compares the certificate as soon as the handshake is done, before a byte is read or written under TLS."""

    mailbox: ImapMailbox

    def wrap_socket(self, sock: socket.socket, *arguments: Any, **options: Any) -> ssl.SSLSocket:  # noqa: ANN401 - ssl's
        wrapped = super().wrap_socket(sock, *arguments, **options)
        found = hashlib.sha256(wrapped.getpeercert(binary_form=True) or b"").hexdigest()
        if found != self.mailbox.fingerprint_sha256:
            wrapped.close()
            raise _another_certificate(self.mailbox.host, found)
        return wrapped


def _another_certificate(host: str, found: str) -> ConfigError:
    shown = ":".join(found[at : at + 2] for at in range(0, len(found), 2)).upper()
    return ConfigError(
        f"the certificate of {host} is not the pinned one; its SHA-256 fingerprint is {shown}",
        "Compare that with what the server or bridge itself shows. If it is the same, the certificate was renewed: set "
        "fingerprint_sha256 to it. If not, somebody may be tampering. Nothing was sent to it.",
    )
