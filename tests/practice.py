"""An invented practice's fortnight as ledger values, for summaries and screens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mailtriage.billing.proposal import Known, Proposal, proposal
from mailtriage.billing.speeds import Paces
from mailtriage.ledger import KeptMessage, KeptReason, Location, MailboxHealth, Quarantined, ScanHealth
from mailtriage.model import (
    Automatic,
    Client,
    Decision,
    DecisionKind,
    Diary,
    Emergency,
    Flag,
    Forwarded,
    ReadingTime,
    Settlement,
    Verdict,
)
from mailtriage.model.work import Awake, Evidence, TimeKind, Timer
from mailtriage.summary import LOOK_BACK, NO_WORK, Summary, Work, summarise
from timesheet import consent, covering, entries, minutes, pounds, reply, worked

ZONE = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
ROSTER = (
    Client("A.B.", "Alma Birch", ("alma@home.example",), "020 7946 0001", "no voicemail"),
    Client("J.T.", "Jo Tarn", ("jo@home.example",), "07700 900123", "mobile only, evenings"),
    Client("M.K.", "木村 美咲", ("m@home.example",), "07700 900456"),
    Client("R.S.", "Robin Stone", ("jo@home.example",)),
)
LONG = Verdict(long=True, words=1412, reading=ReadingTime(282, 356, 484))
SCAN = ScanHealth(NOW - timedelta(minutes=5), 212, "abc")
HEALTHY = MailboxHealth("practice", NOW - timedelta(minutes=5))


def kept(
    number: int,
    *clients: str,
    hours: float = 30,
    verdict: Verdict | None = None,
    sender: str = "someone@elsewhere.example",
    reasons: tuple[KeptReason, ...] = (),
) -> KeptMessage:
    """A message received `hours` before NOW; from nobody on the roster unless codes are given."""
    received_at = NOW - timedelta(hours=hours)
    return KeptMessage(
        number=number,
        identity=f"{number:064x}",
        message_id=f"{number}@home.example",
        received_at=received_at,
        sent_at=received_at,
        sender=sender,
        clients=clients,
        backlog=False,
        verdict=verdict or Verdict(),
        reasons=reasons,
    )


def answered(message: KeptMessage, hours: float) -> KeptMessage:
    return replace(message, answered_at=NOW - timedelta(hours=hours))


def set_aside(guard: str) -> KeptReason:
    return KeptReason("crisis.intent", Flag.EMERGENCY, "own", guard, Emergency.MENTION)


def summary_of(
    *messages: KeptMessage,
    quarantined: tuple[Quarantined, ...] = (),
    mailboxes: tuple[MailboxHealth, ...] = (HEALTHY,),
    scan: ScanHealth | None = SCAN,
    now: datetime = NOW,
    work: Work = NO_WORK,
) -> Summary:
    since = now - LOOK_BACK
    return summarise(messages, ROSTER, quarantined, mailboxes, scan, now=now, zone=ZONE, since=since, work=work)


def proposed(message: KeptMessage, *, agreed: bool = False, **known: object) -> Proposal:
    """What is proposed for a message at NOW; `agreed` says whether a consent covers it."""
    nothing = Known(message, (), (), None, covering(consent()) if agreed else covering(), Paces())
    return proposal(replace(nothing, **known), NOW)  # type: ignore[arg-type]


def settled(message: KeptMessage, kind: DecisionKind, units: int = 0) -> KeptMessage:
    settlement = Settlement(kind, "A.B.", 680, units, pounds(20) if units else None)
    return replace(message, settlement=Decision(9, message.number, kind, NOW, settlement=settlement))


ORDINARY = (
    kept(41, "A.B.", hours=2.5, verdict=LONG),
    kept(40, "J.T.", hours=20, verdict=Verdict(diary=(Diary.MOVE,))),
    kept(38, "M.K.", hours=52, verdict=Verdict(forwarded=Forwarded.FORWARD)),
    kept(37, "A.B.", hours=70, reasons=(set_aside("negated"),), verdict=Verdict(emergency=Emergency.MENTION)),
    kept(36, "J.T.", hours=98),
    kept(35, hours=121, sender="new.person@elsewhere.example"),
    kept(34, "M.K.", hours=146, verdict=Verdict(not_scanned=("image only",))),
    *(answered(kept(n, "J.T.", "R.S.", hours=330 - n), 2) for n in (20, 21)),
    *(answered(kept(n, "A.B.", hours=330 - n), 3) for n in range(22, 30)),
    *(kept(n, hours=300 - n, verdict=Verdict(automatic=Automatic.BULK)) for n in range(8, 18)),
    *(kept(n, hours=300 - n, verdict=Verdict(automatic=Automatic.LIST)) for n in range(30, 33)),
)
ORDINARY_WORK = Work(proposals={41: proposed(ORDINARY[0])})

CRISIS = kept(
    44,
    "J.T.",
    hours=1,
    verdict=Verdict(emergency=Emergency.CRISIS, long=True, words=1210, reading=ReadingTime(242, 305, 415)),
)
HARD = (
    CRISIS,
    replace(answered(kept(19, "A.B.", hours=400, verdict=Verdict(emergency=Emergency.URGENT)), 300), backlog=True),
    kept(43, hours=3, sender="unknown\u202eexample.moc@x.example", verdict=Verdict(emergency=Emergency.URGENT)),
    kept(45, "J.T.", "R.S.", hours=5, verdict=Verdict(emergency=Emergency.CRISIS, quoted_alarm=True)),
    kept(46, hours=7, sender="mailer-daemon@isp.example", verdict=Verdict(automatic=Automatic.BOUNCE)),
    kept(47, "M.K.", hours=9, verdict=Verdict(forwarded=Forwarded.POSSIBLE, diary=(Diary.CANCEL, Diary.LATE))),
    answered(kept(48, "J.T.", hours=11, verdict=Verdict(forwarded=Forwarded.POSSIBLE, not_scanned=("encrypted",))), 9),
    *(kept(n, "M.K.", hours=n) for n in range(60, 69)),
    *(kept(n, hours=n, sender="[bold]é\x1b[31m@x.example") for n in range(70, 76)),
)
QUARANTINED = (Quarantined(Location("practice", "INBOX", 1, "77"), "its parts could not be told apart", NOW),)
FAILING = MailboxHealth(
    "practice", NOW - timedelta(hours=30), NOW - timedelta(hours=29), "The server refused the password."
)

TIMED = entries(worked(680, NOW - minutes(90)))
MORE_TIMED = entries(*(each.worked for each in TIMED), worked(180, NOW - minutes(30), TimeKind.REPLY))
TYPED = entries(worked(760, NOW - minutes(90), TimeKind.BOTH, Evidence.TYPED))
LAPSED = Decision(5, 52, DecisionKind.CONFIRM, NOW, settlement=Settlement(DecisionKind.CONFIRM))
TIMER = Timer(50, TimeKind.READING, NOW - timedelta(seconds=301), Awake("", 0))
LONG_AGREED = kept(50, "A.B.", hours=3, verdict=LONG)
OVER = replace(answered(kept(51, "J.T.", hours=5), 4), logged_seconds=680)
REOPENED = replace(answered(kept(52, "J.T.", hours=26), 4), logged_seconds=860, is_reopened=True)
OVER_FREE = replace(kept(53, "M.K.", hours=28), logged_seconds=760)
OVER_DIARY = replace(OVER_FREE, number=54, verdict=Verdict(diary=(Diary.MOVE,)))
OVER_SHARED = replace(OVER_FREE, number=55, clients=("J.T.", "R.S."))
LONG_ANSWERED = answered(kept(56, "A.B.", hours=30, verdict=LONG), 20)
UNDER = replace(kept(57, "M.K.", hours=31), logged_seconds=300)
WORKING = (
    *(LONG_AGREED, OVER, REOPENED, OVER_FREE, OVER_DIARY, OVER_SHARED, LONG_ANSWERED, UNDER),
    settled(kept(58, "J.T.", hours=40, verdict=LONG), DecisionKind.SAVE),
    settled(answered(kept(59, "A.B.", hours=41, verdict=LONG), 40), DecisionKind.CONFIRM, units=1),
    settled(answered(kept(60, "A.B.", hours=42, verdict=LONG), 40), DecisionKind.WAIVE),
)
WORK = Work(
    proposals={
        50: proposed(LONG_AGREED, agreed=True),
        51: proposed(OVER, agreed=True, entries=TIMED),
        52: proposed(REOPENED, agreed=True, entries=MORE_TIMED, lapsed=LAPSED, added_seconds=180),
        53: proposed(OVER_FREE, entries=TYPED),
        54: proposed(OVER_DIARY, agreed=True, entries=TYPED),
        55: proposed(OVER_SHARED, entries=TYPED),
        56: proposed(LONG_ANSWERED, replies=(reply(190, sent_at=NOW - timedelta(hours=20)),)),
    },
    timer=TIMER,
)
