"""A server that is trusted by the fingerprint of its certificate, and by nothing else."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import warnings
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from certificates import make_certificates
from dovecot import dovecot
from mailtriage.adapters.imap import ImapSource
from mailtriage.config import Credentials, Fingerprint, ImapMailbox
from mailtriage.config.secret import Secret
from mailtriage.errors import ConfigError, UnavailableError
from scripted_imap import Fault, scripted_imap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dovecot import Dovecot

WRONG = Fingerprint("ab" * 32)


def fingerprint_of(folder: Path) -> Fingerprint:
    """What openssl says of a server's certificate, as the manual has it looked up."""
    shown = subprocess.run(
        ["openssl", "x509", "-noout", "-sha256", "-fingerprint", "-in", folder / "leaf.pem"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    return Fingerprint(shown.partition("=")[2].replace(":", "").lower())


@pytest.fixture(scope="module")
def bridge() -> Iterator[Dovecot]:
    """A Dovecot like a bridge's server: no authority that anybody knows, another name, and long expired."""
    with dovecot(leaf_days=(-30, -1), name="bridge.invalid") as running:
        yield running


def settings(bridge: Dovecot, security: str, pin: Fingerprint) -> tuple[ImapMailbox, Secret]:
    disk = bridge.new_mailbox()
    port = bridge.tls_port if security == "tls" else bridge.port
    return disk.settings(security=security, port=port, ca_file=None, fingerprint_sha256=pin), disk.secret


@pytest.mark.imap
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_pinned_certificate_is_trusted_whoever_signed_it_and_whatever_it_says(
    bridge: Dovecot, security: str
) -> None:
    with ImapSource(*settings(bridge, security, fingerprint_of(bridge.folder))) as source:
        assert source.describe().tls_version in ("TLSv1.2", "TLSv1.3")
        assert source.certificate_expires_at() is None


@pytest.mark.imap
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_another_certificate_is_refused_with_its_fingerprint_and_what_to_do(bridge: Dovecot, security: str) -> None:
    with pytest.raises(ConfigError) as caught, ImapSource(*settings(bridge, security, WRONG)):
        pass
    shown = caught.value.message.rpartition(" ")[2]
    assert shown.count(":") == 31
    assert shown.replace(":", "").lower() == fingerprint_of(bridge.folder)
    assert "set fingerprint_sha256" in caught.value.hint


@pytest.mark.imap
def test_a_certificate_that_an_authority_vouches_for_is_refused_when_another_is_pinned(server: Dovecot) -> None:
    disk = server.new_mailbox()
    with pytest.raises(ConfigError), ImapSource(disk.settings(fingerprint_sha256=WRONG), disk.secret):
        pass


OFFER = Fault("CAPABILITY", b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\nTAG OK done\r\n")
GO_AHEAD = Fault("STARTTLS", b"TAG OK go ahead\r\n")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_no_login_is_tried_at_a_server_with_another_certificate(tmp_path: Path, security: str) -> None:
    make_certificates(tmp_path, (-1, 30), "localhost")
    with scripted_imap(tmp_path, OFFER, GO_AHEAD, security=security) as server:
        mailbox = replace(server.mailbox(), ca_file=None, fingerprint_sha256=WRONG)
        with pytest.raises(ConfigError, match="not the pinned one"), ImapSource(mailbox, Secret("password", "hunter2")):
            pass
    assert server.said == ([] if security == "tls" else ["CAPABILITY", "STARTTLS"])


@contextmanager
def only_tls_1_1(folder: Path) -> Iterator[int]:
    """The port of a server that speaks no later TLS and waits for one client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        except ValueError:
            pytest.skip("the TLS library of this machine has unlearned TLS 1.1")
    context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")

    def serve(listener: socket.socket) -> None:
        client, _ = listener.accept()
        with client, suppress(ssl.SSLError), context.wrap_socket(client, server_side=True) as wrapped:
            wrapped.sendall(b"* OK too old\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=[listener])
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("is_pinned", [True, False])
def test_a_tls_that_is_too_old_is_refused_even_with_the_right_certificate(tmp_path: Path, *, is_pinned: bool) -> None:
    make_certificates(tmp_path, (-1, 30), "localhost")
    trusted = {"fingerprint_sha256": fingerprint_of(tmp_path)} if is_pinned else {"ca_file": tmp_path / "ca.pem"}
    with only_tls_1_1(tmp_path) as port:
        mailbox = ImapMailbox("practice", "localhost", "me", Credentials(), port, **trusted)
        with (
            pytest.raises(UnavailableError, match=r"no TLS 1\.2 or later"),
            ImapSource(mailbox, Secret("password", "x")),
        ):
            pass
