"""On PostgreSQL the service runs under a role that can neither change nor remove what was entered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from ledger.cosignature import Cosigner
from ledger.datastore import TABLES
from ledger.note import parse_note
from ledger.policy import parse_policy
from ledger.witnessed import Cosignatures
from tests import postgres
from tests.conftest import ROOT
from tests.domain.builders import School
from tests.ledger.authority import Authority, stamping
from tests.ledger.small_log import private_key
from tests.ledger.witnesses import NOON
from tests.web.browsing import RUN_KEY, Browser, Clock
from tests.web.conftest import NOW, PASSPHRASE, Place
from web import founding
from web.application import create_app
from web.bootstrap import open_services
from web.cli import main
from web.config import TSA_ROOTS, TSA_URL, Config

ENTERED = re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", "".join(TABLES))


def as_role(address: str, role: str) -> str:
    """The same database, entered by another."""
    return re.sub(r"//[^/]*/", f"//{role}@/", address)


def granted() -> list[str]:
    """What docs/operating.md says to run: for the entries, and for the keys."""
    guide = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    return re.findall(r"```sql\n(.*?)```", guide, re.DOTALL)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, str]]:
    """A ledger made by its owner and filled by the service; and where its subjects' keys lie."""
    folder = tmp_path_factory.mktemp("restricted") / "ledger"
    with ExitStack() as stack:
        for role in ("ledger_owner", "ledger_service"):
            in_server(f"DROP ROLE IF EXISTS {role}", f"CREATE ROLE {role} LOGIN")
            stack.callback(in_server, f"DROP ROLE {role}")  # after the databases, and all that it owned in them
        entries, keys = (stack.enter_context(postgres.fresh_database()) for _ in range(2))
        for address in (entries, keys):
            with psycopg.connect(address, autocommit=True) as server:
                server.execute(f'ALTER DATABASE "{server.info.dbname}" OWNER TO ledger_owner')
        founding.found(
            folder, founding.demo_origin(), PASSPHRASE, at=NOW, database=as_role(entries, "ledger_owner"),
            subjects=as_role(keys, "ledger_owner"),
        )  # fmt: skip
        for address, statements in zip((entries, keys), granted(), strict=True):
            with psycopg.connect(address, autocommit=True) as server:
                server.execute(statements.encode())
        place, shared = Place(folder, as_role(entries, "ledger_service")), as_role(keys, "ledger_service")
        with closing(open_services(folder, place.database, PASSPHRASE, Clock(NOW), subjects=shared)) as services:
            services.subjects.create(uuid4())
        yield place, shared


def in_server(*statements: str) -> None:
    """Do something that concerns every database of the tests' server."""
    with psycopg.connect(postgres.server(), autocommit=True, options="-c client_min_messages=warning") as server:
        for statement in statements:
            server.execute(statement.encode())


def refused(address: str | None, statement: str) -> bool:
    """Whether the service's role may not do that."""
    with psycopg.connect(str(address), autocommit=True) as server:
        try:
            server.execute(statement.encode())
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


def test_the_service_enters_signs_shows_rebuilds_and_audits_under_its_role(
    served: tuple[Place, str], tmp_path: Path
) -> None:
    place, keys = served
    with closing(open_services(place.folder, place.database, PASSPHRASE, Clock(NOW), subjects=keys)) as services:
        services.checkpointer.start()
        school = School(services.application)
        school.enter("record_school")
        services.checkpointer.publish()
        assert Browser(create_app(services, Config(RUN_KEY)), "inspector").client.get("/whereabouts").status_code == 200
    where = ["--data", str(place.folder), "--database", str(place.database), "--subjects", keys]
    for command in (["audit"], ["rebuild"], ["backup", str(tmp_path / "backup")]):
        assert main([*command, *where]) == 0


def test_what_witnesses_and_an_authority_say_is_kept_under_its_role(
    served: tuple[Place, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, keys = served
    witness, authority = Cosigner("own.example", private_key("own")), Authority(tmp_path / "authority")
    with closing(open_services(place.folder, place.database, PASSPHRASE, Clock(NOW), subjects=keys)) as services:
        note = services.checkpointer.publish()
        line = witness.cosign(parse_note(note).text, NOON)
        policy = parse_policy(f"log {services.keys.vkey}\nwitness own {witness.vkey}\nquorum own\n".encode())
        cosignatures = Cosignatures(services.log, policy)
        cosignatures.add(note, witness.verifier, line.value)
        assert cosignatures.newest() is not None
    (tmp_path / "roots.pem").write_bytes(authority.root)
    monkeypatch.setenv(founding.PASSPHRASE, PASSPHRASE)
    monkeypatch.setenv(TSA_ROOTS, str(tmp_path / "roots.pem"))
    with stamping(authority.answer) as address:
        monkeypatch.setenv(TSA_URL, address)
        where = ["--data", str(place.folder), "--database", str(place.database), "--subjects", keys]
        assert main(["timestamp", *where]) == 0


def test_a_right_that_was_not_granted_is_told_with_where_it_is_said(
    served: tuple[Place, str], capsys: pytest.CaptureFixture[str]
) -> None:
    place, keys = served
    with postgres.fresh_database() as bare:
        with psycopg.connect(bare, autocommit=True) as server:
            server.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        where = ["--data", str(place.folder), "--database", as_role(bare, "ledger_service"), "--subjects", keys]
        assert main(["audit", *where]) == 1
    told = capsys.readouterr().err
    assert told.startswith("A database of this ledger cannot be used: no schema has been selected")
    assert "“On PostgreSQL” in docs/operating.md" in told
    assert told.count("\n") == 2


@pytest.mark.parametrize("table", ENTERED)
@pytest.mark.parametrize("attack", ["DELETE FROM", "TRUNCATE", "DROP TABLE"])
def test_the_service_s_role_cannot_remove_what_was_entered(served: tuple[Place, str], table: str, attack: str) -> None:
    assert refused(served[0].database, f"{attack} {table}")


@pytest.mark.parametrize(
    "change",
    [
        "stored_events SET state = state", "stored_events SET signature = ''", "stored_events SET rowid = rowid + 1",
        "payloads SET payload = ''", "attachments SET sealed = ''", "commands SET first = 0", "nodes SET hash = ''",
        "checkpoints SET note = ''", "ledger_head SET one = 1", "tracking SET notification_id = 0",
        "cosignatures SET size = 0", "witnessed SET size = 0", "timestamps SET size = 0",
    ],
)  # fmt: skip
def test_the_service_s_role_cannot_change_what_was_entered(served: tuple[Place, str], change: str) -> None:
    assert refused(served[0].database, f"UPDATE {change}")


@pytest.mark.parametrize(
    "attack", ["DELETE FROM subject_keys", "TRUNCATE subject_keys", "UPDATE subject_keys SET subject = ''"]
)
def test_the_service_s_role_destroys_a_key_only_by_leaving_a_tombstone(served: tuple[Place, str], attack: str) -> None:
    assert refused(served[1], attack)
    with psycopg.connect(served[1], autocommit=True) as server, pytest.raises(psycopg.errors.CheckViolation):
        server.execute("UPDATE subject_keys SET wrapped_key = NULL")
