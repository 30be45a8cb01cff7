"""`mailtriage completion bash|zsh`: a completion script on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `completion`."""
    parser = subparsers.add_parser(
        "completion",
        help="completion for bash or zsh",
        description='Print a completion script: eval "$(mailtriage completion bash)", or a file in zsh\'s fpath.',
    )
    parser.add_argument("shell", choices=("bash", "zsh"), help="which shell")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the script for a shell."""
    import shtab

    from mailtriage.cli.main import build_all

    print(shtab.complete(build_all(), shell=arguments.shell))
    return 0
