"""The checks over submissions: every check with passing, failing, blank, tail and unreadable cases, told as exact findings."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from decimal import Decimal
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.batch import examine
from perfbatch.district.frames import build_frames
from perfbatch.district.reconcile import reconcile
from perfbatch.model.findings import Finding, Severity
from perfbatch.rulebook.checks import bind_checks
from perfbatch.rulebook.tree import Compare, Member, Name
from perfbatch.scoring.verify import computed_points, score
from tests.cases.checks import CHECK_CASES, CheckCase
from tests.cases.clean import CONTROL, PRIOR, UNIT_TABLES, changed, clean, item
from tests.cases.district import counts, in_short, roster_of
from tests.samples.seed import SEED
from tests.submissions import RULEBOOK, UNREADABLE, submission

CODES = [f"{number:06}" for number in range(len(CHECK_CASES))]
CHECKS = {check.id: check for check in RULEBOOK.checks}


@lru_cache(maxsize=1)
def _district() -> dict[str, list[Finding]]:
    """Every case as a department of one district, examined at once."""
    submissions = [changed(case.changes, code=code) for code, case in zip(CODES, CHECK_CASES, strict=True)]
    _, _, findings = examine(
        submissions,
        RULEBOOK,
        roster=roster_of({code: case.roster for code, case in zip(CODES, CHECK_CASES, strict=True)}),
        prior={code: counts(case.prior) for code, case in zip(CODES, CHECK_CASES, strict=True)},
    )
    by_code: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_code[finding.entity_code].append(finding)
    return by_code


def test_the_clean_department_gives_no_finding_at_all() -> None:
    _, scored, findings = examine([changed({})], RULEBOOK)
    assert in_short(findings) == []
    assert Counter(scored.scores["status"]) == {"computed": 16, "self_reported": 9}


def test_it_agrees_with_last_year_and_with_the_bureau() -> None:
    _, _, findings = examine(
        [changed({})], RULEBOOK, roster=roster_of({"100001": CONTROL}), prior={"100001": counts(PRIOR)}
    )
    assert in_short(findings) == []


def test_an_empty_district_gives_no_finding() -> None:
    assert examine([], RULEBOOK)[2] == ()


@pytest.mark.parametrize(
    ("code", "case"),
    list(zip(CODES, CHECK_CASES, strict=True)),
    ids=[f"{case.check}-{case.kind}-{number}" for number, case in enumerate(CHECK_CASES)],
)
def test_a_case_gives_exactly_its_findings(code: str, case: CheckCase) -> None:
    assert in_short(_district()[code]) == sorted(case.findings)


# ---------------------------------------------------------------------- checks against cases


def _messages(code: str, check_id: str) -> list[Finding]:
    """The findings of a department that come from one check, told by their words."""
    check = CHECKS[check_id]
    words = re.sub(r"\\{\w+\\}", ".*", re.escape(check.message))
    own = re.compile(rf"(.*：)?({words}|{re.escape(check.title)}：(尾差|分项未填，无法核对|该项未填，无法核对))$")
    return [finding for finding in _district()[code] if finding.code == check.code and own.match(finding.message)]


def test_every_check_has_a_passing_a_failing_and_a_blank_case() -> None:
    kinds = defaultdict(set)
    for case in CHECK_CASES:
        kinds[case.check].add(case.kind)
    assert {check: {"pass", "fail", "blank"} - kinds[check] for check in CHECKS} == {check: set() for check in CHECKS}
    assert kinds.keys() == CHECKS.keys()


def test_every_check_that_rounding_can_touch_has_a_tail_case() -> None:
    """An interval tolerance, a comparison that rounding can satisfy, and figures that have a rounding step."""
    due = set()
    for bound in bind_checks(RULEBOOK):
        field = bound.place.field if isinstance(bound.place, Member) else bound.place.id
        kind = RULEBOOK.kinds[RULEBOOK.field_by_id[field].kind]
        if (
            bound.check.tolerance == "interval"
            and isinstance(bound.holds, Compare)
            and bound.holds.op in ("==", "<=", ">=")
            and kind.step
        ):
            due.add(bound.check.id)
    assert {case.check for case in CHECK_CASES if case.kind == "tail"} == due


@pytest.mark.parametrize("check_id", CHECKS)
def test_the_cases_are_about_their_own_check(check_id: str) -> None:
    """What a case promises is said in the words of its own check, not only by a neighbour under the same code."""
    severity = Severity(CHECKS[check_id].severity)
    failed = False
    for code, case in zip(CODES, CHECK_CASES, strict=True):
        if case.check != check_id:
            continue
        severities = {message.severity for message in _messages(code, check_id)}
        if case.kind == "fail":
            # Of the checks that see one slip of the unit only the first is told.
            assert severity in severities or CHECKS[check_id].code == "C03", case
            failed |= severity in severities
        elif case.kind == "tail":
            assert severities == {Severity.INFO}, case
        elif case.kind == "blank":
            assert severities <= {Severity.WARNING}, case
        else:
            assert severities == set(), case
    assert failed


# ---------------------------------------------------------------------- checks that repeat for every column

AMOUNTS = [column.id for table in RULEBOOK.unit_tables.values() for column in table.fields if column.kind == "amount"]
TOTALS = {column.id: column.parts for table in RULEBOOK.unit_tables.values() for column in table.fields if column.parts}
PARTS = [part for parts in TOTALS.values() for part in parts]


def _cells(changes: dict[str, dict[str, object]], code: str) -> dict[str, list[str]]:
    """Department → the cells that have a finding of one code, for departments changed each in their own way."""
    _, _, findings = examine([changed(typed, code=name) for name, typed in changes.items()], RULEBOOK)
    cells: dict[str, list[str]] = {name: [] for name in changes}
    for finding in findings:
        if finding.code == code:
            cells[finding.entity_code].append(finding.cell)
    return cells


def test_the_sum_of_the_units_is_checked_in_every_column() -> None:
    assert len(AMOUNTS) == 22
    cells = _cells({field: {f"{field}!0": UNIT_TABLES[field][0] + 1} for field in AMOUNTS}, "R01")
    assert cells == {field: [f"{field}!0"] for field in AMOUNTS}


def test_a_slip_of_the_unit_is_seen_in_every_part_and_every_total() -> None:
    """Typed in 元 in the row of a unit that has little of it beside the district's total."""
    filled = [field for field in (*PARTS, *TOTALS) if UNIT_TABLES[field][0]]
    assert set(PARTS) - set(filled) == {"vehicle_purchase"}
    slipped = {field: {f"{field}!0": UNIT_TABLES[field][0] * 10000} for field in filled}
    for field, cells in _cells(slipped, "C03").items():
        assert f"{field}!0" in cells, field
        # A part and its total are told by the sum of the parts as well, which is then as far off.
        assert set(cells) <= {f"{field}!0", *(f"{total}!0" for total in TOTALS), *(f"{part}!0" for part in PARTS)}


def test_a_unit_typed_in_yuan_is_seen_in_every_column() -> None:
    """The head office has all there is of a column, and typed it in 元."""
    whole = {field: abs(UNIT_TABLES[field][0]) or 1 for field in AMOUNTS}
    slipped = {
        field: {f"{field}!0": value, f"{field}!1": value * 10000, f"{field}!2": 0} for field, value in whole.items()
    }
    for field, cells in _cells(slipped, "C03").items():
        assert f"{field}!1" in cells, field


@pytest.mark.parametrize("field", ["revenue_total", "expenditure_total", "three_public_total", "fixed_assets_total"])
def test_last_year_s_figure_tells_a_slip_of_the_unit(field: str) -> None:
    times = {"1999": False, "2000": True, "10000": True, "50000": True, "50001": False}
    typed = [changed({f"{field}!0": Decimal(code) / 100}, code=code) for code in times]
    _, _, findings = examine(typed, RULEBOOK, prior={code: counts({field: "0.01"}) for code in times})
    told_by_last_year = [finding for finding in findings if finding.code == "C03" and "上年" in finding.message]
    assert [(finding.entity_code, finding.cell) for finding in told_by_last_year] == [
        (code, f"{field}!0") for code, suspicious in times.items() if suspicious
    ]


def test_every_group_of_the_scorecard_is_checked() -> None:
    first = {"input": 0, "process": 3, "output": 15, "effect": 21}
    for group, row in first.items():
        _, _, findings = examine([changed({f"item_max!{row}": None})], RULEBOOK)
        name = next(candidate.name for candidate in RULEBOOK.groups if candidate.id == group)
        assert [finding.cell for finding in findings if finding.code == "R15" and f"“{name}”" in finding.message] == [
            f"item_max!{row}"
        ]


# ---------------------------------------------------------------------- what a finding says


def test_a_finding_names_place_found_expected_difference_message_and_remedy() -> None:
    _, _, findings = examine([changed({"project_expenditure!2": 56})], RULEBOOK)
    (finding,) = [finding for finding in findings if finding.code == "R03"]
    assert finding == Finding(
        code="R03",
        severity=Severity.ERROR,
        entity_code="100001",
        file="100001.xlsx",
        sheet="收支情况",
        cell="expenditure_total!2",
        field="expenditure_total",
        reported="210.00",
        expected="211.00",
        difference="-1.00",
        message="服务中心：支出合计不等于基本支出与项目支出之和",
        remedy="核对基本支出、项目支出与支出合计，改正填错的一项",
        check="R03",
        row=2,
        counts=(210_000_000, 211_000_000, -1_000_000),
    )


def test_a_unit_without_a_name_is_named_by_its_row() -> None:
    _, _, findings = examine([changed({"entity_name!2": None, "project_expenditure!2": 56})], RULEBOOK)
    assert [finding.message for finding in findings if finding.code == "R03"] == [
        "第3行机构：支出合计不等于基本支出与项目支出之和"
    ]


def test_messages_name_the_column_the_indicator_and_the_group() -> None:
    _, _, findings = examine(
        [
            changed(
                {
                    "official_reception!0": 4,
                    item("duty_growth"): 6,
                    item("social_benefit", "item_max"): 6,
                    item("social_benefit"): 5,
                    item("social_benefit", "item_deduction_reason"): "见说明",
                }
            )
        ],
        RULEBOOK,
    )
    messages = {finding.message for finding in findings}
    assert "汇总行的公务接待费不等于局机关与各二级机构之和" in messages
    assert "建设湖南新增极目标任务完成情况：有扣分，未填写扣分原因" in messages
    assert "评分表“效果”组的分值合计与规定不符" in messages


def test_a_tail_says_that_nothing_is_to_be_done() -> None:
    _, _, findings = examine([changed({"official_reception!2": "1.004"})], RULEBOOK)
    assert {(finding.message, finding.remedy) for finding in findings} == {
        ("服务中心：三公经费合计 = 四项之和：尾差", "尾差在四舍五入允许范围内，无须修改"),
        ("汇总 = 局机关 + 各二级机构：尾差", "尾差在四舍五入允许范围内，无须修改"),
    }


def test_a_tail_at_the_very_edge_is_a_tail_and_beyond_it_an_error() -> None:
    """12.00 stands for 11.995 … 12.005, 12.000 only for 11.9995 … 12.0005; last year's figure is exact."""
    edges = {
        ("12", "11.995"): "info",
        ("12", "11.994999"): "error",
        ("12", "12.005"): "info",
        ("12", "12.005001"): "error",
        ("12.001", "12.0005"): "info",
        ("12.001", "12.000499"): "error",
        ("12.001", "12.0015"): "info",
        ("12.001", "12.001501"): "error",
    }
    codes = {f"{number:06}": edge for number, edge in enumerate(edges)}
    typed = [changed({"carryover_prior_year!0": now}, code=code) for code, (now, _) in codes.items()]
    prior = {code: counts({"balance_cumulative": then}) for code, (_, then) in codes.items()}
    _, _, findings = examine(typed, RULEBOOK, prior=prior)
    severities = {codes[finding.entity_code]: finding.severity.value for finding in findings if finding.code == "R22"}
    assert severities == edges


def test_findings_come_in_the_rulebook_s_order() -> None:
    typed = changed({"official_reception!2": 2, "narrative_admin_staff": 13, "self_grade": "良好"})
    frames = build_frames([typed], RULEBOOK)
    scored = score(frames, RULEBOOK)
    findings = reconcile(frames, scored.departments, computed_points(scored), RULEBOOK)
    assert [finding.code for finding in findings] == ["R01", "R07", "R13", "R18"]


def test_a_form_that_lost_a_column_still_gets_its_other_findings() -> None:
    """A field without any fact (its name was deleted from the workbook) is blank, with no place to point at."""
    typed = changed({"official_reception!2": 2})
    left = {field: column for field, column in typed.columns.items() if field != "fixed_assets_total"}
    lost = type(typed)(typed.file, typed.entity_code, typed.entity_title, left, ())
    _, _, findings = examine([lost], RULEBOOK)
    assert in_short(findings) == [
        ("R01", "error", "official_reception!0", "3.00", "4.00", "-1.00"),
        ("R07", "error", "three_public_total!2", "3.00", "4.00", "-1.00"),
        *[("R08", "warning", "", "", expected, "") for expected in ("130.00", "200.00", "70.00")],
        ("S05", "info", "", "", "", ""),
    ]


# ---------------------------------------------------------------------- split and renamed rows of the scorecard


def test_a_row_split_off_an_indicator_counts_with_it() -> None:
    typed = clean()
    row = 16  # duty_growth, 7 points: 4 and 3
    typed["item_id"] = [indicator.id for indicator in RULEBOOK.indicators]
    for field, first, second in (
        ("item_id", "duty_growth", "duty_growth.split"),
        ("item_max", 4, 3),
        ("item_self_score", 4, 3),
        ("item_deduction_reason", None, None),
    ):
        typed[field][row : row + 1] = [first, second]
    _, scored, findings = examine([submission(typed)], RULEBOOK)
    assert in_short(findings) == []
    growth = scored.scores[scored.scores["indicator"] == "duty_growth"].iloc[0]
    assert (growth["max"], growth["self"], growth["verified"]) == (7_000_000, 7_000_000, 7_000_000)


# ---------------------------------------------------------------------- laws

_cases = st.lists(st.sampled_from(range(len(CHECK_CASES))), min_size=1, max_size=6, unique=True)


@settings(max_examples=12)
@given(_cases)
def test_a_district_finds_what_its_departments_find_alone_in_any_order(chosen: list[int]) -> None:
    submissions = [changed(CHECK_CASES[number].changes, code=CODES[number]) for number in chosen]
    _, _, findings = examine(
        submissions,
        RULEBOOK,
        roster=roster_of({CODES[number]: CHECK_CASES[number].roster for number in chosen}),
        prior={CODES[number]: counts(CHECK_CASES[number].prior) for number in chosen},
    )
    assert list(findings) == [finding for number in chosen for finding in _district()[CODES[number]]]


_amounts = st.decimals(min_value=0, max_value=1_000_000, places=6)


@settings(max_examples=15)
@given(st.lists(st.tuples(_amounts, _amounts, _amounts, _amounts), min_size=1, max_size=4))
def test_roundings_of_figures_that_add_up_are_never_an_error(units: list[tuple[Decimal, ...]]) -> None:
    """Exact figures of every unit, rounded to two decimals one by one, totals too: at most a 尾差."""
    parts = ("official_reception", "vehicle_operation", "vehicle_purchase", "overseas_travel")
    cent = Decimal("0.01")
    summed = tuple(sum(column, Decimal()) for column in zip(*units, strict=True))
    rows = [summed, *units]
    typed = {part: [row[number].quantize(cent) for row in rows] for number, part in enumerate(parts)}
    typed["three_public_total"] = [sum(row, Decimal()).quantize(cent) for row in rows]
    blank_tables = {field: [] for field in UNIT_TABLES if field not in (*parts, "three_public_total")}
    _, _, findings = examine([submission({**clean(), **blank_tables, **typed})], RULEBOOK)
    footing = [finding for finding in findings if finding.code in ("R01", "R07")]
    assert [finding for finding in footing if finding.severity != Severity.INFO] == []
    exact = all(sum(typed[part][row] for part in parts) == typed["three_public_total"][row] for row in range(len(rows)))
    assert exact == (not [finding for finding in footing if finding.code == "R07"])


# ---------------------------------------------------------------------- the real report


def test_the_night_on_the_real_report() -> None:
    _, scored, findings = examine([submission(SEED)], RULEBOOK)
    lines = in_short(findings)
    assert [line for line in lines if line[0] != "S05"] == [
        ("R14", "error", "on_post_staff!0", "10", "16", "-6"),
        ("R20", "warning", "item_self_score!21", "5", "0", "5"),
        ("R20", "warning", "item_self_score!23", "5", "0", "5"),
        *[("R21", "warning", f"indicator_actual!{row}", "已完成", "", "") for row in (6, 7, 8, 9)],
        ("R24", "warning", "on_post_staff!0", "10", "7", "3"),
        ("R25", "warning", "self_score_total!0", "98", "93", "5"),
        ("S01", "warning", "item_self_score!0", "5.00", "0.00", "5.00"),
        ("S04", "info", "project_expenditure!0", "0", "", ""),
    ]
    assert [line[2] for line in lines if line[0] == "S05"] == sorted(
        [
            "three_public_budget!0",  # 变动率 and 控制率
            "three_public_budget!0",
            "budget_supplement!0",
            "special_fund_late_count!0",
            "procurement_actual!0",
            "official_card_spending!0",
            # The checklists' rows, in their order on the form.
            *[f"evidence_answer!{row}" for row in (0, 3, 4, 9, 11)],
        ]
    )
    row = scored.departments.iloc[0]
    assert (row["self_total"], row["verified_total"], row["grade"], row["rank"]) == (98_000_000, 93_000_000, "优秀", 1)


def test_names_in_places_are_names_of_the_form() -> None:
    """`place` is what a finding points at; each concrete check points at a field."""
    for bound in bind_checks(RULEBOOK):
        assert isinstance(bound.place, Name | Member)
        field = bound.place.id if isinstance(bound.place, Name) else bound.place.field
        assert field in RULEBOOK.field_by_id


def test_an_unreadable_cell_silences_only_the_checks_that_need_it() -> None:
    _, _, findings = examine([changed({"official_reception!2": UNREADABLE, "fixed_assets_other!2": 1})], RULEBOOK)
    assert in_short(findings) == [
        ("R01", "error", "fixed_assets_other!0", "4.00", "5.00", "-1.00"),
        ("R08", "error", "fixed_assets_total!2", "70.00", "71.00", "-1.00"),
    ]
