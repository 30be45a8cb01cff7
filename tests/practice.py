"""An invented practice's fortnight as ledger values, for summaries and screens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mailtriage.ledger import KeptMessage, KeptReason, Location, MailboxHealth, Quarantined, ScanHealth
from mailtriage.model import Automatic, Client, Diary, Emergency, Flag, Forwarded, ReadingTime, Verdict
from mailtriage.summary import LOOK_BACK, Summary, summarise

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
) -> Summary:
    return summarise(messages, ROSTER, quarantined, mailboxes, scan, now=now, zone=ZONE, since=now - LOOK_BACK)


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
