"""`python -m bench NAME [--json]`: measure, and print one line for each row."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from bench import append, audit, decode, page, proof, reading, rebuild

_BENCHES = {
    "append": append.measure,
    "audit": audit.measure,
    "decode": decode.measure,
    "page": page.measure,
    "proof": proof.measure,
    "reading": reading.measure,
    "rebuild": rebuild.measure,
}


def main(arguments: list[str] | None = None) -> int:
    """Run one bench and print its rows as they are measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", choices=sorted(_BENCHES))
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args(arguments)
    for row in _BENCHES[options.name]():
        own, other = (
            f"{figure:>9,.0f}" if figure >= 1000 else f"{figure:>9,.2f}" for figure in (row.ours, row.reference)
        )
        figures = f"ours {own}  reference {other} {row.unit}  ratio {row.ratio:.2f}"
        line = json.dumps(asdict(row)) if options.json else f"{row.name:20} {figures}"
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
