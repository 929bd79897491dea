"""The read database: its connections, and the two sets of tables (live, and one being built beside it).

It holds nothing that the log does not: whoever alters it can mislead a page until the next rebuild, never the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from time import sleep
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, String, Table, delete, inspect
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateSchema, CreateTable
from sqlalchemy.sql import quoted_name

from projections.engines import SCHEMA, Purpose, is_held_up, is_out_of_reach, open_engine

_PAUSE = 0.5
"""For how many seconds pages go on undisturbed before a swap tries again."""

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


class ReadDatabaseUnreachable(Exception):
    """The server that has the read models does not answer, or broke off."""


class ReadDatabase:
    """A read database on SQLite or PostgreSQL; made when first caught up, and at any time from nothing."""

    def __init__(self, address: str) -> None:
        """Open it, such as `sqlite:////var/lib/ledger/read.sqlite` or `postgresql://reader@host/ledger`."""
        self._engine = open_engine(address)
        with self._beginning(Purpose.MAKE) as connection:
            if connection.dialect.name == "postgresql" and not connection.dialect.has_schema(connection, SCHEMA):
                connection.execute(CreateSchema(SCHEMA))
            _bookkeeping.create_all(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot for all the questions of a page; hand what it yields to the queries."""
        with self._beginning(Purpose.READ, asked={}) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that holds the right to write from its first statement."""
        with self._beginning(Purpose.WRITE) as connection:
            yield connection

    @contextmanager
    def swapping(self) -> Iterator[Connection]:
        """One transaction in which no page is being read, so that tables may be exchanged under their names.

        On PostgreSQL it gives way to a page that takes long, an import's above all, and tries again until it may.
        """
        with ExitStack() as stack:
            while True:
                try:
                    connection = stack.enter_context(self._beginning(Purpose.SWAP))
                except OperationalError as error:
                    if not is_held_up(error.orig):
                        raise
                    sleep(_PAUSE)
                else:
                    break
            yield connection

    @contextmanager
    def _beginning(self, purpose: Purpose, **options: Any) -> Iterator[Connection]:
        try:
            connected = self._engine.connect().execution_options(purpose=purpose, **options)
            with connected as connection, connection.begin():
                yield connection
        except OperationalError as error:
            if is_out_of_reach(error.orig):
                raise ReadDatabaseUnreachable("What the pages read cannot be reached just now.") from error
            raise

    def forget(self) -> None:
        """Have the next worker build every row anew, as where another log is read from now on."""
        with self.writing() as connection:
            connection.execute(delete(STATE))

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


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
