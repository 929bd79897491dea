"""A witness behind HTTP: several asking at once, killed at any moment, sent anything."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from random import Random

import pytest

from ledger import note
from ledger.cosignature import check_cosignature
from ledger.witness_request import LARGEST, SIZE_TYPE
from tests.ledger.small_log import SmallLog
from tests.ledger.witnesses import ROOT, a_log, a_witness, post, request, served, started

LOG = a_log(60)
KEY = LOG.signer.verifier
BRANCHES = [LOG, *(a_log(60, forked_at=at) for at in (1, 9, 30))]


def test_a_cosignature_is_answered_over_http(tmp_path: Path) -> None:
    witness = a_witness(tmp_path / "w", KEY)
    with served(witness) as port:
        status, kind, body = post(port, request(LOG, 0))
        assert (status, kind) == (200, "text/plain; charset=utf-8")
        signed = note.parse_note(LOG.checkpoint() + body)
        assert check_cosignature(signed.text, note.parse_vkey(witness.vkey), signed.signatures[-1].value)
        assert post(port, request(LOG, 5)) == (409, SIZE_TYPE, b"60\n")
        assert post(port, request(LOG, 0), "/another")[0] == 404
        assert post(port, b"x" * (LARGEST + 1))[0] == 400


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST /add-checkpoint HTTP/1.1\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 1e3\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 99999999999999\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 0\r\n\r\nGET", 400),
        (b"GET /add-checkpoint HTTP/1.1\r\n\r\n", 404),
        (b"BREW /add-checkpoint HTTP/1.1\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"POST " + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 400),
        (b"POST /add-checkpoint HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n", 400),
    ],
)
def test_what_is_hardly_http_is_answered_too(tmp_path: Path, sent: bytes, status: int) -> None:
    with served(a_witness(tmp_path / "w", KEY)) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(sent)
            assert connection.recv(4096).startswith(f"HTTP/1.1 {status} ".encode())
        assert post(port, request(LOG, 0))[0] == 200


@pytest.mark.parametrize("sent", [b"P", b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9999\r\n\r\n"])
def test_who_sends_a_byte_now_and_then_keeps_nobody_out_for_ever(tmp_path: Path, sent: bytes) -> None:
    with served(a_witness(tmp_path / "w", KEY), longest=1) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=0.05) as connection:
            connection.sendall(sent)
            assert any(ended(connection) for _ in range(400))
        assert post(port, request(LOG, 0))[0] == 200


def ended(connection: socket.socket) -> bool:
    """Send one more byte, and see whether the other side still listens; an answer counts as not."""
    try:
        connection.sendall(b"x")
        connection.recv(4096)
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def chance(seed: int) -> Random:
    """The same moments and sizes each time."""
    return Random(seed)  # noqa: S311 - not secrets


def cosigned(port: int, log: SmallLog, random: Random) -> list[tuple[int, bytes]]:
    """Push one branch on by steps of any size until refused or cut off; return what was cosigned, as (size, root)."""
    signed: list[tuple[int, bytes]] = []
    at = 0
    try:
        while at < len(log.entries):
            size = min(at + random.randint(1, 9), len(log.entries))
            status, _, body = post(port, request(log, at, size))
            if status == 200:
                signed.append((size, log.checkpoint(size)))
                at = size
            elif status == 409 and at < int(body) <= len(log.entries):
                at = int(body)
            else:
                break
    except (OSError, HTTPException):
        pass  # killed: what was answered before counts
    return signed


def of_one_history(signed: list[tuple[int, bytes]]) -> bool:
    """Whether one branch has all of these checkpoints."""
    return any(all(log.checkpoint(size) == each for size, each in signed) for log in BRANCHES)


def test_branches_pushed_at_once_leave_one_history_cosigned(tmp_path: Path) -> None:
    for run in range(4):
        with served(a_witness(tmp_path / f"w{run}", KEY)) as port, ThreadPoolExecutor(8) as pool:
            jobs = [pool.submit(cosigned, port, log, chance(seed)) for seed in (1, 2) for log in BRANCHES]
            signed = [one for job in jobs for one in job.result()]
        assert signed
        assert of_one_history(signed)


def test_a_witness_killed_again_and_again_cosigns_one_history(tmp_path: Path) -> None:
    policy, random, signed = tmp_path / "policy.txt", chance(4), list[tuple[int, bytes]]()
    policy.write_bytes(LOG.policy)
    for turn in range(6):
        with started(tmp_path / "w", policy, "--name", "w.example/1") as (process, port), ThreadPoolExecutor(4) as pool:
            branches = random.sample(BRANCHES, len(BRANCHES))
            jobs = [pool.submit(cosigned, port, log, chance(turn)) for log in branches]
            time.sleep(random.uniform(0, 0.15))
            process.kill()
            signed += [one for job in jobs for one in job.result()]
    assert signed
    assert of_one_history(signed)


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and errors of `python -m ledger witness` where it cannot start."""
    command = [sys.executable, "-m", "ledger", "witness", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    return ended.returncode, ended.stderr


def test_a_witness_that_cannot_start_says_why_in_a_line(tmp_path: Path) -> None:
    policy, folder = tmp_path / "policy.txt", tmp_path / "w"
    policy.write_bytes(LOG.policy)
    for arguments, says in (
        (("--data", str(folder), "--follow", str(policy)), "give --name"),
        (("--data", str(folder), "--follow", str(tmp_path / "none")), "cannot be used"),
        (("--data", str(folder), "--follow", str(policy), "--name", "a+b"), "cannot name a key"),
        (("--data", str(tmp_path), "--follow", str(policy)), "memory.db is missing"),
    ):
        code, said = run(*arguments)
        assert (code, said.count("\n")) == (2, 1)
        assert says in said
