"""c2sp.org/tlog-tiles: where tiles lie and what is in them, and everything that is not one."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import entry, merkle, tiles
from ledger.errors import VerificationError
from ledger.tiles import ENTRIES, WIDTH, Tile
from tests.ledger import rfc6962
from tests.ledger.vectors import path

TILES = st.builds(Tile, st.integers(-1, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))


def names(size: int) -> set[str]:
    """The paths of every tile that a log of this size has."""
    found = set()
    for level in (ENTRIES, *tiles.levels(size)):
        found |= {tiles.format_path(Tile(level, number)) for number in range(tiles.full_tiles(level, size))}
        last = tiles.partial_tile(level, size)
        found |= set() if last is None else {tiles.format_path(last)}
    return found


def test_the_specifications_own_examples() -> None:
    assert tiles.format_path(Tile(0, 1234067)) == "tile/0/x001/x234/067"
    assert tiles.levels(70_000) == range(3)
    assert [tiles.full_tiles(level, 70_000) for level in (0, 1, 2)] == [273, 1, 0]
    assert [tiles.partial_tile(level, 70_000) for level in (0, 1, 2)] == [
        Tile(0, 273, 112),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert names(256) == {"tile/0/000", "tile/entries/000", "tile/1/000.p/1"}
    assert names(0) == set()


@given(TILES)
def test_a_path_is_read_back_as_it_was_written(tile: Tile) -> None:
    assert tile == tiles.parse_path(tiles.format_path(tile))


@pytest.mark.parametrize(
    "path",
    [
        *(
            "tile/0/1",
            "tile/00/001",
            "tile/64/001",
            "tile/-1/001",
            "tile/data/001",
            "tile/0/x000/001",
            "tile/0/001/x002",
        ),
        *("tile/0/x001/2", "tile/0/001.p/0", "tile/0/001.p/256", "tile/0/001.p/01", "tile/0/001.p", "tile/0/٠٠١"),
        *("/tile/0/001", "tile/0/../0/001", "tile/0/001\n", "tile/0/001.p/1/", "tile/8/0/001", ""),
        "tile/0/" + "x999/" * 6 + "999",
    ],
)
def test_a_path_spelt_in_another_way_is_refused(path: str) -> None:
    with pytest.raises(VerificationError):
        tiles.parse_path(path)


@given(st.integers(0, 70_000), st.integers(-1, 3), st.integers(0, 280), st.integers(1, 256))
def test_a_tile_belongs_to_a_log_exactly_where_the_specification_has_it(
    size: int, level: int, number: int, width: int
) -> None:
    below = size >> (8 * max(level, 0))
    held = min(WIDTH, max(0, below - number * WIDTH))

    assert tiles.belongs(Tile(level, number, width), size) == (held == width)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_an_entry_bundle_is_read_back_as_it_was_written(entries: list[bytes]) -> None:
    content = tiles.format_entries(entries)

    assert entries == tiles.parse_entries(content, len(entries))
    for width in (len(entries) - 1, len(entries) + 1):
        with pytest.raises(VerificationError):
            tiles.parse_entries(content, width)


@given(st.binary(max_size=600), st.integers(0, 9))
def test_whatever_goes_in_only_a_verification_error_comes_out(content: bytes, width: int) -> None:
    with suppress(VerificationError):
        assert tiles.format_entries(tiles.parse_entries(content, width)) == content
    with suppress(VerificationError):
        assert tiles.format_hashes(tiles.parse_hashes(content, width)) == content


@given(st.text() | st.from_regex(r"tile/(entries|[0-9]{1,3})/(x[0-9]{3}/){0,8}[0-9]{3}(\.p/[0-9]{1,3})?"))
def test_whatever_a_path_is_only_a_verification_error_comes_out(text: str) -> None:
    with suppress(VerificationError):
        assert tiles.format_path(tiles.parse_path(text)) == text


def test_an_entry_too_long_for_its_two_bytes_is_not_written() -> None:
    with pytest.raises(entry.EntryTooLarge):
        tiles.format_entries([bytes(65_536)])
    assert tiles.parse_entries(tiles.format_entries([bytes(65_535)]), 1) == [bytes(65_535)]


@pytest.mark.parametrize("size", range(1, 16))
def test_the_published_log_lies_where_ours_would_and_says_the_same(size: int) -> None:
    folder = path("transparency-dev-tessera/testdata/log")
    last = tiles.partial_tile(0, size)
    assert last is not None
    entries = tiles.parse_entries((folder / tiles.format_path(Tile(ENTRIES, 0, size))).read_bytes(), size)
    hashes = tiles.parse_hashes((folder / tiles.format_path(last)).read_bytes(), size)

    assert hashes == [merkle.leaf_hash(each) for each in entries]
    assert merkle.CompactRange(size, tiles.peaks([hashes])).root() == rfc6962.root(entries)
