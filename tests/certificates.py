"""Certificates made by openssl, with what Python 3.13 insists on: key identifiers and key usage."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_AUTHORITY = """
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
"""
_LEAF = """
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:{name}
"""


def make_certificates(folder: Path, days: tuple[int, int], name: str) -> None:
    """Write ca.pem, and leaf.pem with leaf.key for a host name, valid between two days counted from now."""
    (folder / "ca.ext").write_text("[extensions]" + _AUTHORITY)
    (folder / "leaf.ext").write_text("[extensions]" + _LEAF.format(name=name))
    _make_key_and_request(folder, "ca", "An authority of the tests' own")
    _openssl(
        folder, "x509 -req -in ca.csr -signkey ca.key -days 3650 -out ca.pem -extfile ca.ext -extensions extensions"
    )
    _make_key_and_request(folder, "leaf", name)
    (folder / "index.txt").touch()
    (folder / "serial").write_text("01\n")
    (folder / "authority.conf").write_text(
        "[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\nserial = serial\nnew_certs_dir = .\n"
        "default_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n"
    )
    begin, end = (_date(offset) for offset in days)
    _openssl(
        folder,
        f"ca -batch -config authority.conf -cert ca.pem -keyfile ca.key -in leaf.csr -out leaf.pem -notext "
        f"-startdate {begin} -enddate {end} -extfile leaf.ext -extensions extensions",
    )


def _make_key_and_request(folder: Path, stem: str, name: str) -> None:
    _openssl(folder, f"ecparam -name prime256v1 -genkey -noout -out {stem}.key")
    subject = ["-subj", f"/CN={name}"]
    subprocess.run(
        ["openssl", "req", "-new", "-key", f"{stem}.key", "-out", f"{stem}.csr", *subject],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def _openssl(folder: Path, arguments: str) -> None:
    subprocess.run(["openssl", *arguments.split()], cwd=folder, check=True, capture_output=True)


def _date(days: int) -> str:
    now = datetime.now(UTC)  # noqa: TID251 - the server's and our own clock decide on validity
    return (now + timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")
