"""Putting an evidence file together: which entries belong in it, and which of their parts are disclosed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from ledger import body as entry_body
from ledger import disclosure, enrolment
from ledger.body import Body
from ledger.bundle import EntryScope, Item, PlacementScope, Scope, write_bundle
from ledger.checkpoint import Checkpoint
from ledger.log import EntryMissing, Log, StoredLeaf
from ledger.proof import Proof, format_proof
from ledger.stored_zip import Writable
from ledger.subjects import SubjectErased, SubjectKeys

MaySee = Callable[[Body, str], bool]
"""Whether whoever gets the file may see this group of this entry's personal fields."""


@dataclass(frozen=True)
class Evidence:
    """Writes evidence files of one log, under one signed checkpoint."""

    log: Log
    subjects: SubjectKeys
    checkpoint: Checkpoint
    note: bytes

    def write_placement(self, out: Writable, placement: UUID, may_see: MaySee) -> None:
        """Write a placement's entries, the pupil's own, its register, and what its decisions relied on.

        Raises:
            EntryMissing: where there is no such placement in the checkpoint's tree.
        """
        leaves = self._placement(placement)
        self._write(out, PlacementScope(placement), leaves, may_see)

    def write_entry(self, out: Writable, index: int, may_see: MaySee) -> None:
        """Write one entry.

        Raises:
            EntryMissing: where it is not in the checkpoint's tree.
        """
        if not 0 <= index < self.checkpoint.size:
            raise EntryMissing(f"There is no entry {index} yet that could be proved.")
        leaves = {leaf.index: leaf for leaf in (*self._enrolments(), self.log.leaf(index))}
        self._write(out, EntryScope(index), [leaves[each] for each in sorted(leaves)], may_see)

    def _placement(self, placement: UUID) -> Sequence[StoredLeaf]:
        own = list(self._covered(self.log.entries_of([placement])))
        if not own or own[0].subject is None:
            raise EntryMissing(f"There is no placement {placement}.")
        relied_on: dict[UUID, int] = {}
        for leaf in own:
            for stream, version in entry_body.decode(leaf.body).relied_on.items():
                relied_on[stream] = max(version, relied_on.get(stream, 0))
        behind = (leaf for leaf in self.log.entries_of(relied_on) if leaf.version <= relied_on[leaf.stream])
        found = [*own, *self._about_the_pupil(own[0].subject, placement), *self._covered(behind), *self._enrolments()]
        leaves = {leaf.index: leaf for leaf in found}
        return [leaves[index] for index in sorted(leaves)]

    def _about_the_pupil(self, pupil: UUID, placement: UUID) -> Iterator[StoredLeaf]:
        """Yield the pupil's own facts and this placement's marks with what amended them, not other placements'."""
        marks: set[UUID] = set()
        for leaf in self._covered(self.log.entries_about([pupil])):
            if entry_body.decode(leaf.body).facts.get("placement_id") == str(placement):
                marks.add(leaf.stream)
            if leaf.stream == pupil or leaf.stream in marks:
                yield leaf

    def _enrolments(self) -> Iterator[StoredLeaf]:
        return self._covered(self.log.entries_of([enrolment.stream(self.checkpoint.origin)]))

    def _covered(self, leaves: Iterable[StoredLeaf]) -> Iterator[StoredLeaf]:
        return (leaf for leaf in leaves if leaf.index < self.checkpoint.size)

    def _write(self, out: Writable, scope: Scope, leaves: Sequence[StoredLeaf], may_see: MaySee) -> None:
        items = (self._item(leaf, may_see) for leaf in leaves)
        write_bundle(out, self.checkpoint.origin, scope, self.note, items)

    def _item(self, leaf: StoredLeaf, may_see: MaySee) -> Item:
        hashes = tuple(self.log.inclusion_proof(leaf.index, self.checkpoint.size))
        proof = format_proof(Proof(leaf.index, hashes, self.note))
        return Item(leaf.index, leaf.entry, proof, tuple(self._disclosures(leaf, may_see)))

    def _disclosures(self, leaf: StoredLeaf, may_see: MaySee) -> Iterator[bytes]:
        body = entry_body.decode(leaf.body)
        if leaf.payload is None or body.subject is None:
            return
        try:
            key = self.subjects.get(body.subject)
        except SubjectErased:
            return
        associated = disclosure.associated_data(body.origin, body.stream, body.version, body.topic)
        for line in disclosure.unseal(key, associated, leaf.payload):
            if may_see(body, disclosure.parse(line).group):
                yield line
