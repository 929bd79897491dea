"""`python -m ledger verify`, `verify-tiles`, `inspect` and `witness`, needing nothing but `cryptography`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger import body as bodies
from ledger import disclosure, verify_tiles
from ledger import entry as entries
from ledger import scope as scopes
from ledger.bundle import Bundle, Item
from ledger.errors import LedgerError, VerificationError
from ledger.report import UNALTERED
from ledger.verify import STEPS, Established, verify

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 where it holds, 1 where it does not, 2 where it could not be run."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "witness":
            from ledger import witness_server  # noqa: PLC0415 - an offline check loads no socket and no database

            return witness_server.run(options)
        if options.command == "verify":
            return _verify(options, as_json=options.json)
        if options.command == "verify-tiles":
            return _verify_tiles(options.file, options.policy, as_json=options.json)
        return _inspect(options.file, as_json=options.json)
    except OSError as error:
        where = f"{error.filename} cannot be used: " if error.filename else ""
        print(f"{where}{error.strerror}.", file=sys.stderr)
        return 2
    except LedgerError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ledger", description="Check evidence offline, or witness.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser("verify", help="check an evidence file, step by step")
    look = commands.add_parser("inspect", help="show what an evidence file says, without checking it")
    whole = commands.add_parser("verify-tiles", help="check a whole log kept as tiles, every entry of it")
    for command, name, says in (
        (check, "FILE", "the evidence file (.zip)"),
        (look, "FILE", "the evidence file (.zip)"),
        (whole, "DIR", "the folder that export-tiles wrote"),
    ):
        command.add_argument("file", type=Path, metavar=name, help=says)
        command.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")
    for command in (check, whole):
        command.add_argument(
            "--policy",
            type=Path,
            required=True,
            metavar="POLICY",
            help="whom you trust (c2sp.org/tlog-policy); get it from somewhere else than what you check",
        )
    check.add_argument(
        "--timestamp-roots", type=Path, metavar="PEM", help="root certificates of time-stamping authorities you trust"
    )
    check.add_argument(
        "--report", type=Path, metavar="OUT", help="write a report of what was checked as a page (.html) of its own"
    )
    _add_witness(commands.add_parser("witness", help="cosign what other ledgers sign"))
    return parser


def _add_witness(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="the witness's key and memory")
    parser.add_argument("--name", metavar="NAME", help="what a new one is called, such as witness.example/w1")
    parser.add_argument(
        "--follow", type=Path, required=True, metavar="POLICY", help="a policy with a log line for each to cosign for"
    )
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="where to listen (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8077, metavar="N", help="the port (default: %(default)s)")


def _verify(options: argparse.Namespace, *, as_json: bool) -> int:
    passed: list[str] = []

    def tell(number: int, line: str) -> None:
        passed.append(line)
        if not as_json:
            print(f"({number}) {STEPS[number - 1]}: ok. {_printable(line)}", flush=True)

    trusted = options.policy.read_bytes()
    roots = _roots(options.timestamp_roots)
    try:
        with options.file.open("rb") as file:
            shown = verify(file, trusted, tell, roots)
    except VerificationError as error:
        _print_failure(error, passed, "file", as_json=as_json)
        return 1
    if options.report is not None:
        options.report.write_bytes(shown.report)
    if as_json:
        print(json.dumps(_as_json(shown, passed)))
    else:
        print(f"VERIFIED. Recorded between {_instant(shown.first_recorded_at)} and {_instant(shown.last_recorded_at)}.")
        print(UNALTERED)
    return 0


def _verify_tiles(folder: Path, policy: Path, *, as_json: bool) -> int:
    passed: list[str] = []

    def tell(number: int, line: str) -> None:
        passed.append(line)
        if not as_json:
            print(f"({number}) {verify_tiles.STEPS[number - 1]}: ok. {_printable(line)}", flush=True)

    try:
        shown = verify_tiles.verify_tiles(folder, policy.read_bytes(), tell)
    except VerificationError as error:
        _print_failure(error, passed, "folder", as_json=as_json)
        return 1
    checkpoint = shown.trusted.checkpoint
    found = {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()}
    signers = {"witnesses": list(shown.trusted.witnesses), "signed_by": dict(shown.signed_by)}
    verified = f"VERIFIED. All {checkpoint.size:,} entries.\n{UNALTERED}"
    print(json.dumps({"verified": True, "passed": passed, **found, **signers}) if as_json else verified)
    return 0


def _roots(path: Path | None) -> tuple[Certificate, ...]:
    if path is None:
        return ()
    from ledger.timestamp import read_roots  # noqa: PLC0415 - brings sockets along, which a check without has no use for

    return read_roots(path.read_bytes())


def _print_failure(error: VerificationError, passed: list[str], what: str, *, as_json: bool) -> None:
    if as_json:
        found = {"step": error.step, "entry": error.entry, "reason": str(error)}
        print(json.dumps({"verified": False, "passed": passed, **found}))
        return
    where = "" if error.entry is None else f" Entry {error.entry}:"
    print(f"({len(passed) + 1}) {error.step}: FAILED.{where} {_printable(str(error))}")
    print(f"NOT VERIFIED. Do not rely on this {what}.")


def _as_json(shown: Established, passed: list[str]) -> dict[str, Any]:
    checkpoint = shown.trusted.checkpoint
    return {
        "verified": True,
        "passed": passed,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "witnesses": list(shown.trusted.witnesses),
        "scope": scopes.spell(shown.scope),
        "entries": shown.entries,
        "first_recorded_at": shown.first_recorded_at.isoformat(),
        "last_recorded_at": shown.last_recorded_at.isoformat(),
        "signed_by": dict(shown.signed_by),
        "disclosed": shown.disclosed,
        "withheld": shown.withheld,
        "files": shown.files,
        "stated": None if shown.statement is None else shown.statement.count,
        "shows": UNALTERED,
    }


def _inspect(path: Path, *, as_json: bool) -> int:
    try:
        with path.open("rb") as file:
            bundle = Bundle(file)
            shown = [_contents(item) for item in bundle.items()]
    except VerificationError as error:
        print(json.dumps({"checked": False, "reason": str(error)}) if as_json else _printable(str(error)))
        return 1
    if as_json:
        print(
            json.dumps(
                {
                    "checked": False,
                    "origin": bundle.cover.origin,
                    "scope": scopes.spell(bundle.cover.scope),
                    "entries": shown,
                }
            )
        )
        return 0
    print("NOT CHECKED: this is what the file says of itself. Use verify before you rely on it.")
    for line in _lines(shown):
        print(_printable(line))
    return 0


def _contents(item: Item) -> dict[str, Any]:
    body = bodies.decode(entries.parse(item.entry).body)
    disclosed = {each.group: dict(each.fields) for each in map(disclosure.parse, item.disclosures)}
    return {
        "index": item.index,
        "topic": body.topic,
        "recorded_at": body.recorded_at.isoformat(),
        "actor": body.actor,
        "facts": body.facts,
        "disclosed": disclosed,
        "withheld": [group for group in (body.sealed.groups if body.sealed else ()) if group not in disclosed],
    }


def _lines(shown: list[dict[str, Any]]) -> Iterator[str]:
    for each in shown:
        recorded = _instant(datetime.fromisoformat(each["recorded_at"]))
        yield ""
        yield f"Entry {each['index']}: {each['topic']}, recorded {recorded}, by {each['actor']['role']}"
        for part in (each["facts"], *each["disclosed"].values()):
            for name, value in part.items():
                yield f"    {name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        if each["withheld"]:
            yield f"    not disclosed to you: {', '.join(each['withheld'])}"


def _instant(instant: datetime) -> str:
    return f"{instant.day} {instant:%B %Y at %H:%M} UTC"


def _printable(text: str) -> str:
    """Show as escapes what would move the cursor or turn the writing: the text is by whoever made the file."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


if __name__ == "__main__":
    sys.exit(main())
