"""Eight made-up projects of four departments on the project form, and what is wrong with each; five are as they should be."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import load_workbook

from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.model import Rulebook
from perfbatch.template import write_template
from tests.samples.build import RECEIVED, cell_places
from tests.samples.office import calculate
from tests.samples.packages import steady

__all__ = ["PROJECTS", "RULEBOOK_ID", "Project", "build_projects"]

RULEBOOK_ID = "xiangmu-2023"
_GOOD, _PART = "达成预期指标", "部分达成预期指标并具有一定效果"

Row = tuple[str, str, str, Any, str, Any, str, float, float, str]
"""二级指标, 三级指标, 指标性质, 年度指标值, 度量单位, 实际完成值, 定性结论, 分值, 得分, 偏差原因."""


class Project(NamedTuple):
    """A project's file: where it lies in the inbox, its single cells, its rows. `wrong` are the checks and findings of the gravest
    kinds that it was made for."""

    path: str
    cells: dict[str, Any]
    rows: tuple[Row, ...]
    wrong: tuple[str, ...] = ()


def _cells(
    name: str, code: str, department: str, department_code: str, funds: dict[str, tuple[float, ...]], **more: Any
) -> dict[str, Any]:
    """The cells of a project; `funds`: row → initial, budget, executed."""
    figures = {
        f"fund_{row}_{column}": amount
        for row, amounts in funds.items()
        for column, amount in zip(("initial", "budget", "executed"), amounts, strict=True)
    }
    return {
        "project_name": name,
        "project_code": code,
        "department_name": department,
        "department_code": department_code,
        "implementing_unit": department,
        "report_date": date(2024, 2, 28),
        "project_start": date(2023, 1, 1),
        **figures,
        **more,
    }


def _rows(*quantity: Row, effect: tuple[Row, ...], approval: float = 10) -> tuple[Row, ...]:
    satisfied: Row = ("服务对象满意度指标", "服务对象满意度", "≥", 90, "%", 92, "", 10, approval, "")
    return (*quantity, *effect, satisfied)


_EFFECT: tuple[Row, ...] = (
    ("社会效益指标", "受益群众", "≥", 5000, "人", 5200, "", 15, 15, ""),
    ("可持续影响指标", "长效管护机制", "定性", None, "", None, _GOOD, 15, 14, "管护人员年底到位"),
)

PROJECTS: tuple[Project, ...] = (
    Project(
        "项目/农村公路养护.xlsx",
        _cells(
            "农村公路养护", "XM2023001", "示例区交通运输局", "301001",
            {"total": (500, 500, 500), "current": (400, 400, 400), "carried": (100, 100, 100)},
            fund_total_score=10, goal_expected="养护农村公路120公里，好路率达到90%以上。",
            goal_actual="养护农村公路126公里，好路率93%。", self_score_total=99, self_grade="优",
        ),
        _rows(
            ("数量指标", "养护里程", "≥", 120, "公里", 126, "", 20, 20, ""),
            ("质量指标", "好路率", "≥", 90, "%", 93, "", 15, 15, ""),
            ("成本指标", "每公里养护成本", "≤", 4.2, "万元", 3.97, "", 15, 15, ""),
            effect=_EFFECT,
        ),
    ),
    Project(
        "项目/危桥改造.xlsx",
        _cells(
            "危桥改造", "XM2023002", "示例区交通运输局", "301001",
            {"total": (300, 320, 240), "current": (300, 320, 240)},
            fund_total_score=7.5, goal_expected="完成危桥改造8座。", goal_actual="完成6座，2座转入下年。",
            self_score_total=91.5, self_grade="优",
        ),
        _rows(
            ("数量指标", "改造危桥", "≥", 8, "座", 6, "", 20, 15, "汛期停工，2座转入下年"),
            ("质量指标", "验收合格率", "＝", 100, "%", 100, "", 15, 15, ""),
            ("时效指标", "按期完工", "定性", None, "", None, _GOOD, 15, 15, ""),
            effect=_EFFECT,
        ),
    ),
    Project(
        "项目/校舍维修.xlsx",
        _cells(
            "校舍维修", "XM2023003", "示例区教育局", "302001",
            {"total": (260, 260, 260), "current": (200, 200, 200), "other": (50, 50, 50)},
            fund_total_score=10, goal_expected="维修校舍1.2万平方米。", goal_actual="维修校舍1.2万平方米。",
            self_score_total=99, self_grade="优",
        ),
        _rows(
            ("数量指标", "维修面积", "≥", 12000, "平方米", 12000, "", 25, 25, ""),
            ("质量指标", "验收合格率", "＝", 100, "%", 100, "", 25, 25, ""),
            effect=_EFFECT,
        ),
        ("R01", "R01", "R01"),
    ),
    Project(
        "项目/学生营养餐.xlsx",
        _cells(
            "学生营养餐", "XM2023004", "示例区教育局", "302001",
            {"total": (180, 180, 180), "current": (180, 180, 180)},
            fund_total_score=10, goal_expected="供餐2600人。", goal_actual="供餐2750人。",
            self_score_total=99, self_grade="优",
        ),
        _rows(
            ("数量指标", "供餐人数", "≥", 2600, "人", 2750, "", 30, 30, ""),
            ("质量指标", "抽检合格率", "≥", 98, "%", 99.5, "", 25, 20, "抽检3批次不合格"),
            effect=_EFFECT,
        ),
        ("R15", "S01"),
    ),
    Project(
        "项目/基层卫生能力提升.xlsx",
        _cells(
            "基层卫生能力提升", "XM2023005", "示例区卫生健康局", "303001",
            {"total": (150, 150, 135), "current": (150, 150, 135)},
            fund_total_score=9, goal_expected="改造村卫生室15个。", goal_actual="改造村卫生室15个。",
            self_score_total=92, self_grade="优",
        ),
        _rows(
            ("数量指标", "改造村卫生室", "≥", 15, "个", 15, "", 25, 25, ""),
            ("时效指标", "按期完工", "定性", None, "", None, _PART, 25, 19, "设备到货延迟"),
            effect=_EFFECT,
        ),
    ),
    Project(
        "项目/疫苗冷链.xlsx",
        _cells(
            "疫苗冷链", "XM2023006", "示例区卫生健康局", "303001",
            {"total": (80, 80, 80), "current": (80, 80, 80)},
            fund_total_score=10, goal_expected="更新冷链设备40台。", goal_actual="更新冷链设备36台。",
            self_score_total=97, self_grade="优",
        ),
        _rows(
            ("数量指标", "更新设备", "≥", 40, "台", 36, "", 25, 23, ""),
            ("质量指标", "设备完好率", "≥", 95, "%", 97, "", 25, 25, ""),
            effect=_EFFECT,
        ),
        ("R20", "S01"),
    ),
    Project(
        "项目/河道清淤.xlsx",
        _cells(
            "河道清淤", "XM2023007", "示例区水利局", "304001",
            {"total": (220, 210, 210), "current": (220, 210, 210)},
            fund_total_score=10, goal_expected="清淤河道18公里。", goal_actual="清淤河道18公里。",
            self_score_total=95, self_grade="优",
        ),
        _rows(
            ("数量指标", "清淤里程", "≥", 18, "公里", 18, "", 25, 25, ""),
            ("成本指标", "每公里成本", "≤", 12, "万元", 11.67, "", 25, 25, ""),
            effect=_EFFECT,
        ),
        ("R16",),
    ),
    Project(
        "项目/农村饮水安全.xlsx",
        _cells(
            "农村饮水安全", "XM2023008", "示例区水利局", "304001",
            {"total": (400, 400, 400), "current": (400, 400, 400)},
            fund_total_score=10, goal_expected="改造供水管网60公里。", goal_actual="改造供水管网60公里。",
            self_score_total=99, self_grade="优",
        ),
        _rows(
            ("数量指标", "改造管网", "≥", 60, "公里", 60, "", 25, 25, ""),
            ("质量指标", "水质达标率", "≥", 95, "%", 98.6, "", 25, 25, ""),
            effect=_EFFECT,
        ),
    ),
)  # fmt: skip


def build_projects(inbox: Path) -> list[Path]:
    """Write the projects' workbooks into the inbox and return their paths."""
    rulebook = read_rulebook(RULEBOOK_ID).rulebook
    with tempfile.TemporaryDirectory() as folder:
        filled, calculated = Path(folder, "filled"), Path(folder, "calculated")
        filled.mkdir()
        for number, project in enumerate(PROJECTS):
            _fill(project, rulebook, filled / f"{number:02}.xlsx")
        calculate(sorted(filled.iterdir()), calculated)
        written = []
        for number, project in enumerate(PROJECTS):
            path = inbox / project.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(steady((calculated / f"{number:02}.xlsx").read_bytes()))
            os.utime(path, ns=(RECEIVED, RECEIVED))
            written.append(path)
    return written


def _fill(project: Project, rulebook: Rulebook, path: Path) -> None:
    write_template(rulebook, path)
    workbook = load_workbook(path)
    places = dict(cell_places(workbook))
    typed = {(field, 0): value for field, value in project.cells.items()}
    free = {}
    for row, preset in enumerate(rulebook.row_tables["indicators"].presets):
        free.setdefault(preset["level2"], []).append(row)
    columns = ("name", "sense", "target", "unit", "actual", "level", "max", "self", "deviation")
    for level2, *values in project.rows:
        row = free[level2].pop(0)
        typed |= {
            (column, row): value for column, value in zip(columns, values, strict=True) if value not in ("", None)
        }
    for place, value in typed.items():
        sheet, cell = places[place]
        workbook[sheet][cell] = value
    workbook.save(path)
