"""What can stop a run. Each class carries the exit status that sysexits.h names for it."""

from typing import ClassVar

EX_USAGE = 64
EX_DATAERR = 65
EX_UNAVAILABLE = 69
EX_SOFTWARE = 70
EX_IOERR = 74
EX_TEMPFAIL = 75
EX_NOPERM = 77
EX_CONFIG = 78


class MailtriageError(Exception):
    """A reason to stop, in one sentence, with what to do about it.

    Neither text may hold a password, a token or anything from a mail.
    """

    EXIT_STATUS: ClassVar[int] = EX_SOFTWARE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class UsageError(MailtriageError):
    """The command's words do not fit: an unknown number, client, or time."""

    EXIT_STATUS = EX_USAGE


class DataError(MailtriageError):
    """A file that the user handed over cannot be used: a CSV, a rules file."""

    EXIT_STATUS = EX_DATAERR


class ConfigError(MailtriageError):
    """The configuration, or something it names, is wrong; trying again will not help."""

    EXIT_STATUS = EX_CONFIG


class PermissionProblemError(MailtriageError):
    """A login was refused, or a file has the wrong permissions."""

    EXIT_STATUS = EX_NOPERM


class TemporaryError(MailtriageError):
    """The network, the server or a lock: the next run may succeed."""

    EXIT_STATUS = EX_TEMPFAIL


class ThrottledError(TemporaryError):
    """The server asks to be left alone for so many seconds."""

    def __init__(self, message: str, hint: str, wait_seconds: int) -> None:
        super().__init__(message, hint)
        self.wait_seconds = wait_seconds


class DeadlineError(TemporaryError):
    """The run's time is over, wherever it was."""


class StorageError(MailtriageError):
    """A file could not be read or written: disk full, damaged, read-only."""

    EXIT_STATUS = EX_IOERR


class UnavailableError(MailtriageError):
    """Something mailtriage needs is not there: a library, a program."""

    EXIT_STATUS = EX_UNAVAILABLE
