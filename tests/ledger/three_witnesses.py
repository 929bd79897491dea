"""A ledger's three witnesses, real ones behind HTTP, any of which may be taken away or replaced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from ledger import note
from ledger.policy import Policy, parse_policy
from ledger.witness import Witness
from ledger.witnessed import Cosignatures
from ledger.witnessing import Witnessing
from tests.ledger.ledgers import Ledger, Ruled
from tests.ledger.witnesses import Clock, a_witness, served


@dataclass
class Three:
    """A ledger's three witnesses, of which two are the quorum; each may be taken away or replaced."""

    ledger: Ledger
    folder: Path
    clock: Clock = field(default_factory=Clock)
    lines: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The policy's names for them."""
        return ("w1", "w2", "w3")

    def witness(self, name: str) -> Witness:
        """One of them, as it is on the disk."""
        verifier = note.parse_vkey(self.ledger.keys.vkey)
        return a_witness(self.folder / name, verifier, name=f"{name}.example", clock=self.clock)

    @contextmanager
    def up(self, **instead: Witness) -> Iterator[Witnessing]:
        """All three listening, or others in their places, and the ledger's own side of it."""
        with ExitStack() as stack:
            for name in self.names:
                witness = instead.get(name) or self.witness(name)
                port = stack.enter_context(served(witness))
                self.lines[name] = f"witness {name} {witness.vkey} http://127.0.0.1:{port}/"
            yield Witnessing(self.ledger.log, Cosignatures(self.ledger.log, self.policy()), self.clock, every=0.02)

    def policy(self) -> Policy:
        """Two of the three."""
        log = f"log {self.ledger.keys.vkey}"
        return parse_policy("\n".join([log, *self.lines.values(), "group g 2 w1 w2 w3", "quorum g", ""]).encode())

    def record(self) -> bytes:
        """One entry more, and the checkpoint over it."""
        ruling = Ruled(originator_id=uuid4(), originator_version=1, recorded_at=self.ledger.now(), what="demo")
        self.ledger.append(ruling)
        return self.ledger.checkpointer().publish()
