"""Whole workbooks: the form recognised, every field read with its place, every fault found where it is."""

from __future__ import annotations

import io
import pickle
import re
import subprocess
import sys
import zipfile
from datetime import date
from decimal import Decimal
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfbatch.intake.reader import read_submission
from perfbatch.model.limits import Limits
from perfbatch.model.set_aside import SetAside
from perfbatch.model.submission import SCALE, State, Submission
from tests.workbooks import Stored, blank, fill, places, repack, rulebook, sheet_parts, store, zip_of

ITEMS = len(rulebook().indicators)
REQUIRED: dict[str, object] = {
    "unit_name": "区工会",
    "budget_code": "016001",
    "authorized_posts": 16,
    "on_post_staff": 16,
    "revenue_total": [274.98],
    "expenditure_total": [274.98],
    "self_score_total": 98,
    "self_grade": "优秀",
    "item_self_score": [1] * ITEMS,
}


def read(content: bytes, limits: Limits | None = None) -> Submission:
    return read_submission(content, "甲/a.xlsx", rulebook(), limits)


def places_of_findings(submission: Submission) -> list[tuple[str, str, str, str]]:
    return [(finding.code, finding.field, finding.sheet, finding.cell) for finding in submission.findings]


@lru_cache(maxsize=1)
def complete() -> bytes:
    return fill(blank(), REQUIRED)


@lru_cache(maxsize=1)
def complete_in_excel() -> bytes:
    """The same with shared strings, as Excel keeps them."""
    cells: dict[str | tuple[str, int], Stored] = {}
    for field, value in REQUIRED.items():
        for row, typed in enumerate(value if isinstance(value, list) else [value]):
            cells[field, row] = Stored(str(typed), type="inlineStr" if isinstance(typed, str) else "n")
    return store(blank(), cells)


def stored(cells: dict[str | tuple[str, int], Stored], *, calculated: bool = True) -> Submission:
    return read(store(complete(), cells, calculated=calculated))


def place(field: str, row: int = 0) -> tuple[str, str]:
    return places(blank())[field][row]


def refusal(content: bytes, limits: Limits | None = None) -> tuple[str, str]:
    with pytest.raises(SetAside) as caught:
        read(content, limits)
    return caught.value.code, caught.value.what


def test_a_filled_form_reads_back_without_a_finding() -> None:
    submission = read(complete())
    assert submission.findings == ()
    assert (submission.file, submission.entity_code, submission.entity_title) == ("甲/a.xlsx", "016001", "区工会")
    revenue = submission.facts["revenue_total"]
    assert (revenue[0].state, revenue[0].value, revenue[0].step) == (State.FILLED, 274_980_000, SCALE // 100)
    assert (revenue[0].sheet, revenue[0].cell) == place("revenue_total")
    assert [fact.state for fact in revenue[1:]] == [State.BLANK] * 3
    assert [fact.row for fact in revenue] == [0, 1, 2, 3]
    assert submission.facts.keys() == rulebook().field_by_id.keys()


def test_every_fact_of_the_blank_form_stands_where_its_name_says() -> None:
    facts = read(blank()).facts
    assert {field: [(fact.sheet, fact.cell) for fact in rows] for field, rows in facts.items()} == {
        field: cells if len(facts[field]) > 1 else cells[:1]
        for field, cells in places(blank()).items()
        if field in rulebook().field_by_id
    }


def test_c07_exactly_the_required_cells_of_the_blank_form() -> None:
    required = {field: len(value) if isinstance(value, list) else 1 for field, value in REQUIRED.items()}
    expected = [("C07", field, *place(field, row)) for field, rows in required.items() for row in range(rows)]
    assert sorted(places_of_findings(read(blank()))) == sorted(expected)


def test_c07_a_word_for_nothing_does_not_fill_a_required_cell() -> None:
    submission = read(fill(complete(), {"unit_name": "/", "function_summary": "无", "revenue_other": ["—"]}))
    assert places_of_findings(submission) == [("C07", "unit_name", *place("unit_name"))]
    assert submission.entity_title == ""
    assert submission.facts["function_summary"][0].state is State.STATED_NONE
    assert submission.facts["revenue_other"][0].state is State.STATED_NONE


def test_no_budget_code_is_the_callers_matter() -> None:
    submission = read(fill(blank(), {key: value for key, value in REQUIRED.items() if key != "budget_code"}))
    assert submission.entity_code == ""
    assert places_of_findings(submission) == [("C07", "budget_code", *place("budget_code"))]


@pytest.mark.parametrize(
    ("field", "row", "cell", "code"),
    [
        ("revenue_other", 1, Stored("１２万元", type="inlineStr"), "C01"),
        ("revenue_other", 1, Stored("120000元", type="inlineStr"), "C02"),
        ("revenue_other", 1, Stored("约10", type="inlineStr"), "C04"),
        ("revenue_other", 1, Stored(None, "SUM(A1:A2)"), "C05"),
        ("revenue_other", 1, Stored("#REF!", "SUM(#REF!)", "e"), "C06"),
        ("revenue_other", 1, Stored("#N/A", None, "e"), "C06"),
        ("report_date", 0, Stored("2020-6-1", type="inlineStr"), "C09"),
        ("revenue_other", 1, Stored("10人", type="inlineStr"), "C10"),
        ("revenue_other", 1, Stored("5", "2+2"), "C11"),
        ("revenue_other", 1, Stored("100000001"), "C12"),
        ("self_grade", 0, Stored("优", type="inlineStr"), "C13"),
        ("fiscal_year", 0, Stored("2019"), "C15"),
        ("revenue_other", 1, Stored("1.23456789"), "C16"),
        ("evaluation_method", 0, Stored("长" * 201, type="inlineStr"), "C17"),
    ],
)
def test_each_code_with_its_cell(field: str, row: int, cell: Stored, code: str) -> None:
    assert places_of_findings(stored({(field, row): cell})) == [(code, field, *place(field, row))]


@pytest.mark.parametrize(
    ("field", "row", "cell"),
    [
        ("revenue_other", 1, Stored("12")),
        ("revenue_other", 1, Stored("4", "2+2")),
        ("revenue_other", 1, Stored("4", "VLOOKUP(1,A:B,2)")),
        ("revenue_other", 1, Stored("", '""', "str")),
        ("report_date", 0, Stored("44392")),
        ("self_grade", 0, Stored("优秀", '"优秀"', "str")),
    ],
)
def test_no_finding_where_nothing_is_wrong(field: str, row: int, cell: Stored) -> None:
    assert places_of_findings(stored({(field, row): cell})) == []


def test_c08_where_the_percent_format_was_lost() -> None:
    content = store(complete(), {"satisfaction_rate": Stored("0.9")})
    assert places_of_findings(read(content)) == []
    assert read(content).facts["satisfaction_rate"][0].value == 90 * SCALE
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        styles = package.read("xl/styles.xml").decode()
    plain = styles.replace('numFmtId="10"', 'numFmtId="2"')  # 0.00% → 0.00
    assert plain != styles
    submission = read(repack(content, {"xl/styles.xml": plain.encode()}))
    assert places_of_findings(submission) == [("C08", "satisfaction_rate", *place("satisfaction_rate"))]
    assert submission.facts["satisfaction_rate"][0].value == SCALE * 9 // 10


def test_c11_names_stored_and_recomputed_value_and_the_stored_one_stands() -> None:
    column = place("revenue_total", 1)[1][0]
    rows = [int(place("revenue_total", row)[1][1:]) for row in (1, 2)]
    formula = f"SUM({column}{rows[0]}:{column}{rows[1]})"
    amounts = {("revenue_total", 1): Stored("100.5"), ("revenue_total", 2): Stored("0.25")}
    submission = stored({**amounts, ("revenue_total", 0): Stored("100", formula)})
    (finding,) = submission.findings
    assert (finding.reported, finding.expected, finding.difference) == ("100", "100.75", "-0.75")
    assert finding.message == f"收入合计：公式 ={formula} 保存的结果 100 不是按现有数据计算的"
    fact = submission.facts["revenue_total"][0]
    assert (fact.state, fact.value) == (State.FILLED, 100 * SCALE)
    assert places_of_findings(stored({**amounts, ("revenue_total", 0): Stored("100.75000000000001", formula)})) == []


def test_c11_a_sum_passes_over_numbers_stored_as_text() -> None:
    """Excel shows 0 for a sum of text numbers: the stored value is right, it is the cells that are noted."""
    cells = {
        ("revenue_total", 1): Stored("100", type="inlineStr"),
        ("revenue_total", 0): Stored("0", f"SUM({place('revenue_total', 1)[1]})"),
    }
    assert places_of_findings(stored(cells)) == [("C01", "revenue_total", *place("revenue_total", 1))]


@pytest.mark.parametrize(
    ("cell", "code", "state"),
    [
        (Stored("0", "1+1"), "C11", State.UNREADABLE),
        (Stored("0", "VLOOKUP(1,A:B,2)"), "C11", State.UNREADABLE),
        (Stored(None, "1+1"), "C05", State.UNREADABLE),
        (Stored("2", "1+1"), None, State.FILLED),
        (Stored("2"), None, State.FILLED),
    ],
)
def test_c11_where_nobody_calculated_only_a_confirmed_result_stands(
    cell: Stored, code: str | None, state: State
) -> None:
    submission = stored({("revenue_other", 1): cell}, calculated=False)
    expected = [] if code is None else [(code, "revenue_other", *place("revenue_other", 1))]
    assert places_of_findings(submission) == expected
    assert submission.facts["revenue_other"][1].state is state


def test_c11_a_result_nobody_calculated_confirms_no_other() -> None:
    cells = {
        ("revenue_other", 1): Stored("5", "VLOOKUP(1,A:B,2)"),
        ("revenue_other", 0): Stored("6", f"{place('revenue_other', 1)[1]}+1"),
    }
    assert places_of_findings(stored(cells)) == []
    expected = [("C11", "revenue_other", *place("revenue_other", row)) for row in (0, 1)]
    assert places_of_findings(stored(cells, calculated=False)) == expected


def test_the_forms_own_total_is_blank_until_somebody_calculates() -> None:
    formula = f"SUM({place('item_self_score')[1]}:{place('item_self_score', ITEMS - 1)[1]})"
    uncalculated = stored({"scorecard_total": Stored("0", formula)}, calculated=False)
    assert (uncalculated.findings, uncalculated.facts["scorecard_total"][0].state) == ((), State.BLANK)
    right = stored({"scorecard_total": Stored(str(ITEMS), formula)})
    assert (right.findings, right.facts["scorecard_total"][0].value) == ((), ITEMS * SCALE)
    stale = stored({"scorecard_total": Stored("0", formula)})
    assert places_of_findings(stale) == [("C11", "scorecard_total", *place("scorecard_total"))]


def test_c14_a_lost_name() -> None:
    with zipfile.ZipFile(io.BytesIO(complete())) as package:
        book = package.read("xl/workbook.xml").decode()
    gone = re.sub(r'(<definedName name="revenue_other"[^>]*>)[^<]*<', r"\1#REF!<", book)
    assert gone != book
    submission = read(repack(complete(), {"xl/workbook.xml": gone.encode()}))
    assert places_of_findings(submission) == [("C14", "revenue_other", "", "")]
    (fact,) = submission.facts["revenue_other"]
    assert (fact.state, fact.sheet, fact.cell) == (State.UNREADABLE, "", "")


def test_evidence_is_read_by_the_row_it_stands_in() -> None:
    ids = [fact.value for fact in read(blank()).facts["evidence_id"]]
    answers = ["0" if str(evidence_id).endswith(".breaches") else "√" for evidence_id in ids]
    submission = read(fill(complete(), {"evidence_answer": answers}))
    values = [fact.value for fact in submission.facts["evidence_answer"]]
    assert values == [0 if str(evidence_id).endswith(".breaches") else "是" for evidence_id in ids]
    assert {finding.code for finding in submission.findings} == {"C01"}


def test_a_row_in_use_without_its_points_is_not_passed_over() -> None:
    cells = {("item_max", 3): Stored(None), ("item_id", 3): Stored(None)}
    submission = stored(cells)  # type: ignore[arg-type]
    assert places_of_findings(submission) == [("C07", "item_max", *place("item_max", 3))]


def test_values_in_a_merged_area_are_read_once() -> None:
    sheet, first = place("revenue_other", 1)
    second = place("revenue_other", 2)[1]
    with zipfile.ZipFile(io.BytesIO(blank())) as package:
        book = package.read("xl/workbook.xml").decode()
    names = re.findall(r'<sheet [^>]*name="([^"]*)"', book)
    part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
    content = store(complete(), {("revenue_other", 1): Stored("5"), ("revenue_other", 2): Stored("7")})
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        markup = package.read(part).decode()
    merged = re.sub(r"<mergeCells[^>]*>", lambda match: f'{match[0]}<mergeCell ref="{first}:{second}"/>', markup)
    facts = read(repack(content, {part: merged.encode()})).facts["revenue_other"]
    assert [(fact.state, fact.value) for fact in facts[1:3]] == [(State.FILLED, 5 * SCALE), (State.BLANK, None)]


def renamed(content: bytes) -> bytes:
    """As Excel would write it after a sheet was renamed and given an apostrophe."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        book = package.read("xl/workbook.xml").decode()
    book = book.replace('<sheet name="收支情况"', '<sheet name="收支 (it\'s)"').replace(
        'name="收支情况"', 'name="收支 (it\'s)"'
    )
    book = book.replace("'收支情况'!", "'收支 (it''s)'!").replace("收支情况!", "'收支 (it''s)'!")
    return repack(content, {"xl/workbook.xml": book.encode()})


def test_a_renamed_sheet_is_followed() -> None:
    submission = read(renamed(complete()))
    assert submission.findings == ()
    assert submission.facts["revenue_total"][0].sheet == "收支 (it's)"
    assert submission.facts["revenue_total"][0].value == 274_980_000


def inserted(content: bytes) -> bytes:
    """As Excel would write it after three rows were inserted above row 1 of the revenue sheet: cells, merges, names move."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        book = package.read("xl/workbook.xml").decode()
        names = re.findall(r'<sheet [^>]*name="([^"]*)"', book)
        part = f"xl/worksheets/sheet{names.index('收支情况') + 1}.xml"
        markup = package.read(part).decode()

    def lower(match: re.Match[str]) -> str:
        return f"{match[1]}{int(match[2]) + 3}"

    markup = re.sub(r'(<row [^>]*r=")(\d+)', lower, markup)
    markup = re.sub(r'(<c [^>]*r="[A-Z]+)(\d+)', lower, markup)
    markup = re.sub(r"(?<=<f>)[^<]+", lambda m: re.sub(r"(\b[A-Z]{1,2})(\d+)", lower, m[0]), markup)
    markup = re.sub(r'<mergeCell ref="[^"]*"', lambda m: re.sub(r"([A-Z])(\d+)", lower, m[0]), markup)
    book = re.sub(r"(?<=>)'?收支情况'?![^<]*", lambda m: re.sub(r"(\$)(\d+)", lower, m[0]), book)
    return repack(content, {part: markup.encode(), "xl/workbook.xml": book.encode()})


def test_inserted_rows_are_followed() -> None:
    submission = read(inserted(complete()))
    assert submission.findings == ()
    fact = submission.facts["revenue_total"][0]
    before = place("revenue_total")[1]
    assert (fact.value, fact.cell) == (274_980_000, f"{before[0]}{int(before[1:]) + 3}")


def test_a_moved_block_is_followed_to_another_sheet() -> None:
    """As Excel writes it after the cells of a column were cut and pasted: the name goes with them."""
    import openpyxl

    workbook = openpyxl.load_workbook(io.BytesIO(fill(complete(), {"revenue_other": [1, 2, 3, 4]})))
    workbook["综述"]["Z31"], workbook["综述"]["Z32"] = 5, 6
    workbook.defined_names["revenue_other"].attr_text = "综述!$Z$31:$Z$32"
    saved = io.BytesIO()
    workbook.save(saved)
    facts = read(saved.getvalue()).facts["revenue_other"]
    assert [(fact.value, fact.sheet, fact.cell) for fact in facts] == [
        (5 * SCALE, "综述", "Z31"),
        (6 * SCALE, "综述", "Z32"),
    ]


def test_a_strict_package_reads_the_same() -> None:
    transitional = "http://schemas.openxmlformats.org/"
    strict = "http://purl.oclc.org/ooxml/"
    parts: dict[str, bytes | None] = {}
    with zipfile.ZipFile(io.BytesIO(complete())) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")) and not name.startswith("["):
                markup = package.read(name).decode()
                markup = markup.replace(transitional + "spreadsheetml/2006/main", strict + "spreadsheetml/main")
                markup = markup.replace(
                    transitional + "officeDocument/2006/relationships", strict + "officeDocument/relationships"
                )
                parts[name] = markup.encode()
    assert read(repack(complete(), parts)).facts == read(complete()).facts


def test_foreign_and_local_names_are_ignored() -> None:
    with zipfile.ZipFile(io.BytesIO(complete())) as package:
        book = package.read("xl/workbook.xml").decode()
    more = (
        '<definedName name="revenue_other" localSheetId="1">封面!$A$1</definedName>'
        '<definedName name="foreign">[1]Sheet1!$A$1</definedName><definedName name="other">封面!$A$1</definedName>'
    )
    for mark, changed in (("<definedNames>", f"<definedNames>{more}"), ("</definedNames>", f"{more}</definedNames>")):
        content = repack(complete(), {"xl/workbook.xml": book.replace(mark, changed).encode()})
        submission = read(content)
        assert submission.columns == read(complete()).columns
        # A name of another workbook is a link to it, and nothing else is said.
        assert [finding.code for finding in submission.findings] == ["C18"]


def test_f05_no_stamp() -> None:
    with zipfile.ZipFile(io.BytesIO(complete())) as package:
        book = package.read("xl/workbook.xml").decode()
    assert refusal(repack(complete(), {"xl/workbook.xml": book.replace("_perfbatch", "other").encode()}))[0] == "F05"


def stamped(form: object, version: object) -> bytes:
    import openpyxl

    workbook = openpyxl.load_workbook(io.BytesIO(complete()))
    workbook["_perfbatch"]["B1"], workbook["_perfbatch"]["B2"] = form, version
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def test_f06_the_stamp_of_another_form_is_named() -> None:
    assert refusal(stamped("xiangmu", "2023")) == ("F06", "2023（表格标识 xiangmu）")


def test_f05_a_stamp_that_says_nothing() -> None:
    assert refusal(stamped(None, "2020")) == ("F05", "没有本表标识")


@pytest.mark.parametrize(("version", "what"), [("2019", "2019"), (2019, "2019"), (None, "（未注明）")])
def test_f06_another_version(version: object, what: str) -> None:
    assert refusal(stamped("yunxi", version)) == ("F06", what)


def test_the_version_may_have_become_a_number() -> None:
    assert read(stamped("yunxi", 2020)).findings == ()


def test_f03_no_sheet_behind_the_workbook_part() -> None:
    with zipfile.ZipFile(io.BytesIO(complete())) as package:
        book = package.read("xl/workbook.xml").decode()
    empty = re.sub(r"<sheets>.*</sheets>", "<sheets/>", book, flags=re.DOTALL)
    assert refusal(repack(complete(), {"xl/workbook.xml": empty.encode()}))[0] == "F03"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet2.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_f03_a_damaged_part(part: str) -> None:
    assert refusal(repack(blank(), {part: b"<worksheet><sheetData><row r='1'><c r='A1'"}))[0] == "F03"


def test_f03_a_stamp_whose_text_is_nowhere() -> None:
    name = sheet_parts(blank())["_perfbatch"]
    with zipfile.ZipFile(io.BytesIO(blank())) as package:
        stamp = package.read(name).decode()
    lost = re.sub(r'( t="s"><v>)\d+', r"\g<1>99999", stamp, count=1)
    assert lost != stamp
    assert refusal(repack(blank(), {name: lost.encode()}))[0] == "F03"


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (r"", "单元格名称已全部丢失"),
        (r"<definedNames>\g<names></definedNames>", "单元格名称都指向另一个文件"),
    ],
)
def test_f05_the_names_are_gone_or_lead_elsewhere(names: str, what: str) -> None:
    with zipfile.ZipFile(io.BytesIO(complete())) as package:
        book = package.read("xl/workbook.xml").decode()
    stripped = re.sub(r"<definedNames>(?P<names>.*)</definedNames>", names, book, flags=re.DOTALL)
    stripped = re.sub(r"(<definedName [^>]*>)'?([^'!<]*)'?!", r"\1'[1]\2'!", stripped)
    content = repack(complete(), {"xl/workbook.xml": stripped.encode()})
    assert refusal(content) == ("F05", what)
    assert "空白模板" in SetAside("F05", what).remedy


def test_f07_two_cells_at_the_corners_do_not_allocate_the_sheet() -> None:
    with zipfile.ZipFile(io.BytesIO(complete())) as package:
        markup = package.read("xl/worksheets/sheet2.xml").decode()
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    content = repack(complete(), {"xl/worksheets/sheet2.xml": markup.replace("</sheetData>", corner).encode()})
    assert refusal(content) == ("F07", "工作表“封面”：XFD1048576 处有内容，单元格范围超过 5000000 个")


@pytest.mark.parametrize(
    "cell", ['t="inlineStr"><is><t xml:space="preserve"> \u3000</t></is>', 't="s"><v>0</v>', 't="str"><v> </v>']
)
@pytest.mark.parametrize("sheet", ["填报说明", "封面", "综述"])
def test_a_stray_space_far_away_is_nothing(sheet: str, cell: str) -> None:
    part = sheet_parts(blank())[sheet]
    with zipfile.ZipFile(io.BytesIO(complete_in_excel())) as package:
        markup, strings = package.read(part).decode(), package.read("xl/sharedStrings.xml").decode()
    # The first string becomes a blank one: whatever referred to it refers to the next.
    markup = re.sub(r't="s"><v>(\d+)', lambda match: f't="s"><v>{int(match[1]) + 1}', markup)
    far = f'<row r="1048576"><c r="XFD1048576" {cell}</c></row></sheetData>'
    parts = {part: markup.replace("</sheetData>", far).encode()}
    with zipfile.ZipFile(io.BytesIO(complete_in_excel())) as package:
        for name in set(sheet_parts(blank()).values()) - {part}:
            other = package.read(name).decode()
            parts[name] = re.sub(r't="s"><v>(\d+)', lambda match: f't="s"><v>{int(match[1]) + 1}', other).encode()
    parts["xl/sharedStrings.xml"] = strings.replace("<si>", '<si><t xml:space="preserve"> </t></si><si>', 1).encode()
    changed = repack(complete_in_excel(), parts)
    assert read(changed) == read(complete_in_excel())


def test_f07_too_many_sheets() -> None:
    assert refusal(complete(), Limits(sheets=3))[0] == "F07"


def test_a_name_over_the_whole_column_is_cut_to_what_is_there() -> None:
    with zipfile.ZipFile(io.BytesIO(complete())) as package:
        book = package.read("xl/workbook.xml").decode()
    book = re.sub(r"(>[^<>]*\$[A-Z]+\$)(\d+):(\$[A-Z]+\$)\d+(?=</definedName>)", r"\g<1>\2:\g<3>1048576", book)
    content = repack(complete(), {"xl/workbook.xml": book.encode()})
    facts = read(content).facts
    lengths = {len(facts[field]) for field in ("revenue_total", "carryover_prior_year", "entity_name")}
    assert lengths.pop() < 200
    assert not lengths
    assert facts["revenue_total"][0].value == 274_980_000


def test_a_zip_that_only_looks_like_a_workbook() -> None:
    assert refusal(zip_of({"xl/workbook.xml": b"<workbook/>", "[Content_Types].xml": b"<Types/>"}))[0] == "F03"


def test_reading_is_pure_and_its_result_can_be_sent_to_another_process() -> None:
    content = complete()
    submission = read(content)
    with pytest.raises(SetAside):
        read(b"bad")
    assert read(content) == submission
    assert pickle.loads(pickle.dumps(submission)) == submission
    fault = pickle.loads(pickle.dumps(SetAside("F06", "2019")))
    assert (fault.code, fault.what, fault.message) == ("F06", "2019", "表格版本为 2019，与本年度不符")


def test_the_reader_does_not_import_what_it_does_not_need() -> None:
    script = (
        "import sys, perfbatch.intake.reader, perfbatch.intake.inbox;"
        "print(sorted({'pandas', 'numpy', 'xlsxwriter', 'openpyxl'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


AMOUNT = st.decimals(min_value=0, max_value=10**6, places=6)


@settings(max_examples=8)
@given(st.lists(AMOUNT, min_size=4, max_size=4), st.integers(0, 1000), st.sampled_from(["2020-12-31", "2021-3-5"]))
def test_facts_come_back_from_a_filled_workbook(amounts: list[Decimal], staff: int, day: str) -> None:
    submission = read(
        fill(
            complete(),
            {
                "revenue_other": [float(amount) for amount in amounts],
                "gov_fund_appropriation": [f"{amount:,f}" for amount in amounts],
                "on_post_staff": staff,
                "report_date": day,
            },
        )
    )
    expected = [int(amount * SCALE) for amount in amounts]
    assert [fact.value for fact in submission.facts["revenue_other"]] == expected
    assert [fact.value for fact in submission.facts["gov_fund_appropriation"]] == expected
    assert submission.facts["on_post_staff"][0].value == staff * SCALE
    assert submission.facts["report_date"][0].value == date(*map(int, day.split("-")))
    assert {finding.code for finding in submission.findings} == {"C01"}
