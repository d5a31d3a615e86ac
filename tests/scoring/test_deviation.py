"""What a figure far beyond its target costs on top of any rule that looks at it: at the boundary, with both its sides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from perfbatch.district.frames import build_frames
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.lint import lint
from perfbatch.rulebook.model import Indicator, Rulebook
from perfbatch.rulebook.wording import describe_rule
from perfbatch.scoring.remarks import remark
from perfbatch.scoring.trace import trace
from perfbatch.scoring.verify import score
from tests.cases.clean import changed
from tests.submissions import RULEBOOK

CARD = "official_card_rate"


def _ruled(rule: dict[str, Any], **more: Any) -> Rulebook:
    def other(indicator: Indicator) -> Indicator:
        changes = {"part_of_whole": False, "deviation": {"over": 130, "costs": 2}, "rule": rule, **more}
        return Indicator.model_validate({**indicator.model_dump(), **changes}) if indicator.id == CARD else indicator

    return RULEBOOK.model_copy(update={"indicators": tuple(map(other, RULEBOOK.indicators))})


RULES: dict[str, dict[str, Any]] = {
    "proportional": {"kind": "proportional"},
    "steps": {"kind": "steps", "side": "below", "threshold": 100, "step": 5, "per_step": 1},
    "deduct": {"kind": "deduct", "side": "above", "threshold": 129, "per_point": "0.5"},
    "bands": {"kind": "bands", "bands": [{"minimum": 100, "points": 3}, {"below": 100, "points": 1}]},
}


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        ("proportional", ["3", "1", "1", "1.5"]),
        ("steps", ["3", "1", "1", "0"]),
        ("deduct", ["2.5", "0.5", "0", "3"]),
        ("bands", ["3", "1", "1", "1"]),
    ],
)
def test_it_begins_at_its_bound_and_ends_at_nothing(kind: str, points: list[str]) -> None:
    rulebook = _ruled(RULES[kind])
    assert lint(rulebook) == []
    figures = ["129.999999", "130", "133", "50"]
    typed = [
        changed(
            {"official_card_spending": spent, "official_card_eligible": 100}, code=f"{number:06}", rulebook=rulebook
        )
        for number, spent in enumerate(figures)
    ]
    scores = score(build_frames(typed, rulebook), rulebook).scores
    own = scores[scores["indicator"] == CARD]
    assert [Decimal(int(count)) / SCALE for count in own["computed"]] == list(map(Decimal, points))
    assert set(own["status"]) == {"computed"}


def test_without_a_figure_it_costs_nothing() -> None:
    rulebook = _ruled(RULES["proportional"])
    typed = [
        changed({"official_card_spending": 5, "official_card_eligible": below}, code=f"{number:06}", rulebook=rulebook)
        for number, below in enumerate((0, None))
    ]
    scores = score(build_frames(typed, rulebook), rulebook).scores
    assert set(scores[scores["indicator"] == CARD]["status"]) == {"self_reported"}


@pytest.mark.parametrize(
    ("spent", "arithmetic"),
    [
        ("129", "129.00 ÷ 100.00 = 129.00 %，129.00% × 3 = 3.87，最高 3 分，最低 0 分，得 3 分"),
        ("130", "130.00 ÷ 100.00 = 130.00 %，130.00% × 3 = 3.90，最高 3 分，最低 0 分，达到 130%，另扣 2 分（扣完为止），得 1 分"),
    ],
)  # fmt: skip
def test_in_words(spent: str, arithmetic: str) -> None:
    rulebook = _ruled(RULES["proportional"])
    typed = changed({"official_card_spending": spent, "official_card_eligible": 100}, rulebook=rulebook)
    frames = build_frames([typed], rulebook)
    assert trace(frames, score(frames, rulebook), rulebook, 0, CARD).arithmetic == arithmetic
    words = "得分 = 公务卡刷卡率 × 3 分，最高 3 分，最低 0 分；公务卡刷卡率达到 130% 的另扣 2 分"
    assert describe_rule(rulebook.indicator_by_id[CARD]) == words


def test_a_part_larger_than_its_whole_is_scored_as_the_whole_and_yet_deviates() -> None:
    rulebook = _ruled(RULES["deduct"], part_of_whole=True)
    typed = changed({"official_card_spending": 131, "official_card_eligible": 100}, rulebook=rulebook)
    frames = build_frames([typed], rulebook)
    scored = score(frames, rulebook)
    assert scored.scores.set_index("indicator").loc[CARD, "computed"] == SCALE
    assert [finding.code for finding in remark(frames, scored, rulebook) if finding.check == CARD] == ["S01", "S03"]


def test_a_rule_without_a_figure_cannot_deviate() -> None:
    rule = {"kind": "judgement", "basis": "按考核评定"}
    assert lint(_ruled(rule, ratio=None)) == [
        f"indicator {CARD}, deviation: a judgement rule looks at no figure that could deviate; take the deviation out"
    ]
