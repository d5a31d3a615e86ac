"""Names that moved, twins of names, inputs merged with their labels, headings changed to another unit."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from perfbatch.intake.reader import read_submission
from perfbatch.model.submission import SCALE, State, Submission
from tests.conftest import workbook
from tests.workbooks import blank, places, repack, rulebook

SAMPLES = sorted((Path(__file__).parents[2] / "inbox").glob("*.xlsx"))
Marks = set[tuple[str, str, str]]


def read(content: bytes) -> Submission:
    plainly = read_submission(content, "a.xlsx", rulebook())
    assert plainly == read_submission(content, "a.xlsx", rulebook(), plainly=False)
    return plainly


def marks(submission: Submission) -> Marks:
    """(code, field, cell) of all that is said but for notes."""
    return {
        (finding.code, finding.field, finding.cell) for finding in submission.findings if finding.severity != "info"
    }


def named(content: bytes, names: Mapping[str, str], more: str = "") -> bytes:
    """The workbook with names that refer to something else, and names added."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        book = package.read("xl/workbook.xml").decode()
    for name, target in names.items():
        book, count = re.subn(rf'(<definedName name="{name}"[^>]*>)[^<]*<', rf"\g<1>{target}<", book)
        assert count == 1
    book = book.replace("</definedNames>", more + "</definedNames>")
    return repack(content, {"xl/workbook.xml": book.encode()})


def edited(changes: Mapping[tuple[str, str], object], content: bytes | None = None, merge: str = "") -> bytes:
    """The department's workbook with cells written over, by sheet and cell; `merge`: sheet!area."""
    book = openpyxl.load_workbook(io.BytesIO(content or workbook()))
    if merge:
        sheet, area = merge.split("!")
        book[sheet].merge_cells(area)
    for (sheet, cell), value in changes.items():
        book[sheet][cell] = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def at(field: str, row: int = 0) -> tuple[str, str]:
    return places(blank())[field][row]


def test_no_name_of_the_forms_own_stands_at_another_label() -> None:
    for content in (blank(), workbook(), *(path.read_bytes() for path in SAMPLES[:3])):
        assert {mark for mark in marks(read(content)) if mark[0] == "C14"} == set()


def test_names_in_other_letters_are_the_same_names() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook())) as package:
        book = package.read("xl/workbook.xml").decode()
    upper = re.sub(r'(<definedName name=")([^"]*)', lambda match: match[1] + match[2].upper(), book)
    assert read(repack(workbook(), {"xl/workbook.xml": upper.encode()})) == read(workbook())


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        # cut and paste: one name went along, the other is dead
        ({"authorized_posts": "基本概况!$D$3", "on_post_staff": "#REF!"}, {("C14", "authorized_posts", "D3"), ("C14", "on_post_staff", "")}),
        # two fields, one cell: the one whose label stands there keeps it
        ({"authorized_posts": "基本概况!$D$3"}, {("C14", "authorized_posts", "D3")}),
        # exchanged
        (
            {"authorized_posts": "基本概况!$D$3", "on_post_staff": "基本概况!$B$3"},
            {("C14", "authorized_posts", "D3"), ("C14", "on_post_staff", "B3")},
        ),
        # on the next column of a unit table
        ({"revenue_other": "收支情况!$G$5:$G$8"}, {("C14", "revenue_other", "G5")}),
        ({"carryover_prior_year": "收支情况!$E$5:$E$8", "general_budget_appropriation": "收支情况!$D$5:$D$8"},
         {("C14", "carryover_prior_year", "E5"), ("C14", "general_budget_appropriation", "D5")}),
        # two fields on a cell that no label names
        ({"contact_person": "综述!$Z$40", "contact_phone": "综述!$Z$40"}, {("C14", "contact_person", "Z40"), ("C14", "contact_phone", "Z40")}),
        # moved with nothing beside it: followed
        ({"evaluation_method": "综述!$Z$40"}, set()),
        # out of the workbook
        ({"evaluation_method": "[1]封面!$C$8"}, {("C14", "evaluation_method", ""), ("C18", "", "")}),
    ],
)  # fmt: skip
def test_c14_where_another_label_stands_or_two_fields_share_a_cell(names: Mapping[str, str], expected: Marks) -> None:
    submission = read(named(workbook(), names))
    assert marks(submission) == expected
    for field in {field for _, field, _ in expected if field}:
        assert [fact.state for fact in submission.facts[field]] == [State.UNREADABLE]


def test_a_moved_name_says_whose_cell_it_is() -> None:
    (finding,) = read(named(workbook(), {"authorized_posts": "基本概况!$D$3"})).findings
    assert finding.message.startswith("人员编制（人）：该项的名称指向了“实有人数（人）”的单元格")


@pytest.mark.parametrize("target", ["#REF!", "综述!$Z$40", "基本概况!$B$3"])
def test_a_sheets_twin_beside_its_label_stands_in_for_a_name_that_does_not(target: str) -> None:
    twin = f'<definedName name="on_post_staff" localSheetId="2">{"!".join(("基本概况", "$D$3"))}</definedName>'
    submission = read(named(workbook(), {"on_post_staff": target}, twin))
    assert submission.facts["on_post_staff"][0].value == 28 * SCALE
    assert marks(submission) == set()


def test_the_workbooks_own_name_wins_beside_its_label() -> None:
    twin = '<definedName name="on_post_staff" localSheetId="2">基本概况!$B$3</definedName>'
    assert read(named(workbook(), {}, twin)) == read(workbook())


def test_a_twin_of_a_dead_name_that_stands_beside_nothing_is_not_the_forms() -> None:
    twin = '<definedName name="on_post_staff" localSheetId="2">综述!$Z$40</definedName>'
    assert marks(read(named(workbook(), {"on_post_staff": "#REF!"}, twin))) == {("C14", "on_post_staff", "")}


@pytest.mark.parametrize("label", ["实有在岗人数", "实有人数", "实有人数：", "", None])
def test_a_label_changed_is_no_fault(label: str | None) -> None:
    assert read(edited({("基本概况", "C3"): label})).facts == read(workbook()).facts


@pytest.mark.parametrize(
    ("merge", "text", "state", "value"),
    [
        ("封面!B5:D5", None, State.BLANK, None),
        ("封面!B5:C5", None, State.BLANK, None),
        ("封面!B5:C5", "部门（单位）名称：云溪区测试局", State.FILLED, "云溪区测试局"),
        ("封面!B5:C5", "云溪区测试局", State.FILLED, "云溪区测试局"),
    ],
)
def test_an_input_merged_with_its_label_is_no_answer(merge: str, text: str | None, state: State, value: object) -> None:
    assert at("unit_name") == ("封面", "C5")
    top_left = merge.partition("!")[2].partition(":")[0]
    changes = {("封面", top_left): text} if text is not None else {}
    submission = read(edited(changes, merge=merge))
    (fact,) = submission.facts["unit_name"]
    assert (fact.state, fact.value) == (state, value)
    assert (("C07", "unit_name", top_left) in marks(submission)) == (state is State.BLANK)


def test_c07_a_figure_merged_with_its_label() -> None:
    submission = read(edited({}, merge="基本概况!C3:D3"))
    assert marks(submission) == {("C07", "on_post_staff", "C3")}


AMOUNTS = [field.id for field in rulebook().unit_tables["fixed_assets"].fields]


def filled(fields: list[str]) -> Marks:
    """C10 at every figure of these columns but for zeros: those of 汇总 and 局机关."""
    facts = read(workbook()).facts
    return {
        ("C10", field, fact.cell)
        for field in fields
        for fact in facts[field]
        if fact.state is State.FILLED and fact.value
    }


@pytest.mark.parametrize(
    "title", ["固定资产情况（元）", "固定资产情况（单位：元）", "固定资产情况(千元)", "固定资产情况 单位：元"]
)
def test_c10_under_a_table_whose_title_was_changed_to_another_unit(title: str) -> None:
    row = int(at("fixed_assets_total")[1][1:])
    assert marks(read(edited({("收支情况", f"A{row - 3}"): title}))) == filled(AMOUNTS)


def test_c10_under_a_column_whose_label_was_changed_to_another_unit() -> None:
    row = int(at("fixed_assets_total")[1][1:])
    assert marks(read(edited({("收支情况", f"C{row - 2}"): "固定资产合计（元）"}))) == filled(["fixed_assets_total"])


def test_c10_beside_a_label_and_in_a_card_changed_to_another_unit() -> None:
    sheet, cell = at("procurement_budget")
    row = int(cell[1:])
    beside = edited({(sheet, f"A{row}"): "政府采购预算数（元）"})
    assert marks(read(beside)) == {("C10", "procurement_budget", cell)}
    card = edited({(sheet, f"A{row - 1}"): "政府采购与公务卡（元）"})
    fields = ("procurement_budget", "procurement_actual", "official_card_spending", "official_card_eligible")
    assert marks(read(card)) == {("C10", field, at(field)[1]) for field in fields}


@pytest.mark.parametrize(
    "title", ["固定资产情况", "固定资产情况（2020年）", "固定资产情况（附表）", "本单位固定资产（万元）"]
)
def test_a_title_changed_otherwise_is_no_fault(title: str) -> None:
    row = int(at("fixed_assets_total")[1][1:])
    assert read(edited({("收支情况", f"A{row - 3}"): title})) == read(workbook())
