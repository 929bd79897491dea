"""The offline check as one file that Python runs, made of its own source: the same source, the same bytes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pkgutil import get_data

from ledger.stored_zip import Writer

README = """This is an evidence file: entries of a record of placements, and what is needed to check that they are
unaltered since they were entered. That does not show that what they say is true.

TO READ IT      Unpack the file and open index.html in a browser. It needs no network and runs nothing.
TO CHECK IT     Keep the file as you received it, FILE.zip. You need

  1. Python 3.11 or newer (python.org), and its package cryptography:    python3 -m pip install cryptography
  2. verify.pyz, which lies here. Who sent you the file could have changed it: where that matters, get the
     program from elsewhere.
  3. policy.txt, a text file with the key of the record. Get it from somebody else than who sent you the file: by
     telephone, from a website, from your own papers. A policy that came with the file is never used.

  Open a command window in this folder, put FILE.zip and policy.txt there, and type

      python3 verify.pyz verify FILE.zip --policy policy.txt --report report.html

  On Windows type py instead of python3. VERIFIED at the end means that every step held, and report.html is then a
  report made of what was checked. NOT VERIFIED names the step that failed: do not rely on the file, and keep it.

WHAT IS HERE    entries/ what was entered · disclosures/ the personal part of it that you may see · proofs/ that each
                entry is in the record · files/ documents, under the number of their entry · checkpoint, checkpoints/
                what the record was signed for, and when · manifest.json what the file is about
"""

_START = b"import sys\n\nfrom ledger.__main__ import main\n\nsys.exit(main())\n"


@cache
def program() -> bytes:
    """Return the archive of `ledger.__main__` and every module of ours that it imports, by name."""
    out = BytesIO()
    archive = Writer(out)
    archive.add("__main__.py", _START)
    for name, source in sorted(_sources().items()):
        archive.add(f"ledger/{name}.py", source)
    archive.close()
    return out.getvalue()


def _sources() -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    waiting = ["__init__", "__main__"]
    while waiting:
        name = waiting.pop()
        if name not in found:
            # Read as the interpreter reads it, so that the program also makes itself again out of its own archive.
            found[name] = get_data("ledger", f"{name}.py") or b""
            waiting.extend(_imported(found[name]))
    return found


def _imported(source: bytes) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "ledger":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("ledger."):
            yield node.module.removeprefix("ledger.")
