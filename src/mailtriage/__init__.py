"""mailtriage: the map of the house.

A therapist's mailbox is polled from cron; what needs a human is shown in a terminal. The flow, and the rooms:

    adapters.imap | adapters.maildir     a mailbox -> RawMessage (headers and text parts; never an attachment)
      -> poll                            one run, top to bottom; owns the order of things and the transaction
      -> mail                            RawMessage -> Message: MIME, HTML, own words / quotes / forwarded text
      -> triage                          Message -> Verdict: flags, each with its reasons
      -> ledger                          what is kept: ids, times, counts, rule ids, decisions; no client's words
      -> billing                         time worked -> units -> settlements -> statements; a human decides every charge
      -> summary                         ledger -> what the therapist should see
      -> adapters.terminal               values -> screen, through one `safe()` boundary

    drafts                               a message and what she wrote -> the draft of an answer; only she sends it
    documents                            statement -> text, CSV, JSON, Xero's import, timedot, HTML
    inspection                           bytes -> Verdict for saved mail; the public Python API
    config                               TOML -> frozen values, every problem at once
    cli                                  argv in, exit status out; the only wiring and the only clock

Direction: each layer imports only what stands below it, and import-linter holds it (see pyproject.toml):
cli > documents > adapters > config > poll, inspection, drafts > summary > mail, triage, billing > ledger > model >
errors, on_demand. `model`, `ledger` and `poll` offer names that are imported when they are asked for (`on_demand`): a
poll that finds nothing new starts without what reads mail.

Invariants:
- Everything outside `adapters` and `cli` is pure: values in, values out; the current time is a parameter.
- Reading a mailbox never changes it (EXAMINE, BODY.PEEK). Flags are set only where `flag_on_server` asks for them, and
  a draft is put there only when she asks. mailtriage never sends mail.
- A damaged mail is data (`Message.defects`), never an exception, and steers towards a human look.
- No flag means nothing: what was not scanned is said to be not scanned, never clean.
- Decisions and time are appended, never overwritten. `_at` is an aware UTC instant, `_on` a local date.
"""

__version__ = "0.1.0"
