"""The read database: its connections, and the two sets of tables (live, and one being built beside it).

It holds nothing that the log does not: whoever alters it can mislead a page until the next rebuild, never the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql import quoted_name

PREFIX = "read_"
"""What the names of live tables start with; whatever else bears it is left of an older version and goes at a swap."""

metadata = MetaData()
"""Every table of every read model, under the names it has when live."""

POSITION = BigInteger().with_variant(Integer, "sqlite")
"""A position as primary key; SQLite then keeps the rows in that order and needs no index for it."""

_bookkeeping = MetaData()

STATE = Table(
    "read_state",
    _bookkeeping,
    Column("slot", String(8), primary_key=True),
    Column("version", String(64), nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
)
"""One row a set of tables: what shape it has, which building of it this is, and up to which entry it is filled."""


class Slot(StrEnum):
    """Which set of tables: the one that queries read, or the one under construction."""

    LIVE = "live"
    BESIDE = "beside"


class ReadDatabase:
    """A read database on SQLite or PostgreSQL; made when first caught up, and at any time from nothing."""

    def __init__(self, url: str) -> None:
        """Open it by an SQLAlchemy address, such as `sqlite:////var/lib/ledger/read.sqlite`."""
        self._engine = create_engine(url)
        if make_url(url).get_backend_name() == "sqlite":
            _prepare_sqlite(self._engine)
        with self.writing() as connection:
            _bookkeeping.create_all(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot for all the questions of a page; hand what it yields to the queries."""
        with self._engine.connect().execution_options(asked={}) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that holds the right to write from its first statement."""
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


# NORMAL may lose the newest transactions with the power, rows and position together: they are read again.
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=60000",
    "cache_size=-65536",
    "wal_autocheckpoint=8000",
)


def _prepare_sqlite(engine: Engine) -> None:
    """Let SQLite wait for its lock at BEGIN: a transaction that first reads and then writes could only fail."""

    @event.listens_for(engine, "connect")
    def _(dbapi_connection, _record) -> None:  # type: ignore[no-untyped-def]  # the driver's own connection
        dbapi_connection.isolation_level = None
        for pragma in _PRAGMAS:
            dbapi_connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def fingerprint(folds: int) -> str:
    """Name the shape of the read models: their tables and the version of the folds that fill them."""
    tables = "\n".join(
        f"{CreateTable(table)}{sorted(str(index.name) for index in table.indexes)}" for table in metadata.sorted_tables
    )
    return sha256(f"{folds}\n{tables}".encode()).hexdigest()


class Tables:
    """The tables of one slot. Those beside have a prefix of their own, and indexes named for their building.

    SQLite cannot rename an index, so an index keeps its building's name when its table becomes live.
    """

    def __init__(self, slot: Slot, generation: int) -> None:
        """Copy the definitions under the names they have in that slot."""
        self._metadata = MetaData()
        prefix = PREFIX if slot is Slot.LIVE else f"{slot.value}_"
        self._tables = {
            table: table.to_metadata(self._metadata, name=prefix + table.name.removeprefix(PREFIX))
            for table in metadata.sorted_tables
        }
        for copy in self._tables.values():
            for index in copy.indexes:
                index.name = quoted_name(f"{index.name}_{generation}", quote=None)

    def __getitem__(self, table: Table) -> Table:
        """The copy of a table that belongs to this slot."""
        return self._tables[table]

    def create(self, connection: Connection) -> None:
        """Make them, empty."""
        self._metadata.drop_all(connection)
        self._metadata.create_all(connection)

    def take_over(self, connection: Connection) -> None:
        """Make them the live tables, in the caller's transaction: a reader sees the old set or the new, never both."""
        quote = connection.dialect.identifier_preparer.quote
        for name in inspect(connection).get_table_names():
            if name.startswith(PREFIX) and name != STATE.name:
                connection.exec_driver_sql(f"DROP TABLE {quote(name)}")
        for live, copy in self._tables.items():
            connection.exec_driver_sql(f"ALTER TABLE {quote(copy.name)} RENAME TO {quote(live.name)}")


@lru_cache(maxsize=4)
def tables(slot: Slot, generation: int) -> Tables:
    """The tables of one building of a slot, defined once so that their statements stay compiled."""
    return Tables(slot, generation)
