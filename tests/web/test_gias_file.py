"""The extract is read whole, in constant memory, or refused with what is wrong; names are told apart."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.web.gias_extract import DAY, establishment, repeated, written
from web.bootstrap import Services
from web.gias_file import date_of
from web.gias_meaning import resembles
from web.import_gias import import_gias
from web.register_file import FileRefused

URN, NAME = "999102", "Fieldgate Motor Project"


@pytest.mark.parametrize("missing", ["URN", "EstablishmentStatus (name)", "CloseDate"])
def test_a_column_that_is_missing_is_named(services: Services, tmp_path: Path, missing: str) -> None:
    with pytest.raises(FileRefused, match=re.escape(f"The extract lacks “{missing}”.")):
        import_gias(written(tmp_path, establishment(URN, NAME), without=(missing,)), DAY, services)


def test_a_file_that_breaks_off_is_refused_before_anything_is_recorded(services: Services, tmp_path: Path) -> None:
    path = written(tmp_path, establishment(URN, NAME))
    whole, before = path.read_bytes(), services.log.size()
    for left in (len(whole) - 60, whole.index(b"and more", len(whole) // 2), 300, 0):
        path.write_bytes(whole[:left])
        with pytest.raises(FileRefused):
            import_gias(path, DAY, services)
    assert services.log.size() == before


def test_another_file_is_not_taken_for_an_extract(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    for content in (b"pupil reference,date\nRH-1,2026-09-09\n", "URN;Name\n".encode("utf-16"), b"PK\x03\x04\0\0"):
        path.write_bytes(content)
        with pytest.raises(FileRefused):
            import_gias(path, DAY, services)


def test_the_day_of_an_extract_is_read_from_the_name_it_is_published_under() -> None:
    assert date_of(Path("edubasealldata20260909.csv")) == DAY
    assert date_of(Path("edubasealldata20261309.csv")) is None
    assert date_of(Path("schools.csv")) is None


@pytest.mark.parametrize(("ours", "theirs", "alike"), [
    ("Rowan Hill School: own provision", "Rowan Hill School", True),
    ("Sallow Lane Academy", "SALLOW LANE ACADEMY (formerly Sallow Lane PRU)", True),
    ("Whitethorn Studio School", "Whitehorn Studio School", True),
    ("St Mary’s School", "St Mark's School", False),
    ("Northbeck College", "Southbeck College", False),
    ("The Academy", "Hill School", False),
])  # fmt: skip
def test_names_are_of_one_provider_where_the_telling_words_agree(ours: str, theirs: str, alike: bool) -> None:
    assert resembles(ours, theirs) is alike


_PEAK = """
import resource, sys
from pathlib import Path
from web.gias_file import read
found = read(Path(sys.argv[1]), {"999102"})
print(found.rows, len(found.found), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for count in (2_000, 200_000):
        path = repeated(written(tmp_path, establishment(URN, NAME)), count)
        told = subprocess.run([sys.executable, "-c", _PEAK, path], cwd=ROOT, capture_output=True, text=True, check=True)
        rows, found, peak = map(int, told.stdout.split())
        assert (rows, found) == (count + 3, 1)
        peaks.append(peak)
    assert peaks[1] < peaks[0] + 4096, f"kilobytes: {peaks}"
