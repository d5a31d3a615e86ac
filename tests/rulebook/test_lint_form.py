"""Lint of the form itself: names that Excel takes for cells, sheets, the year, grades and choices, fields by their part."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfbatch.rulebook.lint import lint
from perfbatch.rulebook.lint_form import is_cell_name
from perfbatch.rulebook.load import load_rulebook, read_rulebook


def _faults(folder: Path, overlay: str) -> list[str]:
    path = folder / "next.toml"
    path.write_text(f'extends = "yunxi-2020"\n{overlay}', encoding="utf-8")
    return lint(read_rulebook(path).rulebook)


def _renamed(new: str, field: str = "thrift_measures") -> str:
    return f'[rename.fields]\n{field} = "{new}"\n'


CASES: dict[str, tuple[str, list[str]]] = {
    "an id with a slash": ("[meta]\nid = 'a/b'\n", ["id: 'a/b' does not do as a file name; use small letters, digits and hyphens"]),
    "an id that is a device": ("[meta]\nid = 'con'\n", ["id: 'con' does not do as a file name; use small letters, digits and hyphens"]),
    "another year than the title's": (
        "[meta]\nfiscal_year = 2021\ndeadline = 2022-06-30\n",
        [
            "title: says 2020, and fiscal_year is 2021; correct one of the two",
            "section cover, title: says 2020, and fiscal_year is 2021; correct one of the two",
        ],
    ),
    "a deadline within the year": ("[meta]\ndeadline = 2020-12-30\n", ["deadline: 2020-12-30 lies before the end of 2020; correct the day"]),
    "the last day of the year": ("[meta]\ndeadline = 2020-12-31\n", []),
    "a sign in a sheet's name": (
        "[change.sections]\nbase.sheet = '基础/数据'\n",
        ["section base, sheet: Excel takes no / in a sheet's name; leave it out"],
    ),
    "a sheet of the program's": (
        "[change.sections]\nbase.sheet = '校验'\n",
        ["section base, sheet: 校验 is taken (the program writes a sheet of this name); choose another name"],
    ),
    "the program's sheet for long texts": (
        "[change.sections]\nbase.sheet = '续页'\n",
        ["section base, sheet: 续页 is taken (the program writes a sheet of this name); choose another name"],
    ),
    "a sheet of Excel's": (
        "[change.sections]\nbase.sheet = 'HISTORY'\n",
        ["section base, sheet: HISTORY is taken (Excel keeps it for itself); choose another name"],
    ),
    "sheets that differ by case": (
        "[change.sections]\nbase.sheet = 'Base'\ngoals.sheet = 'base'\n",
        ["section goals, sheet: base is the sheet of section base too; choose another name"],
    ),
    "a sheet with an apostrophe": (
        "[change.sections]\nbase.sheet = \"基础'\"\n",
        ["section base, sheet: \"基础'\" begins or ends with a space or apostrophe; leave it out"],
    ),
    "an id that is a cell": (_renamed("ab12"), ["field ab12, id: Excel reads it as a cell or a truth value; choose a longer id"]),
    "an id that is a truth value": (_renamed("true"), ["field true, id: Excel reads it as a cell or a truth value; choose a longer id"]),
    "an id of the program's": (_renamed("verified_total"), ["field verified_total, id: the program has this name for something else; choose another id"]),
    "an id of a field and an indicator": (
        _renamed("disclosure"),
        ["indicator disclosure, id: a field has it too; choose another id"],
    ),
    "choices that a drop-down cannot hold": (
        f"[change.fields]\nindicator_type.choices = {['质量指标', '数量指标', '时效指标', '成本指标', '社会效益', '经济效益', '生态效益', '长' * 230]}\n",
        ["field indicator_type, choices: 265 characters; a drop-down holds 255, shorten them"],
    ),
    "no label": ("[change.fields]\nthrift_measures.label = ' '\n", ["field thrift_measures, label: is empty; give the words that stand beside the cell"]),
    "a grade that is no choice": (
        "[change.grades.'良好']\nname = '良'\n",
        [
            "field self_grade, choices: the grade 良 is missing; the nearest is 良好",
            "field self_grade, choices: 良好 is no grade; the nearest is 良",
        ],
    ),
    "a choice that is no grade": (
        "[change.fields]\nself_grade.choices = ['优秀', '良好', '中', '差', '劣']\n",
        ["field self_grade, choices: 劣 is no grade; leave it out"],
    ),
    "a preset that is no choice": (
        "[change.fields]\nindicator_type.choices = ['质量指标', '数量指标', '时效指标', '成本指标', '社会效益', '经济效益', '生态效益指标']\n",
        [
            "block targets, preset_rows: 生态效益 is no choice of indicator_type; the nearest is 生态效益指标",
            "indicator ecological_benefit, target_types: the form has no indicator_type 生态效益; correct it",
        ],
    ),
    "a preset column that is not there": (
        "[change.blocks]\ntargets.preset_column = 'indicator_typ'\n",
        ["block targets, preset_column: the table has no column indicator_typ; the nearest is indicator_type"],
    ),
    "a preset row of a column that is not there": (
        "[change.blocks]\ntargets.preset_rows = [{ indicator_typ = '质量指标' }]\n",
        ["block targets, preset_rows: the table has no column indicator_typ; the nearest is indicator_type"],
    ),
    "a heading that is not there": (
        "[change.blocks]\ntargets.headings = ['indicator_typ']\n",
        ["block targets, headings: the table has no column indicator_typ; the nearest is indicator_type"],
    ),
    "headings behind other columns": (
        "[change.blocks]\ntargets.headings = ['indicator_actual']\n",
        ["block targets, headings: headings are the first columns of the table, in their order: indicator_type"],
    ),
    "a table without rows": (
        "[change.blocks]\nevaluators.blank_rows = 0\n",
        ["block evaluators: has no rows; give preset_rows or blank_rows"],
    ),
    "a table under another's name": (
        "[rename.blocks]\nevaluators = 'revenue_2'\n",
        [],
    ),
    "a part that no field plays": (
        "[meta]\nroles = { self_total = 'self_score_totl', item_self = 'item_reason', targets = 'target' }\n",
        [
            "roles.self_total: no field of a card is called self_score_totl; the nearest is self_score_total",
            "roles.item_self: no field of the scorecard is called item_reason; the nearest is item_deduction_reason",
            "roles.targets: the form has no table of rows called target; the nearest is targets",
        ],
    ),
    "a part for a field without numbers": (
        "[meta]\nroles = { self_total = 'self_grade' }\n",
        [
            "roles.self_total: self_grade plays another part too; a field plays one",
            "roles.self_grade: self_grade plays another part too; a field plays one",
            "roles.self_total: self_grade holds no numbers; name a field that does",
        ],
    ),
    "sheets of figures": (
        "[meta]\nsummary = [{ sheet = '总览', title = 't', blocks = ['revenues', 'fixed_assets'] }]\n",
        [
            "summary 1, sheet: 总览 is taken, or no name for a sheet; choose another",
            "summary 1, blocks: no unit table is called revenues; the nearest is revenue",
        ],
    ),
    "sheets that the summary has at times": (
        "[meta]\nsummary = [{ sheet = '同比变化', title = 't', blocks = ['revenue'] }, "
        "{ sheet = '其他问题', title = 't', blocks = ['fixed_assets'] }]\n",
        [
            "summary 1, sheet: 同比变化 is taken, or no name for a sheet; choose another",
            "summary 2, sheet: 其他问题 is taken, or no name for a sheet; choose another",
        ],
    ),
    "an entity without a key": (
        "[meta]\nentity = { key = ['code'], name = 'unit_nam' }\n",
        [
            "entity.key: no field of a card is called code; name the field",
            "entity.name: no field of a card is called unit_nam; the nearest is unit_name",
        ],
    ),
    "a key of days": (
        "[meta]\nentity = { key = ['report_date'], name = 'unit_name' }\n",
        ["entity.key: report_date holds figures, days or long texts; name a field by which one is known from another"],
    ),
    "a key of several fields": (
        "[meta]\nentity = { key = ['budget_code', 'contact_person'] }\n",
        ["entity.key: contact_person may hold blanks, and the key has several fields; name fields of the kind code"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_lint_names_the_fault(case: str, tmp_path: Path) -> None:
    overlay, expected = CASES[case]
    faults = _faults(tmp_path, overlay)
    if case == "a part that no field plays":
        faults = [fault for fault in faults if fault.startswith("roles")]
    assert faults == expected


def test_without_a_key_what_an_entity_is_stays(tmp_path: Path) -> None:
    assert read_rulebook().rulebook.entity.key == ("budget_code",)


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        (
            "scorecard",
            "indicator duty_xiaokang: people score it, and the form has no cell for the department's own score",
        ),
        (
            "unit_table",
            "check R01: there is no unit table revenue, expenditure, three_public, fixed_assets; correct the id",
        ),
        ("evidence", "sections: indicators ask for evidence and no block has the layout evidence; add it"),
    ],
)
def test_what_the_program_needs_is_asked_for(block: str, fault: str) -> None:
    book = read_rulebook().rulebook
    without = [
        section.model_copy(update={"blocks": tuple(kept for kept in section.blocks if kept.layout != block)})
        for section in book.sections
    ]
    changed = type(book).model_construct(
        **{name: getattr(book, name) for name in type(book).model_fields} | {"sections": tuple(without)}
    )
    assert any(line.startswith(fault) for line in lint(changed))


def test_tables_of_units_need_names_for_their_rows() -> None:
    book = read_rulebook().rulebook
    changed = book.model_copy(update={"unit_rows": ("", "", "")})
    assert lint(changed) == [
        "unit_rows: missing, and there are tables with a row per unit; say what their rows are called"
    ]


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("a1", True),
        ("xfd1048576", True),
        ("xfe1", False),
        ("a1048577", False),
        ("a0", False),
        ("abcd1", False),
        ("level1", False),
        ("r", True),
        ("c", True),
        ("r1c1", True),
        ("rc", True),
        ("c5", True),
        ("r2c", True),
        ("rate", False),
        ("true", True),
        ("false", True),
        ("max", False),
        ("unit_name", False),
    ],
)
def test_names_that_excel_takes_for_cells(name: str, taken: bool) -> None:
    assert is_cell_name(name) is taken


def test_a_form_may_call_its_parts_otherwise(tmp_path: Path) -> None:
    """Every field that the program knows by its part under another id: lint is content, and the parts follow."""
    path = tmp_path / "next.toml"
    path.write_text(
        """
        extends = "yunxi-2020"
        [rename.fields]
        self_score_total = "own_total"
        self_grade = "own_grade"
        entity_name = "sub_unit_name"
        item_id = "row_code"
        item_max = "row_points"
        item_self_score = "row_score"
        item_deduction_reason = "row_reason"
        evidence_id = "proof_code"
        evidence_answer = "proof_answer"
        indicator_type = "goal_type"
        indicator_target = "goal_wanted"
        indicator_actual = "goal_reached"
        [rename.blocks]
        targets = "goals_table"
        """,
        encoding="utf-8",
    )
    book = load_rulebook(path).rulebook
    assert (book.roles.item_self, book.roles.targets, book.roles.sub_unit) == (
        "row_score",
        "goals_table",
        "sub_unit_name",
    )
    assert {check.id: check.holds for check in book.checks}["R15.total"] == "sum(items.row_points) == total_points"
