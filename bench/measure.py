"""Interleaved timing of ours and a reference, and the one line of JSON that says how they compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Row:
    """One measurement: both figures in `unit`, a rate or a cost, and how many times the reference ours is."""

    name: str
    ours: float
    reference: float
    ratio: float
    unit: str


def compare(name: str, count: int, ours: Callable[[], object], reference: Callable[[], object], rounds: int = 7) -> Row:
    """Run both in turn, each doing `count` events a round, and return the medians."""
    own_rates, reference_rates = [], []
    for number in range(rounds):
        # Who goes first changes each round: caches and the other processes of the machine favour neither.
        pairs = [(ours, own_rates), (reference, reference_rates)]
        for run, rates in pairs if number % 2 else reversed(pairs):
            started = perf_counter()
            run()
            rates.append(count / (perf_counter() - started))
    own, other = median(own_rates), median(reference_rates)
    return Row(name, round(own), round(other), round(own / other, 2), "events/s")
