"""The benchmark of a notice says what it measured; what it measured is nobody's business here."""

from __future__ import annotations

from tests.benchmarks.notice import BASELINE, compare


def test_the_comparison_names_its_baseline() -> None:
    comparison = compare(departments=2, repeat=1)
    assert (comparison["workbooks"], comparison["rounds"], comparison["findings"]["five"]) == (2, 1, 5)
    assert comparison["milliseconds"].keys() == {"notice", "first", "all", BASELINE}
    assert list(comparison["ratios"]) == [f"{BASELINE} against {name}, CPU" for name in ("notice", "first", "all")]
    for spread in (*comparison["milliseconds"].values(), *comparison["ratios"].values()):
        assert 0 < spread["min"] <= spread["median"] <= spread["max"]
