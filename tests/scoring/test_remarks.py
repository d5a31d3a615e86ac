"""What is said of scores (S01 – S07): passing and failing cases with their exact findings."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from perfbatch.district.frames import build_frames
from perfbatch.model.catalogue import CATALOGUE
from perfbatch.model.findings import Finding
from perfbatch.model.submission import SCALE
from perfbatch.scoring.remarks import label_of_input, remark
from perfbatch.scoring.verify import Adjustment, score
from tests.cases.clean import changed, item
from tests.cases.district import in_short
from tests.cases.remarks import REMARK_CASES, RemarkCase
from tests.submissions import RULEBOOK, columns


def _remarks(case: RemarkCase) -> list[Finding]:
    adjustments = {
        ("100001", indicator): Adjustment(int(Decimal(points) * SCALE), reason)
        for indicator, (points, reason) in case.reviews.items()
    }
    frames = build_frames([changed(case.changes)], RULEBOOK)
    return remark(frames, score(frames, RULEBOOK, adjustments), RULEBOOK, adjustments)


@pytest.mark.parametrize(
    "case", REMARK_CASES, ids=[f"{case.code}-{case.kind}-{number}" for number, case in enumerate(REMARK_CASES)]
)
def test_a_case_says_exactly_this(case: RemarkCase) -> None:
    remarks = _remarks(case)
    assert in_short(remarks) == sorted(case.findings)
    assert (case.code in {made.code for made in remarks}) == (case.kind == "fail")


# Of the bureau's own sheets 财政复核, 豁免事项 and 说明审核, and of explanations: their cases stand in tests/test_roster.py,
# tests/district/test_standing.py, tests/district/test_explaining.py and, of caps and rows, tests/scoring/test_caps.py and test_row_scores.py.
_ELSEWHERE = {"S09", "S10", "S11", "S12", "S13", "S14", "S15", "S16", "S17", "S18", "S19"}


def test_every_code_has_a_passing_and_a_failing_case() -> None:
    kinds = defaultdict(set)
    for case in REMARK_CASES:
        kinds[case.code].add(case.kind)
    assert kinds == {code: {"pass", "fail"} for code in CATALOGUE if code.startswith("S") and code not in _ELSEWHERE}


#              changes                                                            message
MESSAGES = [
    ({item("official_card_rate"): 3}, "公务卡刷卡率：自评 3.00 分，系统核算 2.00 分"),
    (
        {"authorized_posts": 40, "on_post_staff": 41, item("staff_control_rate"): 4},
        "财政供养人员控制率：自评 4.00 分，与“不足一个百分点不扣分”口径一致；系统按本表口径核算 3.75 分",
    ),
    (
        {"authorized_posts": 40, "on_post_staff": 41, item("staff_control_rate"): "3.5"},
        "财政供养人员控制率：自评 3.50 分，与“不足一个百分点按一个百分点扣分”口径一致；系统按本表口径核算 3.75 分",
    ),
    (
        {"procurement_actual": "100.5", item("procurement_execution_rate"): 3},
        "政府采购执行率：政府采购执行率 100.50% 超过 100.00%，按 100.00% 计分",
    ),
    (
        {"three_public_budget": 0, item("three_public_control_rate"): 0},
        "“三公经费”控制率：三公经费合计为 9.00，本年“三公”经费预算数为 0，有支出无预算",
    ),
    (
        {"three_public_budget_prior": 0},
        "“三公经费”变动率：上年“三公”经费预算数为 0，上年为0，无法计算，自评仍计分，待人工核定",
    ),
    (
        {"special_fund_late_count": 7, item("payment_progress"): 0},
        "支付进度：未按进度下达的专项数（个） 7 大于专项资金数（个） 6",
    ),
    (
        {**{f"project_expenditure!{row}": 0 for row in range(3)}, "key_project_expenditure": 0},
        "重点支出安排率：项目支出为 0，不适用，自评仍计分，待人工核定",
    ),
    (
        {"evidence!disclosure.3": None, "evidence!disclosure.5": None},
        "预决算信息公开性和完善性：缺少核对清单第3项、核对清单第5项，不能核算，自评仍计分，待核",
    ),
    ({"procurement_budget": None}, "政府采购执行率：缺少政府采购预算数，不能核算，自评仍计分，待核"),
]


@pytest.mark.parametrize(("changes", "message"), MESSAGES)
def test_a_remark_says_what_it_means(changes: dict[str, object], message: str) -> None:
    (remark_,) = _remarks(RemarkCase("", "fail", changes))
    assert remark_.message == message


def test_a_review_is_told_with_its_reason() -> None:
    (finding,) = _remarks(RemarkCase("S07", "fail", {}, reviews={"duty_growth": ("3.5", "进度滞后")}))
    assert finding.message == "建设湖南新增极目标任务完成情况：财政复核核定 3.50 分，理由：进度滞后"
    assert (finding.entity_code, finding.file, finding.sheet) == ("100001", "100001.xlsx", "评分表")


def test_inputs_have_names_that_people_know() -> None:
    assert label_of_input("authorized_posts", RULEBOOK) == "人员编制（人）"
    assert label_of_input("disclosure.2", RULEBOOK) == "核对清单第2项"
    assert label_of_input("asset_safety.breaches", RULEBOOK) == "资产管理不符合要求的情况（例）"


def test_a_split_indicator_is_remarked_on_once_at_its_first_row() -> None:
    typed = changed({item("official_card_rate"): 3})
    # The row moved two down; its indicator is told by the code that stands in it.
    facts = dict(typed.facts)
    for field in ("item_id", "item_max", "item_self_score", "item_deduction_reason"):
        rows = list(facts[field])
        rows[11], rows[13] = rows[13], rows[11]
        facts[field] = tuple(rows)
    frames = build_frames(
        [type(typed)(typed.file, typed.entity_code, typed.entity_title, columns(facts), ())], RULEBOOK
    )
    (finding,) = remark(frames, score(frames, RULEBOOK), RULEBOOK)
    # The fact keeps the place that it had; what matters is that it is the moved row's.
    assert (finding.code, finding.cell) == ("S01", "item_self_score!11")
