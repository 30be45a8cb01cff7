from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from mailtriage.adapters.secrets import read_secret
from mailtriage.config import Credentials
from mailtriage.config.secret import Secret
from mailtriage.errors import ConfigError, MailtriageError, PermissionProblemError, TemporaryError

if TYPE_CHECKING:
    from pathlib import Path

USERNAME = "me@practice.example"
SECRET = "hunter2-pässword"


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def password_by(code: str) -> Credentials:
    return Credentials(password_command=python(code))


def password_file(folder: Path, content: bytes = SECRET.encode(), mode: int = 0o600) -> Credentials:
    path = folder / "password"
    path.write_bytes(content)
    path.chmod(mode)
    return Credentials(password_file=path)


def test_the_password_is_the_first_line_that_the_command_prints() -> None:
    credentials = password_by(f"import sys; sys.stdout.buffer.write({SECRET.encode()!r} + b'\\r\\nusername: x\\n')")
    assert read_secret(credentials, USERNAME) == Secret("password", SECRET)


def test_spaces_within_and_around_a_password_are_its_own() -> None:
    assert read_secret(password_by("print('  two words ')"), USERNAME).value == "  two words "


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_a_token_command_gives_a_token_of_its_mechanism(mechanism: str) -> None:
    credentials = Credentials(token_command=python("print('ya29.token')"), token_mechanism=mechanism)  # type: ignore[arg-type]
    assert read_secret(credentials, USERNAME) == Secret(mechanism, "ya29.token")  # type: ignore[arg-type]


def test_a_secret_does_not_show_itself() -> None:
    assert SECRET not in repr(Secret("password", SECRET))
    assert SECRET not in str(Secret("password", SECRET))


def test_the_command_is_not_given_to_a_shell(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    credentials = Credentials(password_command=(*python("import sys; print(sys.argv[1])"), f"$(touch {witness}); x"))
    assert read_secret(credentials, USERNAME).value == f"$(touch {witness}); x"
    assert not witness.exists()


def test_the_command_has_no_terminal_and_nothing_to_read() -> None:
    code = (
        "import os, sys\n"
        "try: os.open('/dev/tty', os.O_RDWR); print('tty')\n"
        "except OSError: print('alone', repr(sys.stdin.read()))"
    )
    assert read_secret(password_by(code), USERNAME).value == "alone ''"


def test_a_command_that_waits_is_ended_with_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pids)!r}, 'w').write(str(child.pid)); time.sleep(60)"
    )
    with pytest.raises(TemporaryError, match="no answer within"):
        read_secret(password_by(code), USERNAME, timeout_seconds=2)
    child = int(pids.read_text())
    assert comes_to_its_end(child)


def comes_to_its_end(pid: int) -> bool:
    """True once the process has ended; a signal is sent in an instant, and takes its time on a busy machine."""
    for _ in range(500):
        if is_ended(pid):
            return True
        time.sleep(0.02)
    return False


def is_ended(pid: int) -> bool:
    """True once the process is gone, or a zombie that nobody has fetched yet."""
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as status:  # noqa: PTH123 - not a path of ours
            return status.read().rsplit(")", 1)[1].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


@pytest.mark.parametrize(
    ("credentials", "problem"),
    [
        (Credentials(), ConfigError),
        (Credentials(password_command=("/nowhere/pass",)), ConfigError),
        (Credentials(password_command=("a\0b",)), ConfigError),
        (password_by("import sys; print('hunter2-line'); sys.exit(3)"), TemporaryError),
        (password_by("print()"), ConfigError),
        (password_by("pass"), ConfigError),
        (password_by("import sys; sys.stdout.buffer.write(b'hunter2-\\xff\\n')"), ConfigError),
        (password_by("import sys; print('hunter2-asked', file=sys.stderr); sys.exit(1)"), TemporaryError),
    ],
)
def test_a_command_that_gives_no_password_is_explained_without_what_it_printed(
    credentials: Credentials, problem: type[MailtriageError], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(problem) as caught:
        read_secret(credentials, USERNAME)
    assert caught.value.hint
    assert "hunter2" not in str(caught.getrepr(style="long", chain=True).reprcrash) + str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_password_file_that_only_we_can_read_gives_its_first_line(tmp_path: Path) -> None:
    assert read_secret(password_file(tmp_path, f"{SECRET}\nnote\n".encode()), USERNAME).value == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_password_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(PermissionProblemError, match="can be read by others") as caught:
        read_secret(password_file(tmp_path, mode=mode), USERNAME)
    assert "chmod 600" in caught.value.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_password_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    credentials = password_file(tmp_path)
    assert credentials.password_file
    os.chown(credentials.password_file, 12345, 12345)
    with pytest.raises(PermissionProblemError, match="belongs to somebody else"):
        read_secret(credentials, USERNAME)


def test_a_program_that_is_not_there_is_named_without_its_arguments() -> None:
    with pytest.raises(ConfigError) as told:
        read_secret(Credentials(password_command=("no-such-tool", "hunter2")), USERNAME)
    assert 'there is no program "no-such-tool"' in told.value.message
    assert "hunter2" not in str(told.value)


def test_a_missing_file_a_folder_and_a_pipe_are_no_password_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path / "missing", tmp_path, tmp_path / "pipe"):
        with pytest.raises(ConfigError):
            read_secret(Credentials(password_file=path), USERNAME)
