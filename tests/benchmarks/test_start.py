"""The benchmark of the start says what it measured; what it measured is nobody's business here."""

from __future__ import annotations

from tests.benchmarks.start import BASELINE, compare
from tests.conftest import Lay, workbook


def test_the_comparison_names_its_baseline(inbox: Lay) -> None:
    comparison = compare(inbox({"a.xlsx": workbook()}), 1)
    assert comparison["rounds"] == 1
    assert list(comparison["ratios"]) == [
        f"{pair}, {what}"
        for pair in (f"night against {BASELINE}", "loaded first against night", "usual collector against night")
        for what in ("wall", "cpu")
    ]
    for spread in (*comparison["seconds"].values(), *comparison["ratios"].values()):
        assert 0 < spread["min"] <= spread["median"] <= spread["max"]
