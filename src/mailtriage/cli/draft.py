"""`draft`: a text out of the configuration as the draft of an answer, or onto the screen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mailtriage.cli.answering import answer_to, composed_now, may_write, put, say_before
from mailtriage.cli.desk import desk_of
from mailtriage.cli.opening import opened
from mailtriage.errors import ConfigError

if TYPE_CHECKING:
    import argparse

    from mailtriage.config import Config


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `draft`."""
    parser = subparsers.add_parser(
        "draft",
        help="a text of yours as the draft of an answer",
        description="Put an answer with a text out of your configuration into Drafts, addressed to the sender alone. "
        "Nothing is sent: look it through and send it from your mail program.",
    )
    parser.add_argument("number", metavar="N", help="the message's number")
    text = parser.add_mutually_exclusive_group(required=True)
    text.add_argument("--emergency", action="store_true", help="whom to call: [answers] emergency_text")
    text.add_argument("--policy", action="store_true", help="what you charge for e-mail: [billing] policy_text")
    parser.add_argument("--print", dest="only_print", action="store_true", help="only print the text")
    parser.add_argument("--anyway", action="store_true", help='even if the client wants "no e-mail"')
    parser.set_defaults(run=run_draft)


def run_draft(arguments: argparse.Namespace) -> int:
    """Put the text into Drafts, or print it."""
    with desk_of(arguments, writes=False) as desk:
        kept = desk.one(arguments.number)
        text = _text(desk.config, emergency=arguments.emergency)
        if not arguments.only_print:
            answer = answer_to(desk, opened(desk, kept))
    if arguments.only_print:
        return _printed(desk.config, text, emergency=arguments.emergency)
    say_before(answer)
    if arguments.emergency:
        print(_checked(desk.config))
    if may_write(answer, anyway=arguments.anyway):
        put(answer, composed_now(answer, text, desk.now))
    return 0


def _text(config: Config, *, emergency: bool) -> str:
    text = config.answers.emergency_text if emergency else config.billing.policy_text
    if not text.strip():
        key = "[answers] emergency_text" if emergency else "[billing] policy_text"
        raise ConfigError(f"there is no text to answer with: {key} is empty", "Write one, or leave the key out.")
    return text


def _printed(config: Config, text: str, *, emergency: bool) -> int:
    """Print the text alone, so that it can be piped on; what there is to say of it goes to stderr."""
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.safe import safe

    print(capabilities().text(safe(text, multiline=True)))
    if emergency:
        print(_checked(config), file=sys.stderr)
    return 0


def _checked(config: Config) -> str:
    return f"Its telephone numbers were checked on {config.answers.checked_on:%d %b %Y}."
