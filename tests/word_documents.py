"""Word reports for tests, built row by row with the merged cells that the official form has, and the seed as one."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from tests.samples.seed import SEED

__all__ = ["Cell", "Report", "down", "report_of_the_seed", "wide"]


@dataclass(frozen=True)
class Cell:
    """A cell of a row: how many columns of the grid it covers; `merge` "restart" begins a merged one, "continue" goes on."""

    text: str
    span: int = 1
    merge: str = ""


def wide(text: str, span: int, merge: str = "") -> Cell:
    return Cell(text, span, merge)


def down(text: str = "", span: int = 1) -> Cell:
    """The first cell of one that is merged downwards, or with no text a further one."""
    return Cell(text, span, "restart" if text else "continue")


Row = Sequence[Cell | str]


@dataclass
class Report:
    """A report as paragraphs (a text) and tables (rows), in order."""

    blocks: list[str | list[Row]] = field(default_factory=list)

    def content(self, change: Callable[[Any], None] | None = None) -> bytes:
        """The .docx; `change` is given the document before it is saved."""
        document = docx.Document()
        for block in self.blocks:
            if isinstance(block, str):
                for line in block.split("\n"):
                    document.add_paragraph(line)
            else:
                document.element.body.insert_element_before(_table(block), "w:sectPr")
        if change is not None:
            change(document)
        document.core_properties.created = document.core_properties.modified = _DAY
        made = io.BytesIO()
        document.save(made)
        return made.getvalue()


def _day() -> Any:
    from datetime import datetime

    return datetime(2021, 7, 15)  # noqa: DTZ001 - the properties of a document have no zone


_DAY = _day()


def _table(rows: Sequence[Row]) -> Any:
    table = OxmlElement("w:tbl")
    table.append(OxmlElement("w:tblPr"))
    cells = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
    columns = max(sum(cell.span for cell in row) for row in cells)
    grid = OxmlElement("w:tblGrid")
    for _ in range(columns):
        column = OxmlElement("w:gridCol")
        column.set(qn("w:w"), str(_WIDTH // columns))
        grid.append(column)
    table.append(grid)
    for row in cells:
        line = OxmlElement("w:tr")
        # The last cell of a row goes to the edge of the table.
        row[-1] = Cell(row[-1].text, columns - sum(cell.span for cell in row[:-1]), row[-1].merge)
        for cell in row:
            line.append(_cell(cell, _WIDTH // columns))
        table.append(line)
    return table


_WIDTH = 9_000
"""Of a table, in twentieths of a point."""


def _cell(cell: Cell, width: int) -> Any:
    element, properties = OxmlElement("w:tc"), OxmlElement("w:tcPr")
    wide_by = OxmlElement("w:tcW")
    wide_by.set(qn("w:w"), str(width * cell.span))
    wide_by.set(qn("w:type"), "dxa")
    properties.append(wide_by)
    if cell.span > 1:
        span = OxmlElement("w:gridSpan")
        span.set(qn("w:val"), str(cell.span))
        properties.append(span)
    if cell.merge:
        merge = OxmlElement("w:vMerge")
        if cell.merge == "restart":
            merge.set(qn("w:val"), "restart")
        properties.append(merge)
    element.append(properties)
    for line in cell.text.split("\n"):
        paragraph, run, text = OxmlElement("w:p"), OxmlElement("w:r"), OxmlElement("w:t")
        text.text = line
        text.set(qn("xml:space"), "preserve")
        run.append(text)
        paragraph.append(run)
        element.append(paragraph)
    return element


def _figure(name: str, row: int) -> str:
    value = SEED.get(name)
    figure = value[row] if isinstance(value, list) and row < len(value) else value
    return "" if figure is None or isinstance(figure, list) else str(figure)


_UNITS = ("局机关及二级机构汇总", "1、局机关", "2、二级机构1", "3、二级机构2")


def _unit_rows(fields: Sequence[str]) -> list[Row]:
    return [[name, *((_figure(field, row) if row < 2 else "") for field in fields)] for row, name in enumerate(_UNITS)]


REVENUE = ["revenue_total", "carryover_prior_year", "general_budget_appropriation", "gov_fund_appropriation",
           "nontax_special_account", "revenue_other"]  # fmt: skip
EXPENDITURE = ["expenditure_total", "basic_expenditure", "personnel_expenditure", "operating_expenditure", "project_expenditure",
               "balance_current_year", "balance_cumulative"]  # fmt: skip
THREE_PUBLIC = ["three_public_total", "official_reception", "vehicle_operation", "vehicle_purchase", "overseas_travel"]
ASSETS = ["fixed_assets_total", "fixed_assets_in_use", "fixed_assets_leased", "fixed_assets_other"]


def profile() -> list[Row]:
    return [
        [wide("一、部门（单位）基本概况", 4)],
        ["联系人", SEED["contact_person"], "联络电话", SEED["contact_phone"]],
        ["人员编制", str(SEED["authorized_posts"]), "实有人数", str(SEED["on_post_staff"])],
        ["职能职责概述", wide(SEED["function_summary"], 3)],
        ["年度主要\n\n工作内容", wide(SEED["annual_work_plan"], 3)],
        ["年度部门（单位）总体运行情况及取得的成绩", wide(SEED["annual_achievements"], 3)],
    ]


def revenue() -> list[Row]:
    return [
        [wide("年度收入情况（万元）", 7)],
        [down("机构名称"), down("收入合计"), wide("其中：", 5)],
        [down(), down(), "上年结转", "公共财\n\n政拨款", "政府基金拨款", "纳入专户管理的非税收入拨款", "其他\n\n收入"],
        *_unit_rows(REVENUE),
    ]


def expenditure() -> list[Row]:
    return [
        [wide("部门（单位）年度支出和结余情况（万元）", 8)],
        [down("机构名称"), down("支出合计"), wide("其中：", 4), wide("结余", 2)],
        [down(), down(), down("基本支出"), wide("其中：", 2), down("项目支出"), down("当年结余"), down("累计结余")],
        [down(), down(), down(), "人员支出", "公用支出", down(), down(), down()],
        *_unit_rows(EXPENDITURE),
    ]


def three_public() -> list[Row]:
    return [
        [down("机构名称"), down("三公经费\n\n合计"), wide("其中：", 4)],
        [down(), down(), "公务接待费", "公务用车运维费", "公务用车购置费", "因公出国费"],
        *_unit_rows(THREE_PUBLIC),
    ]


def assets() -> list[Row]:
    return [
        [down("机构名称"), down("固定资产\n\n合计"), wide("其中：", 2), down("其他")],
        [down(), down(), "在用固定资产", "出租固定资产", down()],
        *_unit_rows(ASSETS),
    ]


def _targets() -> list[Row]:
    kinds = [("产出目标\n\n（部门工作实绩）", "质量指标\n质量指标", 0, 6), ("", "数量指标", 6, 4), ("", "时效指标", 12, 2),
             ("", "成本指标", 15, 2), ("效益目标\n\n（预期实现的效益）", "社会效益", 18, 1), ("", "经济效益", 21, 1),
             ("", "生态效益", 24, 1)]  # fmt: skip
    rows: list[Row] = []
    for heading, kind, begin, count in kinds:
        for number in range(count):
            target = _figure("indicator_target", begin + number)
            printed = f"指标{number + 1}：{target}" if kind[:2] not in ("社会", "经济", "生态") else target
            if kind in ("经济效益", "生态效益"):
                printed = "指标1：\n\n指标2：\n\n……"
            first = down(heading) if heading and number == 0 else down()
            own = down(kind) if number == 0 and count > 1 else down() if number else Cell(kind)
            rows.append([down(), first, own, printed, _figure("indicator_actual", begin + number)])
        if kind in ("时效指标", "成本指标"):
            rows.append([down(), down(), down(), "……", ""])
    return rows


def goals() -> list[Row]:
    return [
        [wide("三、部门（单位）整体支出绩效自评情况", 5)],
        [down("整体支出绩效定性目标及实施计划完成情况"), wide("预期目标", 3), "实际完成"],
        [down(), wide(SEED["goal_expected"], 3), SEED["goal_actual"]],
        [down("整体支出\n\n绩效定量目标及实施计划完成情况"), wide("评价内容", 2), "绩效目标", "完成情况"],
        *_targets(),
        [down(), down(), "社会公众或服务对象满意度", "工会工作获得社会基本认可", "90%"],
        [wide("绩效自评综合得分", 2), wide("98", 3)],
        [wide("评价等次", 2), wide("优秀", 3)],
    ]


def evaluators() -> list[Row]:
    people = zip(SEED["evaluator_name"], SEED["evaluator_title"], SEED["evaluator_unit"], strict=True)
    return [
        [wide("四、评价人员", 4)],
        ["姓  名", "职务/职称", "单  位", "签  字"],
        *([name, title, unit, ""] for name, title, unit in people),
        [wide("评价组组长（签字）：\n\n年    月    日", 4)],
        [wide("部门（单位）意见：\n\n部门（单位）负责人（签章）：", 4)],
        [wide("填报人（签名）：（姓名）                    联系电话：0000000", 4)],
    ]


_HEAD: Row = ["一级指标", "二级指标", "三级指标", "评分标准", "分值", "自评得分", "扣分原因和其他说明"]


def scorecard() -> list[list[Row]]:
    """Two tables: the form breaks it between pages."""
    from tests.workbooks import rulebook

    book = rulebook()
    groups = {group.id: f"{group.name}\n（{group.points:f}分）" for group in book.groups}
    rows: list[Row] = []
    last_group = last_subgroup = ""
    for number, indicator in enumerate(book.indicators):
        benefit = indicator.name.endswith("效益")
        group = down(groups[indicator.group]) if indicator.group != last_group else down()
        subgroup = down(f"{indicator.subgroup}\n（15分）") if indicator.subgroup != last_subgroup else down()
        points = Cell(f"{indicator.points:f}")
        if benefit:
            points = down("15") if indicator.name.startswith("经济") else down()
        reason = _figure("item_deduction_reason", number)
        name = indicator.name.replace("控制率", "\n\n控制率").replace("健全性", "\n健全性")
        score = _figure("item_self_score", number)
        rows.append([group, subgroup, name, indicator.standard[:20], points, score, reason])
        last_group, last_subgroup = indicator.group, indicator.subgroup
    total: Row = ["总 分", "", "", "", "100", "98", ""]
    return [
        [_HEAD, *rows[:13]],
        [_HEAD, *_restarted(rows[13], "过  程\n（40分）", "资产管理\n（10分）"), *rows[14:], total],
    ]


def _restarted(row: Row, group: str, subgroup: str) -> list[Row]:
    return [[down(group), down(subgroup), *row[2:]]]


COVER = (
    "附件2-1：\n岳阳市云溪区2020年度部门整体支出\n绩效评价自评报告\n部门(单位)名称：  岳阳市云溪区总工会               \n"
    "预 算 编 码： 116001                     \n评价方式：部门（单位）绩效自评\n评价机构：部门（单位）评价组   \n"
    "报告日期：2021 年 7 月 15 日\n岳阳市云溪财政局（制）"
)
NARRATIVE = (
    "五、评价报告综述\n一、部门（单位）概况\n1．主要职能。\n2．机构情况，本单位为行政一级部门预算单位,机关内设两个部门。\n"
    "3．人员情况，现有在职人数16人，其中行政人员10人，非参公事业人员6人。\n二、一般公人预算支出情况\n（一）基本支出情况\n"
    "基本支出274.98万元，其中工资福利支出130.46万元、一般商品和服务支出60.77万元、对个人和家庭补助支出83.75万元。\n"
    "（二）项目支出情况\n2020年度无项目支出\n三、政府性基金预算支出情况：无\n四、国有资本经营预算支出情况：无\n"
    "五、社会保险基金预算支出情况：无\n六、部门整体支出绩效情况\n（一）基层组织建设全面规范\n打造6家阵地建设示范点。"
)


def report_of_the_seed(changes: Mapping[int, Any] | None = None) -> Report:
    """The seed as a Word report, as the district's form has it. `changes`: number of a block → what stands there instead."""
    first, second = scorecard()
    finance: list[Row] = [[wide("二、部门（单位）收支情况", 8)]]
    blocks: list[Any] = [
        COVER, profile(), [*finance, *revenue()], expenditure(), three_public(), assets(), goals(), evaluators(), NARRATIVE,
        "附件3-1：\n   云溪区总工会部门整体支出绩效评价评分表", first, second, "备注：如部门（单位）根据本部门实际情况修改调整了附件3。",
    ]  # fmt: skip
    for number, block in (changes or {}).items():
        blocks[number] = block
    return Report([block for block in blocks if block is not None])
