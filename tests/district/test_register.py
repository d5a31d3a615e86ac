"""Titles and labels of findings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfbatch.district.register import FindingRegister, finding_order, in_order
from perfbatch.model.findings import Finding, Severity
from perfbatch.rulebook.model import Rulebook
from tests.districts import FINDINGS


@pytest.mark.parametrize(
    ("code", "check", "title"),
    [
        ("R05", "R05.cumulative", "累计结余 = 收入合计 − 支出合计"),
        ("R05", "R05.current", "当年结余 = 累计结余 − 上年结转"),
        ("R01", "R01", "汇总 = 局机关 + 各二级机构"),
        ("C01", "", "已规范化"),
        ("S04", "key_spending_share", "指标不适用"),
        ("F02", "", "文件加密"),
        ("R99", "", ""),
    ],
)
def test_title(rulebook: Rulebook, code: str, check: str, title: str) -> None:
    assert FindingRegister(rulebook).title(replace(FINDINGS[0], code=code, check=check)) == title


@pytest.mark.parametrize(
    ("field", "label"),
    [
        ("revenue_total", "收入合计"),
        ("scorecard_total", "总 分"),
        ("disclosure.2", "按规定时限公开预决算信息"),
        ("asset_safety.breaches", "资产管理不符合要求的情况（例）"),
        ("satisfaction", "社会公众或服务对象满意度"),
        ("unheard_of", "unheard_of"),
        ("", ""),
    ],
)
def test_label(rulebook: Rulebook, field: str, label: str) -> None:
    assert FindingRegister(rulebook).label(field) == label


def test_cells_are_in_the_order_of_the_sheet() -> None:
    cells = ["AA2", "B10", "", "B2", "$C$2"]
    ordered = sorted((replace(FINDINGS[0], cell=cell) for cell in cells), key=finding_order)
    assert [finding.cell for finding in ordered] == ["", "B2", "$C$2", "AA2", "B10"]


_findings = st.builds(
    replace,
    st.sampled_from(FINDINGS),
    severity=st.sampled_from(Severity),
    entity_code=st.sampled_from(["1", "2"]),
    cell=st.sampled_from(["C5", "AA5", "C10", ""]),
)


@given(st.lists(_findings, max_size=12))
def test_in_order_is_sorted_by_the_order_of_findings(findings: list[Finding]) -> None:
    assert in_order(findings) == sorted(findings, key=finding_order)
