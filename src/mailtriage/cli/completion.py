"""`mailtriage completion bash|zsh`: a completion script on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_PATHS = ("FILE", "FILE.csv", "PATH")


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

    parser = build_all()
    for action in _actions(parser):
        if action.metavar in _PATHS:
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # shtab looks for it
    print(shtab.complete(parser, shell=arguments.shell))
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every option and word of a parser and of the commands below it. argparse has no public way to them."""
    for action in parser._actions:  # noqa: SLF001 - as above
        yield action
        if isinstance(action.choices, dict):
            for subparser in action.choices.values():
                yield from _actions(subparser)
