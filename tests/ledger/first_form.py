"""Evidence files of the first form, as they were written until there were reports: they must verify for ever."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from ledger import strict_json
from ledger.bundle import Item
from ledger.scope import EntryScope, PlacementScope
from ledger.stored_zip import Writer


def first_form(origin: str, scope: PlacementScope | EntryScope, checkpoint: bytes, items: Iterable[Item]) -> bytes:
    """The bytes of a file of the first form."""
    out = BytesIO()
    archive = Writer(out)
    archive.add("checkpoint", checkpoint)
    indices = []
    for item in items:
        indices.append(item.index)
        archive.add(f"entries/{item.index:09}.json", item.entry)
        archive.add(f"proofs/{item.index:09}.tlog-proof", item.proof)
        if item.disclosures:
            archive.add(f"disclosures/{item.index:09}.jsonl", b"".join(line + b"\n" for line in item.disclosures))
        for file in item.files:
            archive.add(f"files/{item.index:09}/{file.file_id}{file.ending}", file.read())
    about: dict[str, str | int] = {"kind": "entry", "id": scope.index} if isinstance(scope, EntryScope) else {
        "kind": "placement", "id": str(scope.placement)
    }  # fmt: skip
    manifest = {"format": "placement-ledger-bundle/1", "origin": origin, "scope": about, "entries": indices}
    archive.add("manifest.json", strict_json.encode(manifest))
    archive.close()
    return out.getvalue()
