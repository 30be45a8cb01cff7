"""What every ledger must do for a poll: groups of writes, and where it stopped."""

from __future__ import annotations

from dataclasses import replace

from ledgers import CRISIS, HOUR, NOON, Ledger, broken_group, numbers_of, place, received, sent
from mailtriage.ledger import (
    Checkpoint,
    MailboxHealth,
    OpenAlarm,
    Quarantined,
    Quoting,
    ScanHealth,
    SeenChange,
    SeenInterval,
)
from mailtriage.model import Client, DecisionKind, Emergency, Verdict

# ---------------------------------------------------------------- what a poll keeps of its work


def test_known_keys_are_those_received_sent_or_quarantined_in_that_folder(ledger: Ledger) -> None:
    ledger.add_received(received(location=place("1")))
    ledger.add_sent(sent(location=place("2")))
    ledger.add_quarantined(Quarantined(place("3"), "cut short", NOON))
    assert ledger.known_keys("practice", "INBOX", 7, ["1", "2", "3", "4"]) == {"1", "2", "3"}
    assert ledger.known_keys("practice", "INBOX", 8, ["1"]) == frozenset()
    assert ledger.known_keys("practice", "Archive", 7, ["1"]) == frozenset()
    assert ledger.known_keys("other", "INBOX", 7, ["1"]) == frozenset()


def test_words_are_known_that_the_practice_the_sender_or_an_answered_mail_wrote(ledger: Ledger) -> None:
    ledger.add_sent(sent(fingerprints=("ours",)))
    ledger.add_received(received("hers", sender="jo@example.org", fingerprints=("hers", "hers")))
    ledger.add_received(received("answered", sender="mum@example.org", fingerprints=("answered",)))
    ledger.add_received(received("other", sender="mum@example.org", fingerprints=("stranger",)))
    quoting = Quoting("new", "jo@example.org", ("answered@example.org",))
    asked = ["ours", "hers", "answered", "stranger", "new"]
    assert ledger.known_fingerprints(asked, quoting) == {"ours", "hers", "answered"}


def test_words_of_a_mail_without_a_sender_are_nobody_elses_and_not_the_practices(ledger: Ledger) -> None:
    ledger.add_received(received("nameless", sender="", fingerprints=("f1",)))
    assert ledger.known_fingerprints(["f1"], Quoting("new", "mum@example.org", ())) == frozenset()
    assert ledger.known_fingerprints(["f1"], Quoting("other", "", ())) == frozenset()


def test_a_mail_does_not_know_its_own_words(ledger: Ledger) -> None:
    kept = received(sender="jo@example.org", fingerprints=("f1",))
    ledger.add_received(kept)
    assert ledger.known_fingerprints(["f1"], Quoting(kept.identity, "jo@example.org", ())) == frozenset()


def test_a_checkpoint_is_kept_for_each_folder_of_each_mailbox(ledger: Ledger) -> None:
    ledger.save_checkpoint("practice", "INBOX", Checkpoint(7, 100, 2**62))
    ledger.save_checkpoint("practice", "INBOX", Checkpoint(7, 101, 2**62 + 1))
    assert ledger.checkpoint("practice", "INBOX") == Checkpoint(7, 101, 2**62 + 1)
    assert ledger.checkpoint("practice", "Sent") is None
    assert ledger.checkpoint("other", "INBOX") is None


def test_a_failed_transaction_keeps_nothing_of_its_batch(ledger: Ledger) -> None:
    with broken_group(ledger):
        ledger.add_received(received())
        ledger.add_sent(sent())
        ledger.save_checkpoint("practice", "INBOX", Checkpoint(7, 2))
    assert ledger.messages(NOON) == ()
    assert ledger.checkpoint("practice", "INBOX") is None
    assert ledger.known_keys("practice", "Sent", 7, ["s"]) == frozenset()


def test_a_failed_part_of_a_transaction_is_rolled_back_alone(ledger: Ledger) -> None:
    with ledger.transaction():
        number = ledger.add_received(received("a"))
        with broken_group(ledger):
            ledger.add_received(received("b"))
    assert numbers_of(ledger) == [number]


def test_a_rehearsal_can_be_read_inside_and_keeps_nothing(ledger: Ledger) -> None:
    with ledger.rehearsal():
        with ledger.transaction():
            number = ledger.add_received(received(verdict=CRISIS))
        assert [message.number for message in ledger.alarms()] == [number]
    assert ledger.alarms() == ()
    assert ledger.messages(NOON) == ()


def test_quarantine_lists_a_place_once_with_its_latest_problem(ledger: Ledger) -> None:
    ledger.add_quarantined(Quarantined(place("2"), "no body", NOON))
    ledger.add_quarantined(Quarantined(place("1"), "no body", NOON))
    ledger.add_quarantined(Quarantined(place("2"), "too big", NOON + HOUR))
    assert ledger.quarantined() == (
        Quarantined(place("2"), "too big", NOON),
        Quarantined(place("1"), "no body", NOON),
    )


def test_quarantine_knows_with_what_each_place_was_last_tried(ledger: Ledger) -> None:
    before = [Quarantined(place(key), "no body", NOON, "old") for key in "312"]
    for quarantined in (*before, Quarantined(place("9", mailbox="home"), "no body", NOON)):
        ledger.add_quarantined(quarantined)
    assert ledger.quarantined_before("practice", "new", 9) == tuple(before)
    assert ledger.quarantined_before("practice", "new", 2) == tuple(before[:2])
    assert ledger.quarantined_before("practice", "old", 9) == ()
    ledger.tell_quarantined(NOON)
    ledger.add_quarantined(replace(before[0], problem="too big", tried_with="new"))
    assert ledger.quarantined_before("practice", "new", 9) == tuple(before[1:])
    assert ledger.quarantined()[0] == replace(before[0], problem="too big", tried_with="new")
    assert ledger.untold_quarantined_count() == 0
    assert [found.tried_with for found in ledger.quarantined_before("home", "new", 9)] == [""]


def test_she_is_told_of_each_place_in_quarantine_once_and_again_when_it_comes_back(ledger: Ledger) -> None:
    first, second = (Quarantined(place(key), "broken", NOON) for key in ("1", "2"))
    ledger.add_quarantined(first)
    assert ledger.untold_quarantined_count() == 1
    ledger.tell_quarantined(NOON)
    ledger.add_quarantined(first)
    assert ledger.untold_quarantined_count() == 0
    ledger.add_quarantined(second)
    ledger.release_quarantined(first.location)
    ledger.add_quarantined(first)
    assert ledger.untold_quarantined_count() == 2


def test_a_place_leaves_quarantine_when_released_or_kept_after_all(ledger: Ledger) -> None:
    for key in "123":
        ledger.add_quarantined(Quarantined(place(key), "no body", NOON))
    ledger.release_quarantined(place("1"))
    ledger.add_received(received(location=place("2")))
    ledger.add_sent(sent(location=place("3")))
    assert ledger.quarantined() == ()


def test_flags_are_due_folder_by_folder_until_they_are_written(ledger: Ledger) -> None:
    star, both = ("\\Flagged",), ("\\Flagged", "$MailtriageLong")
    places = [place("2"), place("1"), place("1", "Archive")]
    for where in (*places, place("1", mailbox="home")):
        ledger.add_flags_due(where, star)
    ledger.add_flags_due(places[0], both)
    assert ledger.flags_due("practice", 9) == ((places[2], star), (places[1], star), (places[0], both))
    assert ledger.flags_due("practice", 1) == ((places[2], star),)
    ledger.flags_written(places[1:])
    ledger.flags_written([place("nowhere")])
    assert ledger.flags_due("practice", 9) == ((places[0], both),)
    assert ledger.flags_due("home", 9) == ((place("1", mailbox="home"), star),)
    with broken_group(ledger):
        ledger.add_flags_due(place("3"), star)
    assert len(ledger.flags_due("practice", 9)) == 1


def test_the_health_of_a_mailbox_is_replaced(ledger: Ledger) -> None:
    ledger.save_mailbox_health(MailboxHealth("work", NOON))
    ledger.save_mailbox_health(MailboxHealth("home", None, NOON, "no answer"))
    work = MailboxHealth("work", NOON + HOUR, flags_problem="it keeps none", wait_until=NOON + 2 * HOUR)
    ledger.save_mailbox_health(work)
    ledger.tell_failure("home", NOON + HOUR)
    ledger.tell_failure("unknown", NOON + HOUR)
    assert ledger.mailbox_health() == (
        MailboxHealth("home", None, NOON, "no answer", NOON + HOUR),
        work,
    )


def test_the_heartbeat_is_replaced(ledger: Ledger) -> None:
    assert ledger.scan_health() is None
    ledger.save_scan_health(ScanHealth(NOON, 10, "digest"))
    ledger.save_scan_health(ScanHealth(NOON + HOUR, 11, "digest 2", "a rule failed"))
    assert ledger.scan_health() == ScanHealth(NOON + HOUR, 11, "digest 2", "a rule failed")


def test_the_last_time_she_was_told_counts(ledger: Ledger) -> None:
    first, second = (ledger.add_received(received(name, verdict=CRISIS)) for name in "ab")
    assert [alarm.told_at for alarm in ledger.open_alarms()] == [None, None]
    ledger.save_told([first, second], NOON)
    ledger.save_told(iter([first]), NOON + HOUR)
    assert {alarm.number: alarm.told_at for alarm in ledger.open_alarms()} == {first: NOON + HOUR, second: NOON}


def test_open_alarms_tell_of_the_alarms_what_decides_whether_to_ring(ledger: Ledger) -> None:
    urgent = Verdict(emergency=Emergency.URGENT, quoted_alarm=True)
    ledger.add_received(received("a", verdict=CRISIS, received_at=NOON + HOUR))
    ledger.add_received(replace(received("b", verdict=urgent), backlog=True))
    called = ledger.add_received(received("c", verdict=CRISIS))
    ledger.decide(called, DecisionKind.CALLED, NOON)
    assert [alarm.number for alarm in ledger.open_alarms()] == [message.number for message in ledger.alarms()]
    assert ledger.open_alarms() == (
        OpenAlarm(2, is_crisis=False, is_quoted=True, backlog=True, told_at=None),
        OpenAlarm(1, is_crisis=True, is_quoted=False, backlog=False, told_at=None),
    )


# ---------------------------------------------------------------- when mail was read


def test_mail_was_first_read_between_the_last_check_and_this_one(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    ledger.save_mailbox_health(MailboxHealth("practice", NOON + HOUR))
    ledger.add_seen(SeenChange(place("a"), seen=True, noticed_at=NOON + 2 * HOUR))
    assert ledger.seen_interval(number) == SeenInterval(NOON + HOUR, NOON + 2 * HOUR)


def test_mail_first_read_stays_as_first_noticed(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    for seen, hours in ((False, 1), (True, 2), (False, 3), (True, 4)):
        ledger.add_seen(SeenChange(place("a"), seen=seen, noticed_at=NOON + hours * HOUR))
    assert ledger.seen_interval(number) == SeenInterval(NOON, NOON + 2 * HOUR)


def test_mail_that_came_read_was_read_before_this_poll(ledger: Ledger) -> None:
    ledger.save_mailbox_health(MailboxHealth("practice", NOON + HOUR))
    ledger.save_scan_health(ScanHealth(NOON + 2 * HOUR, 1, "digest"))
    number = ledger.add_received(received(seen=True))
    assert ledger.seen_interval(number) == SeenInterval(NOON, NOON + 2 * HOUR)
    assert ledger.open_locations("practice", "INBOX", 7) == ()


def test_a_flag_at_an_unknown_place_is_ignored(ledger: Ledger) -> None:
    ledger.add_sent(sent())
    ledger.add_seen(SeenChange(place("nowhere"), seen=True, noticed_at=NOON))
    ledger.add_seen(SeenChange(place("s", "Sent"), seen=True, noticed_at=NOON))
    assert ledger.open_locations("practice", "Sent", 7) == ()


def test_open_locations_are_the_unread_places_of_that_folder(ledger: Ledger) -> None:
    ledger.save_scan_health(ScanHealth(NOON, 1, "digest"))
    ledger.add_received(received("a"))
    ledger.add_received(received("b"))
    ledger.add_received(received("b", location=place("b", "Archive")))
    ledger.add_received(received("c", seen=True))
    assert ledger.open_locations("practice", "INBOX", 7) == (place("a"), place("b"))
    assert ledger.open_locations("practice", "INBOX", 8) == ()
    ledger.add_seen(SeenChange(place("b", "Archive"), seen=True, noticed_at=NOON))
    assert ledger.open_locations("practice", "INBOX", 7) == (place("a"),)


def test_mail_read_at_one_place_is_not_asked_for_at_a_new_one(ledger: Ledger) -> None:
    ledger.save_scan_health(ScanHealth(NOON, 1, "digest"))
    ledger.add_received(received("a", seen=True))
    ledger.add_received(received("a", location=place("a", "Archive")))
    assert ledger.open_locations("practice", "Archive", 7) == ()


def test_a_new_address_on_the_roster_lets_every_folder_be_looked_at_again(ledger: Ledger) -> None:
    client = Client("A.B.", "", ("jo@example.org",))
    ledger.save_client(client, NOON)
    ledger.save_checkpoint("practice", "Junk", Checkpoint(7, 12))
    ledger.save_client(replace(client, phone="1"), NOON)
    assert ledger.checkpoint("practice", "Junk") == Checkpoint(7, 12)
    ledger.save_client(replace(client, addresses=("jo@example.org", "new@example.org")), NOON)
    assert ledger.checkpoint("practice", "Junk") is None
