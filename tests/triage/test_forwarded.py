"""Forwards are seen, whatever the program and language; replies never are."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from mailtriage.mail.lexicon import Language, lexicon
from mailtriage.mail.lines import Line
from mailtriage.mail.passages import passages
from mailtriage.mail.subject import subject_prefixes
from mailtriage.model import Attachment, Forwarded, Message, Passage, PassageKind, Quote, QuoteOrigin, Reason
from mailtriage.triage.forwarded import forwarded
from mailtriage.triage.policy import ThreadContext, TriagePolicy

OURS = "therapist@practice.example"
POLICY = TriagePolicy(own_addresses=frozenset({OURS}))
BLOCK = "From: Bea Third <bea@third.example>\nSent: 02 November 2026 10:00\nTo: Anna\nSubject: Dates\n\nTheir words."
OUR_BLOCK = BLOCK.replace("bea@third.example", OURS)
SEPARATED = f"---- Forwarded message ----\n{BLOCK}"
LANGUAGES = tuple(lexicon().languages.values())
PROGRAMS = tomllib.loads((Path(__file__).parents[1] / "mail" / "programs.toml").read_text("utf-8"))["program"]


def message(body: str = "", subject: str = "", *, thread: bool = False) -> Message:
    return Message(
        subject=subject,
        subject_prefixes=subject_prefixes(subject),
        passages=passages([Line(line) for line in body.split("\n")]),
        in_reply_to=("earlier@practice.example",) if thread else (),
    )


def verdict(
    read: Message, policy: TriagePolicy = POLICY, context: ThreadContext | None = None
) -> tuple[Forwarded, list[str]]:
    outcome, reasons = forwarded(read, policy, context or ThreadContext())
    assert all(reason.text for reason in reasons)
    return outcome, [reason.rule for reason in reasons]


def test_a_plain_letter_is_no_forward_and_has_no_reasons() -> None:
    assert verdict(message("I cannot come.\n\nAnna", "Friday")) == (Forwarded.NO, [])


@pytest.mark.parametrize(
    "subject", ["Fwd: Dates", "FW: Dates", "fwd : Dates", "[EXT] Fwd: Dates", "WG: AW: Dates", "Fwd: Fwd: Dates"]
)
def test_the_outermost_prefix_tells(subject: str) -> None:
    assert verdict(message("Look at this.", subject)) == (Forwarded.FORWARD, ["forward.subject"])


def test_a_reply_to_a_forward_is_no_forward() -> None:
    body = "Yes.\n\nOn 2 Nov 2026, at 10:00, Bea <bea@third.example> wrote:\n> " + SEPARATED.replace("\n", "\n> ")
    assert verdict(message(body, "Re: Fwd: Dates", thread=True)) == (Forwarded.NO, ["forward.set-aside.reply"])


def test_a_separator_with_labels_is_a_forward_even_under_re() -> None:
    assert verdict(message(SEPARATED, "Re: Dates", thread=True)) == (Forwarded.FORWARD, ["forward.separator"])


@pytest.mark.parametrize(
    "subject", ["TR: ticket", "PD: question", "Enc: the form", "Vs: Thursday", "Vb: notes", "I: am", "RV: van"]
)
def test_a_short_ambiguous_prefix_needs_a_quoted_mail(subject: str) -> None:
    assert verdict(message("I could not sleep.", subject)) == (Forwarded.NO, ["forward.set-aside.subject"])
    assert verdict(message(BLOCK, subject))[0] is Forwarded.FORWARD
    assert verdict(message(OUR_BLOCK, subject))[0] is Forwarded.NO


NO, FORWARD = Forwarded.NO, Forwarded.FORWARD


@pytest.mark.parametrize(
    ("language", "outside_a_thread", "in_a_thread"),
    [("fi", NO, NO), ("et", NO, NO), ("da", FORWARD, FORWARD), ("no", FORWARD, FORWARD), ("en", FORWARD, NO)],
)
def test_vs_is_a_reply_in_finnish_and_a_forward_in_danish_and_norwegian(
    language: str, outside_a_thread: Forwarded, in_a_thread: Forwarded
) -> None:
    labels = lexicon().languages[language].labels
    body = (
        f"{labels['from'][0]}: Bea <bea@third.example>\n{labels['date'][0]}: 2.11.2026 10:00\n{labels['subject'][0]}: x"
    )
    assert verdict(message(f"{body}\n\nTheirs.", "VS: Dates"))[0] is outside_a_thread
    assert verdict(message(f"{body}\n\nTheirs.", "VS: Dates", thread=True))[0] is in_a_thread


@pytest.mark.parametrize("subject", ["", "Something about my week"])
def test_a_third_party_s_header_block_alone_is_possible(subject: str) -> None:
    for body in (BLOCK, f"____________\n{BLOCK}", f"-----Original Message-----\n{BLOCK}"):
        assert verdict(message(f"Look.\n\n{body}", subject)) == (Forwarded.POSSIBLE, ["forward.block"])


def test_a_header_block_of_our_own_mail_is_a_reply() -> None:
    assert verdict(message(f"Yes.\n\n{OUR_BLOCK}")) == (Forwarded.NO, ["forward.set-aside.own-mail"])


def test_a_header_block_in_an_answer_to_our_own_mail_is_a_reply() -> None:
    context = ThreadContext(answers_own_mail=True)
    assert verdict(message(f"Yes.\n\n{BLOCK}"), context=context) == (
        Forwarded.NO,
        ["forward.set-aside.answers-own-mail"],
    )


def test_in_reply_to_alone_proves_nothing_for_a_header_block() -> None:
    assert verdict(message(BLOCK, thread=True))[0] is Forwarded.POSSIBLE


def test_an_attribution_to_a_third_party_outside_a_thread_is_possible() -> None:
    body = "On 2 Nov 2026, at 10:00, Bea <bea@third.example> wrote:\n\n    Their words."
    assert verdict(message(body)) == (Forwarded.POSSIBLE, ["forward.attribution"])
    assert verdict(message(body, thread=True)) == (Forwarded.NO, ["forward.set-aside.thread"])
    assert verdict(message(body.replace("bea@third.example", OURS))) == (Forwarded.NO, ["forward.set-aside.own-mail"])
    assert verdict(message(body), TriagePolicy()) == (Forwarded.NO, ["forward.set-aside.unnamed"])


def test_an_attached_mail_is_a_forward() -> None:
    for attachment in (Attachment("", "message/rfc822"), Attachment("Dates.EML", "application/octet-stream")):
        read = replace(message("See attached.", "Re: Dates"), attachments=(attachment,))
        assert verdict(read) == (Forwarded.FORWARD, ["forward.attached"])


@pytest.mark.parametrize(("media_type", "notice"), [("multipart/report", "bounce"), ("multipart/digest", "digest")])
def test_mail_attached_to_a_notice_is_no_forward(media_type: str, notice: str) -> None:
    theirs = Passage(PassageKind.FORWARDED, "Their words.", Quote(QuoteOrigin.ATTACHED))
    read = replace(
        message(), media_type=media_type, attachments=(Attachment("", "message/rfc822"),), passages=(theirs,)
    )
    assert verdict(read) == (Forwarded.NO, [f"forward.set-aside.{notice}"])


def test_a_bounce_inside_another_container_is_no_forward() -> None:
    parts = ("text/plain", "message/delivery-status", "message/rfc822")
    read = replace(
        message(), media_type="multipart/mixed", part_types=parts, attachments=(Attachment("", "message/rfc822"),)
    )
    assert verdict(read) == (Forwarded.NO, ["forward.set-aside.bounce"])


@pytest.mark.parametrize("name", ["resent-from", "resent-to", "x-forwarded-to", "x-forwarded-for"])
def test_a_redirect_is_shown_as_the_mail_system_s_doing(name: str) -> None:
    read = replace(message("I cannot come.", "Friday"), headers={name: ("someone@third.example",)})
    outcome, reasons = forwarded(read, POLICY, ThreadContext())
    assert outcome is Forwarded.NO
    assert [reason.rule for reason in reasons] == ["forward.transport"]
    assert "not by the client" in reasons[0].text


def test_what_a_mail_system_forwarded_is_not_the_client_s_forward() -> None:
    read = replace(message(SEPARATED, "FW: Dates"), headers={"auto-submitted": ("auto-forwarded",)})
    assert verdict(read) == (Forwarded.NO, ["forward.transport"])


def test_a_reason_shows_the_words_and_where_they_stand() -> None:
    read = message(f"Look.\n\n{SEPARATED}", "[EXT] Fwd: Dates")
    _, reasons = forwarded(read, POLICY, ThreadContext())
    subject, separator = reasons
    assert read.subject[subject.start : subject.end] == subject.text == "Fwd"
    shown = read.passages[separator.passage].text[separator.start : separator.end]
    assert shown == separator.text
    assert shown.startswith("---- Forwarded message ----\nFrom: Bea Third")
    assert isinstance(separator, Reason)


# ---------------------------------------------------------------- every program and every language


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program["name"])
def test_every_program_s_quote_of_a_third_party_is_seen_and_never_under_a_reply(program: dict[str, str]) -> None:
    body = program["text"].replace("{q}", "Their words.")
    named = program["sender"] or program["opens"] != "attribution"
    for subject in ("", "Something about my week"):
        assert (verdict(message(body, subject))[0] is not Forwarded.NO) is bool(named)
    separated = program["opens"] == "forward separator"
    under_reply = verdict(message(f"Yes.\n\n{body}", "RE: Dates", thread=True))[0]
    assert under_reply is (Forwarded.FORWARD if separated else Forwarded.NO)


def block(language: Language) -> str:
    values = {
        "from": "Bea <bea@third.example>",
        "date": "02.11.2026 10:00",
        "to": "anna@client.example",
        "subject": "x",
    }
    english = lexicon().languages["en"].labels
    return "\n".join(f"{language.labels.get(f, english[f])[0]}: {value}" for f, value in values.items())


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_every_language_s_outlook_block_is_a_reply_or_a_forward_by_its_prefix(language: Language) -> None:
    body = f"Look.\n\n________________________________\n{block(language)}\n\nTheir words."
    for prefix in (*language.subject_forward, *language.subject_ambiguous, "Fwd"):
        assert verdict(message(body, f"{prefix}: Dates"))[0] is Forwarded.FORWARD, prefix
    for prefix in (*language.subject_reply, "Re"):
        assert verdict(message(body, f"{prefix}: Dates", thread=True))[0] is Forwarded.NO, prefix
