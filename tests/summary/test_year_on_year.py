"""同比变化: this year beside the last, and what moved ten times over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from perfbatch.district.result import BatchResult
from perfbatch.history.last_year import LastYear, ScoreOnRecord
from perfbatch.summary import Surroundings
from perfbatch.summary.year_changes import Pair, change_of
from tests.districts import INJECTION, nullable, scaled
from tests.summary.conftest import Written, written
from tests.summary.test_recalculated import formulas_of, recalculated
from tests.summary.test_sheets import links_of

SHEET = "同比变化"


def figures(**amounts: str) -> dict[str, int]:
    return {f"{name}_total": scaled(amount) or 0 for name, amount in amounts.items()}


LAST_YEAR = LastYear(
    2019,
    {
        "007002": figures(revenue="10.0125", expenditure="100"),
        "116001": figures(revenue="274.98", expenditure="2749.8", three_public="0"),
        "116002": figures(revenue="0.2"),
        "118001": figures(revenue="5"),
    },
    {"007002": ScoreOnRecord(98_000_000, "优秀"), "116001": ScoreOnRecord(93_500_000, "良好")},
)


@pytest.fixture(scope="module")
def compared(district: BatchResult, tmp_path_factory: pytest.TempPathFactory) -> Written:
    path = tmp_path_factory.mktemp("years") / "summary.xlsx"
    return written(district, path, Surroundings(last_year=LAST_YEAR))


def test_every_entity_beside_its_last_year(compared: Written) -> None:
    rows = compared.rows(SHEET)
    assert rows[0][0] == "岳阳市云溪区2020年度部门整体支出绩效评价同比变化"
    assert rows[1] == [
        "上年数为历史记录中2019年度最后报送的数据；上年为 0 或未填的不计算增减。十倍变动：本年数为上年的 10 倍及以上，或十分之一及以下，请核实是否单位填错。"
        "上年有数据而本年未报的部门 1 个，不在表中。"
    ]
    assert [name for name in rows[2] if name] == [
        "预算编码", "部门（单位）名称", "暂核得分", "收入合计（万元）", "支出合计（万元）", "三公经费合计（万元）",
        "固定资产合计（万元）", "十倍变动（项）", "说明",
    ]  # fmt: skip
    assert rows[3][2:10] == ["2020年", "2019年", "增减", "2020年等次", "2019年等次", "2020年", "2019年", "增减%"]
    none = [None] * 3
    # Those that moved ten times over stand first; ten times is 900 % more, a tenth 90 % less.
    assert rows[4:8] == [
        ["007002", "区教育局", 100, 98, 2, "优秀", "优秀", 100.125, 10.0125, 9, 100, 100, 0, 0, None, None, *none, 1],
        ["116001", "云溪区总工会", 93, 93.5, -0.5, "优秀", "良好", 274.98, 274.98, 0, 274.98, 2749.8, -0.9, 10.05, 0, None, 76.35, None, None, 1],
        ["101001", INJECTION, *[None] * 17, 0, "上年无数据"],
        ["116002", "区妇联", 93, None, None, "优秀", None, 0.1, 0.2, -0.5, *none, *none, *none, 0],
    ]  # fmt: skip
    total = rows[8]
    assert total[0] == "两年均有数据的合计（得分为平均）"
    assert total[2:5] == [96.5, 95.75, 0.75]
    assert total[7:9] == [pytest.approx(375.205), pytest.approx(285.1925)]
    assert total[9] == pytest.approx(375.205 / 285.1925 - 1)
    assert total[10:13] == [pytest.approx(374.98), pytest.approx(2849.8), pytest.approx(374.98 / 2849.8 - 1)]
    assert total[13:16] == [10.05, 0, None]
    assert total[19] == 2


def test_ten_fold_moves_are_coloured_and_counted(compared: Written) -> None:
    sheet = compared.formulas[SHEET]
    tinted = {
        str(area.sqref): [(rule.operator, rule.formula) for rule in area.rules]
        for area in sheet.conditional_formatting
        if all(rule.type == "cellIs" for rule in area.rules)
    }
    either = [("between", ["9", "1000000000000000.0"]), ("lessThanOrEqual", ["-0.9"])]
    assert tinted == {f"{column}5:{column}8": either for column in "JMPS"}
    overview = compared.formulas["总览"]
    tile = next(cell for row in overview.iter_rows() for cell in row if cell.value == "十倍变动（项）")
    assert links_of(overview)[tile.coordinate].location == f"'{SHEET}'!A1"
    value = overview.cell(tile.row + 1, tile.column)
    assert value.value == f"='{SHEET}'!$T$9"
    assert compared.values["总览"][value.coordinate].value == 2
    assert value.fill.fgColor.rgb[2:] == "FBE9DD"


def test_it_is_a_sheet_like_the_others(compared: Written) -> None:
    sheet = compared.formulas[SHEET]
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.paperSize) == ("C5", "$3:$4", 8)
    assert sheet.auto_filter.ref == "A4:U8"
    assert sheet.sheet_properties.tabColor.rgb[2:] == "2E75B6"
    contents = {link.location for link in links_of(compared.formulas["总览"]).values()}
    assert f"'{SHEET}'!A1" in contents


def test_without_a_last_year_there_is_no_such_sheet(small: Written) -> None:
    assert SHEET not in small.formulas.sheetnames
    assert "十倍变动（项）" not in [cell.value for row in small.formulas["总览"].iter_rows() for cell in row]


def test_an_empty_night_beside_a_last_year(empty_night: BatchResult, tmp_path: Path) -> None:
    book = written(empty_night, tmp_path / "summary.xlsx", Surroundings(last_year=LAST_YEAR))
    assert book.rows(SHEET)[4] == ["（无）"]
    assert formulas_of(book.formulas) == []


def test_nobody_in_both_years(district: BatchResult, tmp_path: Path) -> None:
    strangers = replace(LAST_YEAR, figures={"1": figures(revenue="5")}, scores={})
    total = written(district, tmp_path / "summary.xlsx", Surroundings(last_year=strangers)).rows(SHEET)[8]
    assert total[2:10] == [None, None, None, None, None, 0, 0, None]


@pytest.mark.parametrize(
    ("now", "then", "share", "moved"),
    [
        (None, 1, None, 0),
        (1, None, None, 0),
        (1, 0, None, 0),
        (0, 1, -1_000_000, 1),
        (10, 1, 9_000_000, 1),
        (9_999_999, 1_000_000, 8_999_999, 0),
        (1_000_000, 10_000_000, -900_000, 1),
        (1_000_001, 10_000_001, -900_000, 1),
        (1_000_010, 10_000_000, -899_999, 0),
        (2, 3, -333_333, 0),
        (10**14, 1, 10**20 - 10**6, 1),
    ],
)
def test_a_change_is_rounded_once(now: int | None, then: int | None, share: int | None, moved: int) -> None:
    change = change_of(Pair.of(pd.Series(nullable([now])), [then]))
    assert (change.counts.tolist()[0] if change.filled[0] else None, int(change.ten_fold[0])) == (share, moved)


@pytest.mark.libreoffice
def test_recalculated_it_says_the_same(compared: Written, tmp_path: Path) -> None:
    cells = [cell for sheet, cell in formulas_of(compared.formulas) if sheet == SHEET]
    assert len(cells) == 4 * 6 + 16
    theirs = recalculated(compared.formulas, tmp_path)[SHEET]
    for cell in cells:
        mine, calculated = compared.values[SHEET][cell].value, theirs[cell].value
        if isinstance(mine, int | float):
            assert calculated == pytest.approx(mine, abs=1e-9), cell
        else:
            assert (calculated or "") == (mine or ""), cell
