"""A small log that was exported from: evidence files of today, honest or not, made with the pure formats alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from ledger import body as bodies
from ledger import entry as entries
from ledger import merkle
from ledger import scope as scopes
from ledger.bundle import Cover, Earlier, Item, write_bundle
from ledger.completeness import Chain
from ledger.report import Report
from ledger.scope import EntryScope, Members, PeriodScope, PlacementScope, PupilScope, Scope, Stated, WholeScope
from tests.ledger import rfc6962
from tests.ledger.small_log import HONEST, PLACEMENT, PUPIL, SmallLog, named, two_placements

HELD: dict[Stated, tuple[int, ...]] = {
    PlacementScope(PLACEMENT): HONEST,
    PupilScope(PUPIL): HONEST,
    PeriodScope(
        datetime(2026, 9, 1, 8, 55, 3, tzinfo=UTC), datetime(2026, 9, 1, 8, 55, 8, tzinfo=UTC)
    ): (0, 3, 4, 5, 6, 7),
    WholeScope(): tuple(range(10)),
}  # fmt: skip
"""What the file of each scope of `two_placements` holds."""
SCOPES: tuple[Stated, ...] = tuple(HELD)


@dataclass
class Exported:
    """A log whose last entry states an export of what came before."""

    scope: Stated
    log: SmallLog = field(default_factory=two_placements)
    held: tuple[int, ...] = ()
    size: int = 10

    def __post_init__(self) -> None:
        """Hold what is honest unless told otherwise."""
        self.held = self.held or HELD[self.scope]

    @property
    def export(self) -> int:
        """The leaf index of the export's entry."""
        return len(self.log.entries) - 1

    def state(self, **changes: Any) -> Exported:
        """Append the export's entry, true but for what is changed."""
        owed, held = Chain(), Chain()
        members = Members(self.scope)
        for index in range(self.size):
            if members.owes(bodies.decode(entries.parse(self.log.entries[index]).body)):
                owed.add(index, self.log.leaf(index))
        for index in self.held:
            held.add(index, self.log.leaf(index))
        facts = {
            "scope": scopes.spell(self.scope),
            "size": self.size,
            "count": owed.count,
            "digest": owed.digest.hex(),
            "first": owed.first,
            "last": owed.last,
            "held": held.count,
            "contents": held.digest.hex(),
        }
        who = str(named("officer"))
        asked = {"made_for": "An inspector DEMO", "purpose": "The inspection of September"}
        values = {"stream": str(named("export")), "topic": "evidence.exported", "subject": who}
        self.log.append(personal={"export": asked}, facts={**facts, **changes}, **values)
        return self

    def item(self, index: int) -> Item:
        """An entry as a file holds it, wholly disclosed."""
        return self.log.item(index)

    def items(self) -> list[Item]:
        """What an honest file holds."""
        return [self.item(index) for index in (*self.held, self.export)]

    def earlier(self, size: int = 5) -> Earlier:
        """An earlier checkpoint with its proof."""
        hashes = tuple(rfc6962.proof(size, self.log.entries))
        merkle.check_consistency(
            *(size, rfc6962.root(self.log.entries[:size]), len(self.log.entries), rfc6962.root(self.log.entries)),
            hashes,
        )
        return Earlier(size, self.log.checkpoint(size), hashes)

    def file(
        self,
        items: Sequence[Item] | None = None,
        *,
        scope: Scope | None = None,
        earlier: tuple[Earlier, ...] | None = None,
        report: Callable[[bytes], bytes] = lambda page: page,
        version: int = 1,
    ) -> bytes:
        """The bytes of an evidence file; each part is the honest one unless it is given."""
        held = self.items() if items is None else items
        points = (self.earlier(),) if earlier is None else earlier
        cover = Cover(self.log.origin, scope or self.scope, self.log.checkpoint(), points, version)
        page = Report(cover.origin, cover.scope)
        for item in held:
            page.add(item)
        out = BytesIO()
        parts = {"readme": b"Read me", "program": b"a program"}
        write_bundle(out, cover, held, report=lambda: report(page.html()), **parts)
        return out.getvalue()

    def without(self, *indices: int) -> bytes:
        """The file with some entries left out."""
        return self.file([item for item in self.items() if item.index not in indices])


def an_entry(index: int) -> bytes:
    """The file of one entry."""
    exported = Exported(WholeScope())
    return exported.file([exported.log.item(each) for each in sorted({0, index})], scope=EntryScope(index), earlier=())
