"""A department whose workbook nothing can be said against, workbooks made of it, and the figures that tests find out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from perfbatch.rulebook.load import LoadedRulebook, load_rulebook
from tests.workbooks import blank, fill, rulebook

_FIGURE = "figure: "

# How long an example takes says more of the machine than of the program.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True, scope="session")
def _accounts_of_nights_are_kept_aside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Not in the folder that the tests are started in."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PERFBATCH_RUN_LOG", str(tmp_path_factory.mktemp("log")))
        yield


MONDAY = 1_626_652_800_000_000_000  # 2021-07-19, in nanoseconds


def _both(figure: float) -> list[float]:
    """汇总 and 局机关: a department without subordinate units."""
    return [figure, figure]


_AMOUNTS = {
    "revenue_total": 500, "carryover_prior_year": 20, "general_budget_appropriation": 480, "gov_fund_appropriation": 0,
    "nontax_special_account": 0, "revenue_other": 0,
    "expenditure_total": 490, "basic_expenditure": 390, "personnel_expenditure": 300, "operating_expenditure": 90,
    "project_expenditure": 100, "balance_current_year": -10, "balance_cumulative": 10,
    "three_public_total": 9, "official_reception": 5, "vehicle_operation": 4, "vehicle_purchase": 0, "overseas_travel": 0,
    "fixed_assets_total": 200, "fixed_assets_in_use": 200, "fixed_assets_leased": 0, "fixed_assets_other": 0,
}  # fmt: skip

_SINGLE = {
    "unit_name": "云溪区测试局", "budget_code": "900001", "fiscal_year": 2020, "report_date": "2021-7-15",
    "authorized_posts": 30, "on_post_staff": 28,
    "three_public_budget_prior": 10, "three_public_budget": 10, "three_public_final_prior": 9.5,
    "key_project_expenditure": 95, "budget_initial": 480, "budget_supplement": 0, "budget_reduction": 0,
    "budget_reallocation": 0, "budget_adjustment_exempt": 0, "special_fund_count": 2, "special_fund_late_count": 0,
    "procurement_budget": 40, "procurement_actual": 40, "official_card_spending": 12, "official_card_eligible": 16,
    "satisfaction_rate": 0.96, "self_score_total": 99, "self_grade": "优秀",
    "narrative_on_post_staff": 28, "narrative_admin_staff": 18, "narrative_institution_staff": 10,
    "narrative_basic_expenditure": 390, "wages_welfare": 280, "goods_services": 90, "personal_family_subsidy": 20,
}  # fmt: skip

# The one deduction: 10 is left over of a carry-over of 20 (资金结余 2 of 3).
_FUND_BALANCE = 5
_TARGET_ROWS = (0, 6, 12, 15, 18, 21, 24)  # the first row of each type


def department(**changes: Any) -> dict[str, Any]:
    """Field id → value, or a list for a column. Every figure is there and every check holds: 99 points, self and verified."""
    book = rulebook()
    points = [float(indicator.points) for indicator in book.indicators]
    points[_FUND_BALANCE] -= 1
    answers = []
    for indicator in book.indicators:
        for evidence in indicator.evidence_ids:
            answers.append(0 if evidence.endswith(".breaches") else "是")
    targets: list[str | None] = [None] * 27
    for row in _TARGET_ROWS:
        targets[row] = "完成 3 项"
    return {
        **{field: _both(figure) for field, figure in _AMOUNTS.items()},
        **_SINGLE,
        "entity_name": ["汇总", "局机关"],
        "item_self_score": points,
        "item_deduction_reason": [*[None] * _FUND_BALANCE, "年末结余 10 万元"],
        "evidence_answer": answers,
        "indicator_target": targets,
        "indicator_actual": targets,
        **changes,
    }


def workbook(**changes: Any) -> bytes:
    """The department's workbook, as an XLSX file."""
    return _filled(
        tuple((name, tuple(change) if isinstance(change, list) else change) for name, change in changes.items())
    )


@lru_cache(maxsize=64)
def _filled(changes: tuple[tuple[str, Any], ...]) -> bytes:
    return fill(
        blank(), department(**{name: list(typed) if isinstance(typed, tuple) else typed for name, typed in changes})
    )


def lay(inbox: Path, files: Mapping[str, bytes]) -> Path:
    """Put files into a folder, all of one age."""
    for name, content in files.items():
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(MONDAY, MONDAY))
    return inbox


Lay = Callable[[Mapping[str, bytes]], Path]


@pytest.fixture
def inbox(tmp_path: Path) -> Lay:
    """Fills a fresh inbox and returns its folder."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    return lambda files: lay(folder, files)


@pytest.fixture(scope="session")
def loaded() -> LoadedRulebook:
    """The built-in rulebook, linted."""
    return load_rulebook()


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str, object], None]:
    """Records a figure for the end of the run (it travels with the test's report, so also from other processes)."""
    return lambda name, value: record_property(_FIGURE + name, str(value))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures."""
    figures = [
        (name.removeprefix(_FIGURE), value)
        for report in terminalreporter.stats.get("passed", [])
        for name, value in report.user_properties
        if name.startswith(_FIGURE)
    ]
    if figures:
        terminalreporter.section("figures")
    for name, value in sorted(figures):
        terminalreporter.write_line(f"{name}: {value}")
