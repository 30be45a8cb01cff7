"""A keyring in this process, for `PYTHON_KEYRING_BACKEND`: what it holds, and how it fails, stands in its fields."""

from __future__ import annotations

import os
from typing import ClassVar

from keyring.backend import KeyringBackend


class Keyring(KeyringBackend):  # type: ignore[misc]
    """Holds passwords by service and username; at first the one that the environment names."""

    priority: ClassVar[float] = 1
    passwords: ClassVar[dict[tuple[str, str], str]] = {
        ("mailtriage", os.environ.get("KEYRING_USERNAME", "")): os.environ.get("KEYRING_PASSWORD", "")
    }
    failure: ClassVar[Exception | None] = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.failure:
            raise self.failure
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password
