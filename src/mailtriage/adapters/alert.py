"""The alert command: an argv from the configuration, given one line that names nobody."""

from __future__ import annotations

import subprocess

from mailtriage.errors import UnavailableError

PLACEHOLDER = "{message}"
TIMEOUT_SECONDS = 20


def alert(command: tuple[str, ...], line: str) -> None:
    """Run the command with the line in place of "{message}" in its words, and on its standard input.

    Raises:
        UnavailableError: if the command is missing, fails, or takes longer than `TIMEOUT_SECONDS`.
    """
    argv = [word.replace(PLACEHOLDER, line) for word in command]
    hint = f"Try [alert] command by hand: {command[0]}"
    try:
        subprocess.run(  # noqa: S603 - an argv without a shell, from the user's own configuration
            argv,
            input=line + "\n",
            text=True,
            check=True,
            timeout=TIMEOUT_SECONDS,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise UnavailableError(f"the alert command could not be started: {error.strerror}", hint) from error
    except subprocess.CalledProcessError as error:
        raise UnavailableError(f"the alert command failed with status {error.returncode}", hint) from error
    except subprocess.TimeoutExpired as error:
        raise UnavailableError(f"the alert command took over {TIMEOUT_SECONDS} s", hint) from error
