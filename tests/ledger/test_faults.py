"""Each file system call of an append and of a signature fails in turn: what was acknowledged is there, all is sound.

The kernel is made to answer EIO or ENOSPC by `strace`, call by call, as Tessera's tests do.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.audit import audit
from tests.ledger.ledgers import Ledger, check_log

ROOT = Path(__file__).resolve().parents[2]
CALLS = (
    *("openat", "write", "writev", "pwrite64", "pwritev", "fsync", "fdatasync", "ftruncate", "fallocate"),
    *("unlink", "unlinkat", "rename", "renameat", "renameat2", "fcntl", "lseek", "pread64", "fchmod", "fchown"),
)
_CALL = re.compile(r"^\d+ +(\w+)\(")


class Appending:
    """The process under test, one fresh process for each outcome."""

    def __init__(self, key_folder: Path, ledger: Ledger) -> None:
        self._log = ledger.folder / "calls"
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "tests.ledger.appending", str(key_folder), str(ledger.folder)]
        self._process = subprocess.Popen([*command, str(theirs.fileno())], cwd=ROOT, pass_fds=[theirs.fileno()])
        theirs.close()
        ours.settimeout(60)
        self._socket, self._said = ours, ours.makefile("r")

    def outcome(self, *inject: str) -> list[str]:
        """Record and sign once under `strace`, with what it is told to inject; return what the process said of both."""
        self._socket.sendall(b"next")
        ready = self._said.readline().split()
        assert ready[0] == "ready"
        traced = ["strace", "-f", "-p", ready[1], "-o", str(self._log), "-e", f"trace={','.join(CALLS)}"]
        tracer = subprocess.Popen([*traced, *inject], stderr=subprocess.PIPE, text=True)
        assert tracer.stderr is not None
        said = tracer.stderr.readline()
        if "attached" not in said:
            tracer.communicate()
            pytest.skip(f"strace may not trace here: {said.strip()}")
        self._socket.sendall(b"go")
        lines = []
        while (line := self._said.readline().strip()) != "ended":
            lines.append(line)
        tracer.communicate()
        return lines

    def calls(self) -> Counter[str]:
        """Which file system calls the last outcome took, and how many of each."""
        return Counter(found[1] for found in map(_CALL.match, self._log.read_text().splitlines()) if found)

    def injected(self) -> bool:
        """Whether a call of the last outcome was made to fail."""
        return "(INJECTED)" in self._log.read_text()

    def close(self) -> None:
        """End the process."""
        self._said.close()
        self._socket.close()
        self._process.wait(60)


@pytest.fixture
def appending(ledger: Ledger, key_folder: Path) -> Iterator[Appending]:
    """The process, on a ledger that has signed once."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    ledger.checkpointer().start()
    started = Appending(key_folder, ledger)
    yield started
    started.close()


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_whichever_call_fails_nothing_acknowledged_is_lost_and_all_is_sound(
    ledger: Ledger, appending: Appending, error: str
) -> None:
    recorded, signed = appending.outcome()
    assert recorded.startswith("ack")
    assert signed == f"signed {ledger.log.size()}"
    calls, failed = appending.calls(), Counter[str]()
    acknowledged: dict[int, str] = {}
    for call, times in calls.items():
        for number in range(1, times + 1):
            said = appending.outcome("-e", f"inject={call}:error={error}:when={number}")
            assert appending.injected(), (call, number)
            assert len(said) == 2, (call, number)  # it lived and told, of both
            outcome, *details = said[0].split()
            if outcome == "ack":
                acknowledged[int(details[0])] = details[1]
            failed[outcome] += 1
            report = audit(ledger.log, ledger.subjects, ledger.checkpointer().locked())
            assert report.finding is None, (call, number, said)

    assert {"fdatasync", "pwrite64"} <= set(calls)
    assert failed["refused"]
    assert {index: ledger.log.leaf(index).leaf_hash.hex() for index in acknowledged} == acknowledged
    ledger.checkpointer().start()
    check_log(ledger)
