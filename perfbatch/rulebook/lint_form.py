"""What a form must be for the rest of the program to take it: its names, its sheets, its year, the fields that play a part."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from perfbatch.model.excel import LAST_COLUMN, LAST_ROW, LIST_LIMIT
from perfbatch.package.addresses import column_number
from perfbatch.rulebook.form import Block
from perfbatch.rulebook.model import (
    CardBlock,
    EvidenceBlock,
    FormField,
    RowsBlock,
    Rulebook,
    ScorecardBlock,
    SignatureBlock,
    UnitTableBlock,
)
from perfbatch.rulebook.names import NUMERIC_KINDS
from perfbatch.rulebook.nearest import nearest_or
from perfbatch.rulebook.roles import Roles

__all__ = ["lint_form"]

_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_SHEET_SIGNS = "[]:*?/\\"
_SHEETS = {"history": "Excel keeps it for itself"} | dict.fromkeys(
    ("校验", "_live", "_perfbatch", "整改通知"), "the program writes a sheet of this name"
)
_SUMMARY_SHEETS = frozenset(
    {"总览", "部门一览", "得分排名", "指标得分", "问题清单", "本次变化", "报送情况", "评分标准", "运行记录"}
    | {"部门底稿", "问题底稿", "图表数据"}
)
_CELL = re.compile(r"([a-z]{1,3})([0-9]{1,7})")
_R1C1 = re.compile(r"r[0-9]*(c[0-9]*)?|c[0-9]*")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?=年)")

_OWN_NAMES = frozenset(
    {"each", "total", "part", "parts", "units", "items", "prior", "roster", "summary", "points", "total_points"}
    | {"self_total", "verified_total", "has_target_types", "targets_answered"}
    | {"file", "grade", "rank", "department", "row", "indicator"}
)
"""Names that expressions, or the columns of a night, have for something else."""


def lint_form(rulebook: Rulebook) -> list[str]:
    """The faults of the form, in the order of the file."""
    return [
        *_file_names(rulebook),
        *_year(rulebook),
        *_sheets(rulebook),
        *_ids(rulebook),
        *_shared(rulebook),
        *_blocks(rulebook),
        *_roles(rulebook),
        *_grade_choices(rulebook),
        *_money_sheets(rulebook),
    ]


def _file_names(rulebook: Rulebook) -> Iterator[str]:
    if not _FILE_NAME.fullmatch(rulebook.id) or _DEVICES.fullmatch(rulebook.id):
        yield f"id: {rulebook.id!r} does not do as a file name; use small letters, digits and hyphens"
    if not _FILE_NAME.fullmatch(rulebook.summary_name) or _DEVICES.fullmatch(rulebook.summary_name):
        yield f"summary_name: {rulebook.summary_name!r} does not do as a file name; use small letters, digits and hyphens"
    if not rulebook.form_version.strip():
        yield "form_version: is empty; give the form's version"


def _year(rulebook: Rulebook) -> Iterator[str]:
    titles = [
        ("title", rulebook.title),
        *((f"section {section.id}, title", section.title) for section in rulebook.sections),
    ]
    for place, title in titles:
        named = _YEAR.findall(title)
        if named and str(rulebook.fiscal_year) not in named:
            yield f"{place}: says {named[0]}, and fiscal_year is {rulebook.fiscal_year}; correct one of the two"
    if rulebook.deadline is not None and rulebook.deadline < date(rulebook.fiscal_year, 12, 31):
        yield f"deadline: {rulebook.deadline} lies before the end of {rulebook.fiscal_year}; correct the day"


def _money_sheets(rulebook: Rulebook) -> Iterator[str]:
    if "summary" not in rulebook.model_fields_set:
        return
    known = rulebook.unit_tables
    seen: set[str] = set()
    for number, sheet in enumerate(rulebook.summary, start=1):
        place = f"summary {number}"
        if sheet.sheet in _SUMMARY_SHEETS or sheet.sheet in seen or any(sign in sheet.sheet for sign in _SHEET_SIGNS):
            yield f"{place}, sheet: {sheet.sheet} is taken, or no name for a sheet; choose another"
        seen.add(sheet.sheet)
        for name in sheet.blocks:
            if name not in known:
                yield f"{place}, blocks: no unit table is called {name}; {nearest_or(name, known, 'correct the id')}"


def _sheets(rulebook: Rulebook) -> Iterator[str]:
    seen: dict[str, str] = {}
    for section in rulebook.sections:
        place, name = f"section {section.id}, sheet", section.sheet
        bad = sorted({sign for sign in name if sign in _SHEET_SIGNS or not sign.isprintable()})
        if bad:
            yield f"{place}: Excel takes no {' '.join(bad)} in a sheet's name; leave it out"
        if name.startswith("'") or name.endswith("'") or name != name.strip():
            yield f"{place}: {name!r} begins or ends with a space or apostrophe; leave it out"
        if name.lower() in _SHEETS:
            yield f"{place}: {name} is taken ({_SHEETS[name.lower()]}); choose another name"
        if name.lower() in seen:
            yield f"{place}: {name} is the sheet of section {seen[name.lower()]} too; choose another name"
        seen.setdefault(name.lower(), section.id)


def _ids(rulebook: Rulebook) -> Iterator[str]:
    for field in rulebook.fields():
        if is_cell_name(field.id):
            yield f"field {field.id}, id: Excel reads it as a cell or a truth value; choose a longer id"
        elif field.id in _OWN_NAMES:
            yield f"field {field.id}, id: the program has this name for something else; choose another id"
        listed = len(",".join(field.choices))
        if listed > LIST_LIMIT:
            yield f"field {field.id}, choices: {listed} characters; a drop-down holds {LIST_LIMIT}, shorten them"
        if not field.label.strip():
            yield f"field {field.id}, label: is empty; give the words that stand beside the cell"


def is_cell_name(name: str) -> bool:
    """Whether Excel takes a name for a cell (a1, xfd9), a cell in R1C1 style (r, c, r1c1) or TRUE/FALSE: no defined name may be
    any of these."""
    cell = _CELL.fullmatch(name.lower())
    if cell is not None:
        return column_number(cell[1].upper()) <= LAST_COLUMN and 1 <= int(cell[2]) <= LAST_ROW
    return bool(_R1C1.fullmatch(name.lower())) or name.lower() in ("true", "false")


def _shared(rulebook: Rulebook) -> Iterator[str]:
    """An id that means two things in an expression."""
    named = {
        "field": [field.id for field in rulebook.fields()],
        "block": [block.id for _, block in rulebook.blocks() if isinstance(block, UnitTableBlock | RowsBlock)],
        "group": [group.id for group in rulebook.groups],
        "indicator": [indicator.id for indicator in rulebook.indicators],
    }
    for name, times in Counter(named["block"]).items():
        if times > 1:
            yield f"block {name}, id: {times} blocks have it; choose another id for one of them"
    owners: dict[str, str] = {}
    for table, ids in named.items():
        for name in dict.fromkeys(ids):
            if name in owners:
                yield f"{table} {name}, id: a {owners[name]} has it too; choose another id"
            owners.setdefault(name, table)


def _blocks(rulebook: Rulebook) -> Iterator[str]:
    blocks = [block for _, block in rulebook.blocks()]
    for kind, layout in ((ScorecardBlock, "scorecard"), (EvidenceBlock, "evidence")):
        count = sum(isinstance(block, kind) for block in blocks)
        if count > 1:
            yield f"sections: {count} blocks have the layout {layout}; there is room for one"
    if not any(isinstance(block, ScorecardBlock) for block in blocks):
        yield "sections: no block has the layout scorecard; add the table of the indicators"
    if not any(isinstance(block, UnitTableBlock) for block in blocks):
        yield "sections: no block has the layout unit_table; add one"
    if any(indicator.evidence_ids for indicator in rulebook.indicators) and rulebook.evidence_block is None:
        yield "sections: indicators ask for evidence and no block has the layout evidence; add it"
    for section, block in rulebook.blocks():
        if not isinstance(block, SignatureBlock) and not block.fields:
            yield f"section {section.id}: a block without fields; add one, or remove the block"
        if isinstance(block, RowsBlock):
            yield from _rows(block)


def _rows(block: RowsBlock) -> Iterator[str]:
    known = [field.id for field in block.fields]
    if block.preset_rows and block.preset_column is None:
        yield f"block {block.id}, preset_column: missing beside preset_rows; name the column that they fill"
    if block.preset_column is not None and block.preset_column not in known:
        remedy = nearest_or(block.preset_column, known, f"there are {', '.join(known)}")
        yield f"block {block.id}, preset_column: the table has no column {block.preset_column}; {remedy}"
    if not block.preset_rows and block.blank_rows < 1:
        yield f"block {block.id}: has no rows; give preset_rows or blank_rows"
    column = next((field for field in block.fields if field.id == block.preset_column), None)
    if column is not None and column.choices:
        for preset in block.preset_rows:
            if preset.value not in column.choices:
                remedy = nearest_or(preset.value, column.choices, "add it to the choices")
                yield f"block {block.id}, preset_rows: {preset.value} is no choice of {column.id}; {remedy}"


# ----------------------------------------------------------------------------------------------------- fields by their part

_SCORECARD = ("item_id", "item_max", "item_self")
_EVIDENCE = ("evidence_id", "evidence_answer")
_EXPLANATIONS = ("explained_check", "explained_place", "explanation")
_TARGETS = ("target_type", "target", "target_actual")


def _roles(rulebook: Rulebook) -> Iterator[str]:
    single = _fields_in(rulebook, CardBlock)
    for key in rulebook.entity.key:
        yield from _role("entity.key", key, single, "of a card")
    if len(rulebook.entity.key) > 1:
        for key in rulebook.entity.key:
            if key in single and single[key].kind not in ("code", "id", "year"):
                yield f"entity.key: {key} may hold blanks, and the key has several fields; name fields of the kind code"
    yield from _role("entity.name", rulebook.entity.name, single, "of a card")
    yield from _role("roles.self_total", rulebook.roles.self_total, single, "of a card", numeric=True)
    yield from _roles_in(rulebook, _SCORECARD, ScorecardBlock, "of the scorecard")
    yield from _roles_in(rulebook, _EVIDENCE, EvidenceBlock, "of the evidence list")
    yield from _roles_in(rulebook, ("sub_unit",), UnitTableBlock, "of a table with a row per unit")
    if rulebook.explanation_block is not None:
        explained = {field.id: field for field in rulebook.explanation_block.fields}
        for role in _EXPLANATIONS:
            name = getattr(rulebook.roles, role)
            yield from _role(f"roles.{role}", name, explained, f"of the table {rulebook.roles.explanations}")
    targets = {block.id: block for _, block in rulebook.blocks() if isinstance(block, RowsBlock)}
    table = targets.get(rulebook.roles.targets)
    if table is None:
        remedy = nearest_or(rulebook.roles.targets, targets, "name the table of the targets")
        yield f"roles.targets: the form has no table of rows called {rulebook.roles.targets}; {remedy}"
        return
    columns = {field.id: field for field in table.fields}
    for role in _TARGETS:
        yield from _role(f"roles.{role}", getattr(rulebook.roles, role), columns, f"of the table {table.id}")


def _roles_in(rulebook: Rulebook, roles: tuple[str, ...], layout: type[Block], where: str) -> Iterator[str]:
    """The parts that a block of some layout has, where the form has such a block."""
    fields = _fields_in(rulebook, layout)
    if fields:
        for role in roles:
            name = getattr(rulebook.roles, role)
            numeric = role in ("item_max", "item_self")
            yield from _role(f"roles.{role}", name, fields, where, numeric=numeric)


def _fields_in(rulebook: Rulebook, layout: type[Block]) -> dict[str, FormField]:
    return {
        field.id: field
        for _, block in rulebook.blocks()
        if isinstance(block, layout) and not isinstance(block, SignatureBlock)
        for field in block.fields
    }


def _role(place: str, name: str, fields: dict[str, FormField], where: str, *, numeric: bool = False) -> Iterator[str]:
    if name not in fields:
        yield f"{place}: no field {where} is called {name}; {nearest_or(name, fields, 'name the field')}"
    elif numeric and fields[name].kind not in NUMERIC_KINDS:
        yield f"{place}: {name} holds no numbers; name a field that does"


def _grade_choices(rulebook: Rulebook) -> Iterator[str]:
    field = rulebook.field_by_id.get(rulebook.roles.self_grade)
    if field is None:
        if "self_grade" in rulebook.roles.model_fields_set and rulebook.roles != Roles():
            yield f"roles.self_grade: the form has no field {rulebook.roles.self_grade}; name the field"
        return
    if not field.choices:
        # Told where the choices are looked at.
        return
    grades = [grade.name for grade in rulebook.grades]
    for name in grades:
        if name not in field.choices:
            yield f"field {field.id}, choices: the grade {name} is missing; {nearest_or(name, field.choices, 'add it')}"
    for choice in field.choices:
        if choice not in grades:
            yield f"field {field.id}, choices: {choice} is no grade; {nearest_or(choice, grades, 'leave it out')}"
