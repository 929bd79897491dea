"""`export-bundle`: writing a placement's evidence file."""

from __future__ import annotations

from argparse import Namespace
from uuid import UUID

from projections.placements import pupil_of
from web import evidence
from web.commands.opening import opened
from web.commands.operating import record_looking
from web.commands.speaking import Failed, say


def export_bundle(options: Namespace) -> int:
    """Write everything recorded of a placement, with its proofs, to a new file."""
    placement_id = _reference(options.placement)
    with opened(options) as services:
        services.catch_up()
        with services.read.reading() as connection:
            pupil_id = pupil_of(connection, placement_id)
        try:
            with options.file.open("xb") as out:
                record_looking(services, "placement_evidence", {pupil_id} if pupil_id else ())
                evidence.write_placement(services, placement_id, out)
        except FileExistsError:
            raise Failed(f"There is already something at {options.file}; it is not written over.") from None
        except OSError as error:
            raise Failed(f"{options.file} cannot be written: {error.strerror}.") from None
        except BaseException:
            options.file.unlink(missing_ok=True)
            raise
    size = options.file.stat().st_size
    say(
        f"Wrote {options.file} ({size:,} bytes). To check it offline, with the policy of whoever checks:\n"
        f"  python3 -m ledger verify {options.file} --policy POLICY",
        {"file": options.file, "bytes": size},
        as_json=options.json,
    )
    return 0


def _reference(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Failed(
            f"{text!r} is not a placement's reference; it stands in the address of the placement's page."
        ) from None
