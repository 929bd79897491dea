"""The command that records that evidence was given out."""

from __future__ import annotations

from uuid import UUID

from domain.commands.recording import Records, command
from domain.export import Export
from domain.parts import EvidenceScope
from domain.values import Submission


class ExportCommands(Records):
    """Who took evidence of what."""

    @command
    def record_export(
        self,
        export_id: UUID,
        *,
        scope: EvidenceScope,
        size: int,
        count: int,
        digest: str,
        first: int | None,
        last: int | None,
        held: int,
        contents: str,
        made_for: str,
        purpose: str,
        submission: Submission,
    ) -> list[Export]:
        """Record an evidence file before it is given out. Nothing is loaded: `export_id` is new and random."""
        export = Export(export_id)
        export.record(
            submission,
            scope=scope,
            size=size,
            count=count,
            digest=digest,
            first=first,
            last=last,
            held=held,
            contents=contents,
            made_for=made_for,
            purpose=purpose,
        )
        return [export]
