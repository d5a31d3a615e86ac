"""The form refilled: nothing of the department's file goes out but what was typed, and it reads as it did."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from perfbatch.intake.reader import read_submission
from perfbatch.intake.typing_in import read_typed
from perfbatch.model.findings import Finding
from perfbatch.model.submission import Submission
from perfbatch.model.typed import TypedCell, TypedForm
from perfbatch.notice.heading import NoticeHeading
from perfbatch.notice.refilled import refilled_notice
from perfbatch.template.refill import NotRefillable, refill
from perfbatch.template.scorecard import NAME_OFFSET
from tests.conftest import workbook
from tests.notice.workbooks import HEADING, parts
from tests.workbooks import places, repack, rulebook

OURS = {"整改通知", "续页", "校验", "_live", "_perfbatch"}


def read(content: bytes) -> Submission:
    return read_submission(content, "a.xlsx", rulebook())


def in_short(submission: Submission) -> list[tuple[object, ...]]:
    """What is said of a workbook, wherever its cells stand; formulas are not taken over."""
    return sorted(
        (finding.code, finding.field, str(finding.row), finding.message, finding.reported)
        for finding in submission.findings
        if finding.code not in ("C05", "C11", "C18")
    )


def states(submission: Submission) -> dict[str, list[tuple[int, object, object]]]:
    """What every field says, but for the table's own sum; blank rows at the end count for nothing."""
    by_field: dict[str, list[tuple[int, object, object]]] = {}
    for field, column in submission.columns.items():
        rows = [
            (state, value, column.steps[row] if column.steps else 0)
            for row, (state, value) in enumerate(zip(column.states, column.values, strict=True))
        ]
        while rows and rows[-1][0] == 0:
            rows.pop()
        if field != "scorecard_total":
            by_field[field] = rows
    return by_field


def again(content: bytes) -> Submission:
    return read(refill(rulebook(), read_typed(content, rulebook(), NAME_OFFSET)).content)


def test_a_department_refilled_says_what_it_said() -> None:
    content = workbook()
    assert states(again(content)) == states(read(content))
    assert in_short(again(content)) == in_short(read(content))


TYPED: Mapping[str, object] = {
    "authorized_posts": "约10",
    "on_post_staff": "２０",
    "report_date": date(2020, 7, 15),
    "function_summary": "=1+1",
    "budget_initial": "2749800元",
    "satisfaction_rate": 0.9,
    "self_grade": "优",
    "contact_phone": "00731-12345",
    "evaluating_body": "甲\n乙",
    "thrift_measures": "—",
}


def changed(values: Mapping[str, object], formats: Mapping[str, str] | None = None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    for field, value in values.items():
        sheet, place = next(iter(book.defined_names[field].destinations))
        cell = book[sheet][place.replace("$", "").partition(":")[0]]
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
        if formats and field in formats:
            cell.number_format = formats[field]
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def test_what_was_typed_stays_as_it_was_typed() -> None:
    content = changed(TYPED, {"satisfaction_rate": "General"})
    before = read(content)
    assert {finding.code for finding in before.findings} >= {"C01", "C02", "C04", "C08", "C09", "C13"}
    assert in_short(again(content)) == in_short(before)
    assert states(again(content)) == states(before)


PLACES = (
    "authorized_posts",
    "budget_initial",
    "satisfaction_rate",
    "report_date",
    "function_summary",
    "self_score_total",
)
NUMBERS = st.floats(-1e6, 1e9, allow_nan=False).map(lambda number: round(number, 4)) | st.integers(-5, 10**7)
CELLS = st.one_of(
    NUMBERS,
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), max_size=30),
    st.sampled_from(
        ["90%", "0.9", "无", "/", "10.05万元", "(1.2)", "2021年7月15日", "=A1", "'", "５０", "1,234.5", " "]
    ),
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.none(),
)


@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    st.dictionaries(st.sampled_from(PLACES), CELLS, min_size=1),
    st.sampled_from(["General", "0.00%", "#,##0.00", "0"]),
)
def test_a_form_refilled_reads_as_the_form(values: dict[str, object], number_format: str) -> None:
    content = changed(values, dict.fromkeys(values, number_format))
    before, after = read(content), again(content)
    assert in_short(after) == in_short(before)
    assert states(after) == states(before)


def test_units_and_rows_beyond_the_blank_form_are_kept() -> None:
    typed = read_typed(workbook(), rulebook(), NAME_OFFSET)
    cells = dict(typed.cells)
    for table in rulebook().unit_tables.values():
        for field in table.fields:
            if field.id in cells:
                blank = [TypedCell(None)] * (30 - len(cells[field.id]))
                last = TypedCell(f"第{30}个单位") if field.kind == "text" else TypedCell(1.25)
                cells[field.id] = [*cells[field.id], *blank[:-1], last]
    cells["evaluator_name"] = [TypedCell(f"甲{number}") for number in range(40)]
    submission = read(refill(rulebook(), TypedForm(cells, typed.names)).content)
    assert submission.columns["entity_name"].values[29] == "第30个单位"
    assert submission.columns["official_reception"].values[29] == 1_250_000
    assert submission.columns["evaluator_name"].values == tuple(f"甲{number}" for number in range(40))


def test_more_rows_than_there_is_room_for_are_refused() -> None:
    with pytest.raises(NotRefillable):
        refill(rulebook(), TypedForm({"item_max": [TypedCell(1)] * 100}))


def test_a_renamed_indicator_keeps_its_name_and_its_place() -> None:
    typed = read_typed(workbook(), rulebook(), NAME_OFFSET)
    number = [indicator.editable for indicator in rulebook().indicators].index(True)
    old = typed.names[number]
    names = [*typed.names]
    names[number] = old._replace(value="改名后的指标")
    made = refill(rulebook(), TypedForm(typed.cells, names))
    sheet, cell = made.places[old.sheet, old.cell]
    assert openpyxl.load_workbook(io.BytesIO(made.content))[sheet][cell].value == "改名后的指标"


def active() -> bytes:
    content = changed({"authorized_posts": "约10"})
    return repack(content, {"xl/vbaProject.bin": b"macros", "xl/embeddings/oleObject1.bin": b"object"})


def test_nothing_of_an_active_workbook_goes_out() -> None:
    content = active()
    findings = read(content).findings
    assert [finding.code for finding in findings if not finding.cell] == ["C18"]
    notice = refilled_notice(content, rulebook(), findings, HEADING, "原件未附")
    names = set(parts(notice))
    assert not any("vba" in name or "embeddings" in name for name in names)
    assert b"macros" not in b"".join(parts(notice).values())
    book = openpyxl.load_workbook(io.BytesIO(notice))
    assert book.sheetnames[0] == "整改通知"
    lines = [str(row[0].value) for row in book["整改通知"].iter_rows()]
    assert "原件未附" in lines
    assert in_short(read(notice)) == in_short(read(content))


def test_marks_stand_at_the_same_fields() -> None:
    content = active()
    findings = read(content).findings
    fault = next(finding for finding in findings if finding.field == "authorized_posts")
    notice = refilled_notice(content, rulebook(), findings, HEADING, "原件未附")
    book = openpyxl.load_workbook(io.BytesIO(notice))
    sheet, place = next(iter(book.defined_names["authorized_posts"].destinations))
    cell = book[sheet][place.replace("$", "")]
    assert cell.value == "约10"
    assert cell.comment is not None
    assert fault.message in cell.comment.text


def test_points_at_risk_follow_their_findings() -> None:
    content = active()
    findings: list[Finding] = [finding for finding in read(content).findings if finding.field == "authorized_posts"]
    heading = NoticeHeading("116001", "甲", date(2021, 7, 20), points_at_risk=dict.fromkeys(findings, Decimal(5)))
    book = openpyxl.load_workbook(io.BytesIO(refilled_notice(content, rulebook(), findings, heading, "")))
    assert any(cell.value == "5" for row in book["整改通知"].iter_rows() for cell in row)


def test_what_cannot_be_refilled_gives_the_list_alone() -> None:
    notice = refilled_notice(b"no workbook", rulebook(), read(active()).findings, HEADING, "")
    assert openpyxl.load_workbook(io.BytesIO(notice)).sheetnames == ["整改通知"]


def test_rows_of_the_scorecard_and_the_evidence_go_where_their_ids_are_printed() -> None:
    typed = read_typed(workbook(), rulebook(), NAME_OFFSET)
    whole = refill(rulebook(), typed).content
    blank = TypedCell(None)
    for columns, shown in (
        (("item_id", "item_max", "item_self_score", "item_deduction_reason"), True),
        (("evidence_id", "evidence_answer"), False),
    ):
        cells = dict(typed.cells)
        for name in columns:
            cells[name] = [*reversed(typed.cells[name]), blank]
        names = [*reversed(typed.names), blank] if shown else typed.names
        assert refill(rulebook(), TypedForm(cells, names)).content == whole


def test_a_row_of_the_scorecard_without_an_id_keeps_its_place_and_others_are_refused() -> None:
    typed = read_typed(workbook(), rulebook(), NAME_OFFSET)
    gone = [TypedCell(None) if row == 3 else cell for row, cell in enumerate(typed.cells["item_id"])]
    made = refill(rulebook(), TypedForm({**typed.cells, "item_id": gone}, typed.names))
    place = typed.cells["item_max"][3]
    assert made.places[place.sheet, place.cell] == (place.sheet, place.cell)
    without = {name: cells for name, cells in typed.cells.items() if name != "item_id"}
    holes = [TypedCell(None) if row == 3 else cell for row, cell in enumerate(typed.cells["item_max"])]
    made = refill(rulebook(), TypedForm({**without, "item_max": holes}))
    place = typed.cells["item_max"][4]
    assert made.places[place.sheet, place.cell] == (place.sheet, place.cell)
    more = {name: [*typed.cells[name], TypedCell(1)] for name in ("item_max", "item_self_score")}
    with pytest.raises(NotRefillable):
        refill(rulebook(), TypedForm({**typed.cells, **more}, typed.names))


def test_units_keep_their_figures_where_the_tables_have_other_rows() -> None:
    content = workbook(entity_name=[None, None, "甲站", "乙站"], official_reception=[3, 1, None, 2])
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet, cell = places(content)["official_reception"][2]
    other = book[sheet].cell(int(re.sub(r"\D", "", cell)), 2)
    other.value = "乙站"
    book[sheet].cell(other.row + 1, 2).value = "甲站"
    saved = io.BytesIO()
    book.save(saved)
    before, after = read(saved.getvalue()), again(saved.getvalue())
    by_unit = [
        dict(zip(s.columns["entity_name"].values, s.columns["official_reception"].values, strict=False))
        for s in (before, after)
    ]
    assert by_unit[0] == by_unit[1]
    assert by_unit[1]["甲站"] == 2_000_000
