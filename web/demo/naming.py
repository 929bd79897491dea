"""The demo's invented names, and ids that are the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.rules.upn import check_letter

_FIRST = (
    "Abel Aria Bea Caleb Cora Dara Eben Effie Fern Gil Hal Ines Jory Kit Lark Linus Mabel Nia Odell Orla Perry Quill "
    "Remy Roa Sable Tamsin Theo Una Vesper Wilf Xan Yara Zeb Ada Bram Clem Dot Ezra Flora Gwen Hugo Ivo Juno Kezia"
).split()
_LAST = (
    "Amberlock Birchmantle Coldharrow Dapplewood Eddlestring Fennelby Gorsecombe Harkaway Inglewhist Jessamore "
    "Kettlebrow Lanternby Marrowfield Nettlefold Oakhollow Pennywick Quillfeather Rushmantle Saltmeadow Tanglewick "
    "Underhay Vetchling Wrenfold Yarrowby "
    "Ashenbrook Brindlecote Cloverhay Dunnockley Emberlow Foxmantle Grebeling Heronsby "
    "Ivelock Juniperby Knapweed Lowmantle Mistleby Nuthatcher Otterlow Plovercote"
).split()


class Ids:
    """Names things within one demo: the same name gives the same id, and no two demos share one."""

    def __init__(self, seed: int) -> None:
        self._namespace = uuid5(NAMESPACE_URL, f"placement-ledger-demo/{seed}")

    def __call__(self, *name: object) -> UUID:
        """Return the id of what is named."""
        return uuid5(self._namespace, "/".join(map(str, name)))


def people(random: Random) -> Iterator[str]:
    """Invented full names, none twice; the surnames exist nowhere."""
    pairs = [f"{first} {last}" for first in _FIRST for last in _LAST]
    random.shuffle(pairs)
    yield from pairs


def upn(school: int, year: int, serial: int) -> str:
    """A unique pupil number of local authority 999, which does not exist, with its right check letter."""
    digits = f"999{school:04}{year % 100:02}{serial:03}"
    return check_letter(digits) + digits
