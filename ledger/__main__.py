"""`python -m ledger verify FILE --policy POLICY` and `inspect FILE`: offline, needing nothing but `cryptography`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ledger import body as entry_body
from ledger import disclosure
from ledger import entry as entries
from ledger.bundle import read_bundle
from ledger.errors import VerificationError
from ledger.verify import verify

_SAYS = "Unaltered since it was entered. This does not show that it is true."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 where it holds, 1 where the check failed, 2 where it could not be run."""
    options = _parser().parse_args(arguments)
    try:
        outcome: int = options.run(options)
    except OSError as error:
        print(f"{error.filename} cannot be read: {error.strerror}.", file=sys.stderr)
        return 2
    return outcome


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ledger", description="Check an evidence file offline.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("verify", help="check an evidence file, step by step")
    check.add_argument("bundle", type=Path, metavar="FILE")
    check.add_argument(
        "--policy", type=Path, required=True, metavar="POLICY", help="whom you trust (c2sp.org/tlog-policy)"
    )
    check.set_defaults(run=_verify)
    look = commands.add_parser("inspect", help="show what an evidence file says, without checking it")
    look.add_argument("bundle", type=Path, metavar="FILE")
    look.set_defaults(run=_inspect)
    for command in (check, look):
        command.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _verify(options: argparse.Namespace) -> int:
    passed: list[str] = []

    def tell(number: int, line: str) -> None:
        passed.append(line)
        if not options.json:
            print(f"({number}) {line}")

    try:
        with options.bundle.open("rb") as file:
            shown = verify(file, options.policy.read_bytes(), tell)
    except VerificationError as error:
        return _say_failed(error, passed, as_json=options.json)
    times = [each.body.recorded_at for each in shown.entries]
    result = {
        "verified": True,
        "steps": passed,
        "origin": shown.trusted.checkpoint.origin,
        "size": shown.trusted.checkpoint.size,
        "root": shown.trusted.checkpoint.root.hex(),
        "witnesses": list(shown.trusted.witnesses),
        "scope": {"kind": shown.bundle.cover.scope.kind, "id": shown.bundle.cover.scope.id},
        "entries": len(shown.entries),
        "first_recorded_at": min(times).isoformat(),
        "last_recorded_at": max(times).isoformat(),
    }
    if options.json:
        print(json.dumps(result))
    else:
        print(f"Recorded between {result['first_recorded_at']} and {result['last_recorded_at']}.")
        print(f"VERIFIED. {_SAYS}")
    return 0


def _say_failed(error: VerificationError, passed: list[str], *, as_json: bool) -> int:
    if as_json:
        failure = {"verified": False, "steps": passed, "step": error.step, "entry": error.entry, "reason": str(error)}
        print(json.dumps(failure))
    else:
        where = "" if error.entry is None else f" at entry {error.entry}"
        print(f"({len(passed) + 1}) NOT VERIFIED: {error.step}{where}: {error}")
    return 1


def _inspect(options: argparse.Namespace) -> int:
    try:
        with options.bundle.open("rb") as file:
            bundle = read_bundle(file)
        shown = []
        for item in bundle.items:
            body = entry_body.decode(entries.parse(item.entry).body)
            shown.append(
                {
                    "index": item.index,
                    "topic": body.topic,
                    "recorded_at": body.recorded_at.isoformat(),
                    "actor": body.actor,
                    "facts": body.facts,
                    "disclosed": {each.group: each.fields for each in map(disclosure.parse, item.disclosures)},
                }
            )
    except VerificationError as error:
        return _say_failed(error, [], as_json=options.json)
    _show(bundle.cover.scope.kind, bundle.cover.scope.id, shown, as_json=options.json)
    return 0


def _show(kind: str, name: str, shown: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"checked": False, "scope": {"kind": kind, "id": name}, "entries": shown}))
        return
    print(f"{kind} {name}: {len(shown)} entries. NOT CHECKED: use verify for that.")
    for each in shown:
        print(f"\n{each['index']}  {each['topic']}  recorded {each['recorded_at']}  by {each['actor']['role']}")
        for part in (each["facts"], *each["disclosed"].values()):
            for field, value in part.items():
                print(f"    {field}: {json.dumps(value, ensure_ascii=False)}")


if __name__ == "__main__":
    sys.exit(main())
