"""The benchmark of a notice says what it measured; what it measured is nobody's business here."""

from __future__ import annotations

from tests.benchmarks.notice import BASELINE, compare


def test_the_comparison_names_its_baseline() -> None:
    found = compare(departments=2, repeat=1)
    assert (found["workbooks"], found["rounds"], found["findings"]["five"]) == (2, 1, 5)
    assert found["milliseconds"].keys() == {"notice", "first", "all", BASELINE}
    assert list(found["ratios"]) == [f"{BASELINE} against {name}, CPU" for name in ("notice", "first", "all")]
    for spread in (*found["milliseconds"].values(), *found["ratios"].values()):
        assert 0 < spread["min"] <= spread["median"] <= spread["max"]
