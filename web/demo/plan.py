"""The whole demo as one list of commands in the order of their time: the same for the same seed, day and size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import chain
from random import Random

from web.demo import pupils, setting_up
from web.demo.calendar import at, lay
from web.demo.cast import Cast
from web.demo.naming import Ids, people
from web.demo.placements import Scene
from web.demo.registers import amendments, half_saved, registers
from web.demo.returns import returns
from web.demo.script import Diary, Step
from web.demo.stories import casting

SEED = 20260901


@dataclass(frozen=True)
class Size:
    """How many pupils, and how many school days of registers; 40 pupils for 70 days make 5,600 marks."""

    pupils: int = 40
    days: int = 70


WHOLE = Size()


def plan(today: date, size: Size = WHOLE, seed: int = SEED) -> list[Step]:
    """Everything the demo enters, oldest first; what a short term leaves no time for before today is left out."""
    random = Random(seed)  # noqa: S311 - the demo must come out the same again
    cast, calendar = Cast(Ids(seed)), lay(today, size.days)
    groundwork, names = Diary(), people(random)
    setting_up.enter(groundwork, cast, calendar)
    everyone = []
    for number, (school, provider, storyline, in_care) in enumerate(casting(size.pupils)):
        pupil = pupils.invent(number, school, cast, calendar, random=random, names=names, in_care=in_care)
        pupils.enter(pupil, cast, calendar)
        storyline(Scene(pupil, cast, calendar, random, provider))
        everyone.append(pupil)
    taken = half_saved(list(registers(everyone, cast, calendar, random)), calendar)
    amended = amendments(taken, everyone, cast, calendar, random)
    returned = returns(taken, everyone, cast, calendar)
    told = chain.from_iterable(pupil.diary for pupil in everyone)
    past = (step for step in chain(groundwork, told, taken, amended, returned) if step.at < at(today, "00:00"))
    return sorted(past, key=lambda step: step.at)
