"""The front door: picks the command and turns an error into an exit status."""

from __future__ import annotations


def main(argv: list[str] | None = None) -> int:
    """Exit status of one command line."""
    raise NotImplementedError(argv)
