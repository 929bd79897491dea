"""Evidence files as they were given out, kept byte for byte: they must verify for ever, and say what they said."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.verify import verify
from tests.ledger.small_log import two_placements
from tests.ledger.test_report import corrected

HERE = Path(__file__).resolve().parent


@pytest.mark.parametrize(
    ("name", "entries", "says"),
    [
        ("first-form.zip", 7, {4: "no earlier checkpoint", 10: "cannot be shown", 11: "holds no report"}),
        ("second-form.zip", 9, {4: "1 earlier checkpoint", 10: "holds all 6 entries", 11: "index.html says what"}),
    ],
)
def test_a_file_given_out_before_verifies_still(name: str, entries: int, says: dict[int, str]) -> None:
    told: dict[int, str] = {}
    with (HERE / name).open("rb") as file:
        shown = verify(file, two_placements().policy, told.__setitem__)

    assert shown.entries == entries
    assert all(part in told[number] for number, part in says.items()), told


def test_the_same_entries_give_the_bytes_they_gave_before() -> None:
    """Where this fails because the report changed on purpose, its version must change with it: older files stay."""
    assert corrected().file() == (HERE / "second-form.zip").read_bytes()
