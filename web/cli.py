"""The commands of `python3 web`, in plain sentences; they exit 0 (done), 1 (refused or failed) or 2 (wrong usage)."""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from eventsourcing.persistence import PersistenceError
from sqlalchemy.exc import SQLAlchemyError

from domain.errors import DomainError
from ledger.errors import LedgerError
from projections.database import ReadDatabaseUnreachable
from web.commands import (
    checking,
    digesting,
    evidence,
    founding,
    keeping,
    keeping_keys,
    looking_up,
    registering,
    serving,
    sheets,
    stamping,
    transcribing,
)
from web.commands.speaking import Failed
from web.demo.plan import WHOLE
from web.founding import SERVERS, on_server
from web.restore import REPLACEABLE

DEMO = Path(".data") / "demo"
PORT = 8000
LISTEN = "127.0.0.1"
_FILE_ADVICE = "If it is read.sqlite, rebuild makes it again; else put the newest back and run audit."
_SERVER_ADVICE = "What the service's role must be allowed to do is under “On PostgreSQL” in docs/operating.md."


def main(argv: Sequence[str]) -> int:
    """Run one command; no command means `serve`."""
    options = _parser().parse_args(_with_default(argv))
    os.umask(0o077)  # whatever is written here is for the account that runs it
    try:
        return int(options.run(options))
    except (Failed, LedgerError, DomainError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except (PersistenceError, SQLAlchemyError, ReadDatabaseUnreachable, sqlite3.Error) as failure:
        print(f"A database of this ledger cannot be used: {_first_line(failure)}", file=sys.stderr)
        print(_SERVER_ADVICE if on_server(options.database) else _FILE_ADVICE, file=sys.stderr)
        return 1
    except UnicodeError as failure:
        print(f"A file of this ledger is damaged: {failure}", file=sys.stderr)
        return 1
    except OSError as failure:
        print(f"{failure.filename or 'A file'} cannot be read or written: {failure.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 1


def _first_line(failure: Exception) -> str:
    """What the database itself said, without the statement it was asked."""
    said = str(getattr(failure, "orig", None) or failure)
    return next(iter(said.splitlines()), type(failure).__name__)


def _with_default(argv: Sequence[str]) -> Sequence[str]:
    """`serve` may be left out: also before its own options."""
    if not argv or (argv[0].startswith("-") and argv[0] not in {"-h", "--help"}):
        return ["serve", *argv]
    return argv


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 web",
        description="Placement Ledger: a signed record of alternative provision. With no command it serves the demo.",
        epilog="More: python3 web COMMAND --help. To check an evidence file offline: python3 -m ledger verify --help",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    serve = _command(commands, "serve", serving.serve, "serve the pages; makes a demo first where there is none")
    serve.add_argument("--port", type=_port, default=PORT, help=f"the first port to try (default {PORT})")
    serve.add_argument(
        "--listen",
        default=LISTEN,
        metavar="ADDRESS",
        help=f"where to listen (default {LISTEN}, which is this machine only)",
    )
    init = _command(commands, "init", founding.init, "make an empty ledger and its keys", data=None)
    init.add_argument("--origin", required=True, help="the ledger's name for ever, such as ledger.school.example/ap")
    init.add_argument(
        "--continues", type=Path, metavar="FOLDER", help="a ledger that had to stop; this goes on from it"
    )
    init.add_argument("--token", action="store_true", help="make the keys that sign on the token that is set")
    demo = _command(commands, "demo", founding.demo, "make the demo: a fictional school group and a term of registers")
    demo.add_argument("--pupils", type=_count, default=WHOLE.pupils, help=f"how many (default {WHOLE.pupils})")
    demo.add_argument("--days", type=_count, default=WHOLE.days, help=f"of registers (default {WHOLE.days})")
    _add_import(commands)
    _add_placements(commands)
    _add_gias(commands)
    sheet = _command(commands, "print-sheet", sheets.print_sheet, "write the register of a day as sheets for an outage")
    sheet.add_argument("--day", type=_date, help="the day, 2026-11-25 (default: the next school day)")
    sheet.add_argument("file", type=Path, help="where to write it, in HTML; never over another file")
    _command(commands, "audit", checking.audit, "check every entry, signature and the whole tree")
    _command(commands, "timestamp", stamping.timestamp, "have the record stamped by a time-stamping authority now")
    _command(commands, "rebuild", checking.rebuild, "make what the pages read again from the entries")
    _add_exporting(commands)
    digest = _command(commands, "digest", digesting.digest, "print what needs doing for each role, or send it")
    digest.add_argument("--for", dest="to", metavar="ROLE|EMAIL", help="only this role, or this address")
    digest.add_argument("--send", action="store_true", help="send it to the recipients set; see docs/operating.md")
    digest.add_argument("--again", action="store_true", help="also to those who have had today's")
    _add_keeping(commands)
    check = _command(commands, "check", checking.check, "say whether everything is in order to serve")
    check.add_argument("--port", type=_port, default=PORT, help=f"the port to look at (default {PORT})")
    return parser


def _command(commands, name, run, says, *, data: Path | None = DEMO) -> argparse.ArgumentParser:  # type: ignore[no-untyped-def]  # argparse's own type is private
    command: argparse.ArgumentParser = commands.add_parser(name, help=says, description=f"{says[0].upper()}{says[1:]}.")
    default = f"default {data}" if data else "no default"
    command.add_argument(
        "--data", type=Path, default=data, required=data is None, help=f"the ledger's folder ({default})"
    )
    command.add_argument(
        "--database",
        type=_database,
        metavar="URL",
        help="the entries' database, sqlite:///PATH or postgresql://… (default: in the folder)",
    )
    command.add_argument(
        "--subjects",
        type=_database,
        metavar="URL",
        help="the database of the subjects' keys, likewise, and never the entries' own (default: in the folder)",
    )
    command.add_argument(
        "--checkpoint-lock",
        metavar="URL",
        help="a database of its own, postgresql://…, for what was last signed (default: a file in the folder)",
    )
    command.add_argument("--json", action="store_true", help="print the result as one JSON object")
    command.set_defaults(run=run)
    return command


def _add_import(commands) -> None:  # type: ignore[no-untyped-def]  # argparse's own type is private
    command = _command(commands, "import-register", registering.import_register, "enter a register exported as CSV")
    command.add_argument("file", type=Path, help="CSV in UTF-8; its columns are named in docs/operating.md")
    command.add_argument(
        "--keep-good", action="store_true", help="enter the good rows although others are bad (default: enter none)"
    )


def _add_placements(commands) -> None:  # type: ignore[no-untyped-def]  # argparse's own type is private
    says = "enter placements that are on paper from a CSV file"
    command = _command(commands, "import-placements", transcribing.import_placements, says)
    command.add_argument("file", type=Path, help="its columns are named in docs/operating.md")
    command.add_argument("--school", metavar="NAME", help="whose placements they are, where there are several schools")
    command.add_argument(
        "--keep-good", action="store_true", help="enter the good rows although others are bad (default: enter none)"
    )
    command.add_argument("--day-first", action="store_true", help="the day stands first in dates such as 3/4/2026")
    command.add_argument("--windows-1252", action="store_true", help="the file is a spreadsheet's plain CSV, not UTF-8")


def _add_gias(commands) -> None:  # type: ignore[no-untyped-def]  # argparse's own type is private
    says = "look every provider up in the public extract of Get Information about Schools"
    command = _command(commands, "import-gias", looking_up.import_gias, says)
    command.add_argument("file", type=Path, help="edubasealldataYYYYMMDD.csv as downloaded")
    command.add_argument("--date", type=_date, help="the day of the extract, 2026-11-25 (default: from its name)")
    command.add_argument("--record", nargs="+", default=[], metavar="URN", help="record these as new providers")
    command.add_argument("--dry-run", action="store_true", help="record nothing, and say what would be recorded")


def _add_exporting(commands) -> None:  # type: ignore[no-untyped-def]  # argparse's own type is private
    says = "write the evidence file of a placement, a pupil, a period or the whole record"
    command = _command(commands, "export-bundle", evidence.export_bundle, says)
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--placement", metavar="REFERENCE", help="of one placement, as in its page's address")
    what.add_argument("--pupil", metavar="REFERENCE", help="of one pupil, as in their page's address")
    what.add_argument("--from", dest="first", type=_date, metavar="DAY", help="of what was entered from this day on")
    what.add_argument("--whole", action="store_true", help="of everything there is")
    command.add_argument("--to", dest="last", type=_date, metavar="DAY", help="with --from: up to this day (or today)")
    command.add_argument("--school", metavar="NAME", help="with --from: entered by the people of this school only")
    command.add_argument("--for", dest="made_for", default="", metavar="WHOM", help="who it is for; entered with it")
    command.add_argument("--purpose", default="", metavar="WHY", help="what they need it for; entered with it")
    command.add_argument("file", type=Path, help="where to write it; never over another file")
    says = "write the whole log as tiles (c2sp.org/tlog-tiles), or bring such a folder up to date"
    command = _command(commands, "export-tiles", evidence.export_tiles, says)
    command.add_argument("folder", type=Path, metavar="DIR", help="where it lies: empty, or written by an earlier run")


def _add_keeping(commands) -> None:  # type: ignore[no-untyped-def]  # argparse's own type is private
    backup = _command(commands, "backup", keeping.backup, "write a backup to one file, also while the ledger is served")
    backup.add_argument("file", type=Path, help="where to write it; never over another file")
    put_back = _command(
        commands, "restore", keeping.put_back, "put a backup back, checked before anything is touched", data=None
    )
    put_back.add_argument("file", type=Path, help="a file that backup wrote")
    put_back.add_argument("--lock", type=Path, help="the newest checkpoint.lock, where the folder has none")
    put_back.add_argument(
        "--replace",
        action="append",
        default=[],
        choices=REPLACEABLE,
        help="what in the folder may be put aside; give it once for each (default: nothing)",
    )
    ways = _command(commands, "keys", keeping_keys.run, "list the keys, or change what opens them")
    ways.add_argument("action", choices=list(keeping_keys.ACTIONS), help="what to do with them")
    ways.add_argument("key", nargs="?", help="with revoke: which, as keys list names it")
    ways.add_argument("--entry", action="store_true", help="with rotate: the key that signs entries")
    ways.add_argument("--log", action="store_true", help="with rotate: the key that signs the whole record")
    ways.add_argument("--to-token", action="store_true", help="with rotate: make the new key on the token that is set")
    ways.add_argument("--from-entry", type=int, metavar="N", help="with revoke: the first entry not to be believed")
    ways.add_argument("--reason", default="", help="with revoke and compromise: why; entered for ever, so no names")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written 2026-11-25") from None


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return port


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 200:
        raise argparse.ArgumentTypeError("a number from 1 to 200")
    return count


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", *SERVERS)) or text == "sqlite:///":
        raise argparse.ArgumentTypeError("a database is sqlite:///PATH or postgresql://USER@HOST/NAME")
    return text
