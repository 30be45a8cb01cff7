"""argv in, exit status out: the only wiring, and the only clock."""

from mailtriage.cli.main import main

__all__ = ["main"]
