"""What the benchmarks have in common: a figure over several rounds, and how it is told."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

__all__ = ["Spread", "print_spreads", "spread"]

Spread = dict[str, float]
"""Minimum, median and maximum over the rounds."""


def spread(values: Sequence[float]) -> Spread:
    """The spread of a figure, to three decimals."""
    named = {"min": min(values), "median": statistics.median(values), "max": max(values)}
    return {name: round(value, 3) for name, value in named.items()}


def print_spreads(spreads: Mapping[str, Spread], unit: str) -> None:
    """A line for each figure."""
    for name, figures in spreads.items():
        line = " ".join(f"{figures[key]:>10.3f}" for key in ("min", "median", "max"))
        print(f"  {name:<44} {line}   {unit} (min, median, max)")
