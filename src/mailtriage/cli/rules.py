"""`mailtriage rules`: the wording rules: list them, show one, try them on a text."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from mailtriage.cli.saying import say
from mailtriage.errors import ConfigError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from mailtriage.cli.wiring import RulesTriager
    from mailtriage.triage.emergency.entries import Combination, Guard, Rule
    from mailtriage.triage.implied.model import Model

_DESCRIPTION = """\
The emergency wording rules in use: the bundled ones, and your own files from [triage] rules_files. They match wording;
they do not assess anybody, and no flag means nothing.
"""
_TEST_DESCRIPTION = """\
What the rules and the second reading find in a text, and why: crisis, urgent, mention or none, then each wording
that counted.
"""
_JSON_HELP = "a JSON document; docs/emergency.md describes it"
_TEXT_HELP = "the text to try; - reads it from the input, so that it stays out of the shell's history"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `rules list`, `rules show ID` and `rules test TEXT`."""
    parser = subparsers.add_parser("rules", help="the wording rules: list, show, test", description=_DESCRIPTION)
    parser.set_defaults(run=run, action="list", json=False)
    actions = parser.add_subparsers(metavar="list|show|test")
    listing = actions.add_parser("list", help="every rule with its tier", description="Every rule with its tier.")
    listing.set_defaults(action="list")
    listing.add_argument("--json", action="store_true", help=_JSON_HELP)
    show = actions.add_parser("show", help="one rule in full", description="One rule or guard in full.")
    show.add_argument("id", metavar="ID", help="as `mailtriage rules list` shows it")
    show.set_defaults(action="show")
    show.add_argument("--json", action="store_true", help=_JSON_HELP)
    test = actions.add_parser("test", help="what the rules find in a text, and why", description=_TEST_DESCRIPTION)
    test.add_argument("text", metavar="TEXT", help=_TEXT_HELP)
    test.set_defaults(action="test")


def run(arguments: argparse.Namespace) -> int:
    """Print what was asked for."""
    triager = _triager(arguments)
    if arguments.json:
        from mailtriage.cli.rule_documents import list_document, rule_document

        show = arguments.action == "show"
        document = rule_document(arguments.id, triager) if show else list_document(triager)
        print(json.dumps(document, indent=2))
        return 0
    if arguments.action == "show":
        lines = _shown(arguments.id, triager)
    elif arguments.action == "test":
        lines = _tested(sys.stdin.read() if arguments.text == "-" else arguments.text, triager)
    else:
        lines = _listed(triager)
    say("\n".join(lines))
    return 0


def _triager(arguments: argparse.Namespace) -> RulesTriager:
    """Triage as configured; with the bundled rules if there is no configuration yet."""
    from mailtriage.cli.wiring import RulesTriager, config_path, open_config, triager_of
    from mailtriage.triage.policy import TriagePolicy
    from mailtriage.triage.rule_texts import bundled_texts

    try:
        return triager_of(open_config(arguments))
    except ConfigError:
        if arguments.config or config_path(arguments).exists():
            raise
        return RulesTriager(TriagePolicy(), bundled_texts(), second_reading=True)


def _listed(triager: RulesTriager) -> Iterator[str]:
    rules = triager.rules
    entries: dict[str, Rule | Combination] = {**rules.rules, **rules.combinations}
    for identity in rules.ids:
        entry = entries[identity]
        yield f"{entry.tier.value:<8} {identity:<34} {entry.note}".rstrip()
    second = ", and a second reading (implied)" if triager.model else ""
    yield f"{rules.count} rules, {len(rules.guards)} guards{second}."
    yield from (f"refused: {problem}" for problem in rules.problems)


def _shown(identity: str, triager: RulesTriager) -> Iterator[str]:
    from mailtriage.triage.implied import IMPLIED

    rules = triager.rules
    if identity == IMPLIED and triager.model:
        yield from _second_reading(triager.model)
    elif identity in rules.rules:
        yield from _rule(rules.rules[identity])
    elif identity in rules.combinations:
        yield from _combination(rules.combinations[identity])
    elif identity in rules.guards:
        yield from _guard(rules.guards[identity])
    else:
        raise no_rule(identity)


def _second_reading(model: Model) -> Iterator[str]:
    yield "implied: urgent; no rule, but a second reading of the sender's own words where the rules raise no alarm"
    yield f"  a language model, trained on invented letters on {model.trained_on:%d %B %Y}; see docs/emergency.md"
    yield from (f"  matches: {text}" for text in model.alarming)
    yield from (f"  stays quiet on: {text}" for text in model.quiet)


def no_rule(identity: str) -> UsageError:
    """The error for an id that there is not."""
    return UsageError(f"there is no rule {identity!r}", "`mailtriage rules list` shows their ids.")


def _rule(rule: Rule) -> Iterator[str]:
    yield f"{rule.id}: {rule.tier.value if rule.tier.rank else 'a sign, speaks only together with others'}"
    if rule.note:
        yield f"  {rule.note}"
    yield f"  about: {rule.about.value}; guards: {', '.join(sorted(rule.guards)) or 'none'}"
    yield "  phrases:"
    yield from (f"    {text}" for text in rule.written)
    yield from (f"  matches: {text}" for text in rule.examples.match)
    yield from (f"  stays quiet on: {text}" for text in rule.examples.quiet)


def _combination(combination: Combination) -> Iterator[str]:
    yield f"{combination.id}: {combination.tier.value}"
    if combination.note:
        yield f"  {combination.note}"
    yield f"  at least {combination.at_least} of these, within {combination.within} words:"
    yield from (f"    {' or '.join(sorted(group))}" for group in combination.groups)
    if combination.unless:
        yield f"  only a mention beside: {', '.join(sorted(combination.unless))}"
    yield from (f"  matches: {text}" for text in combination.examples.match)
    yield from (f"  stays quiet on: {text}" for text in combination.examples.quiet)


def _guard(guard: Guard) -> Iterator[str]:
    yield f"{guard.id}: a guard, named {guard.name!r}; lowers a hit to {guard.to.value}"
    yield f"  stands {guard.side.value} the hit, at most {guard.reach} words away"


def _tested(text: str, triager: RulesTriager) -> Iterator[str]:
    from mailtriage.adapters.terminal.safe import safe
    from mailtriage.model import Flag, Message, Passage, PassageKind
    from mailtriage.triage.policy import ThreadContext

    verdict = triager(Message(passages=(Passage(PassageKind.OWN, text),)), ThreadContext())
    reasons = [reason for reason in verdict.reasons if reason.flag is Flag.EMERGENCY]
    yield verdict.emergency.value
    for reason in reasons:
        guard = f" (lowered: {reason.guard})" if reason.guard else ""
        yield f'  {reason.tier.value:<8} {reason.rule}: "{safe(reason.text)}"{guard}'
    if not reasons:
        yield "  No flag does not mean no emergency."
