"""What a form must be for the rest of the program to take it: its names, its sheets, its year."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from keyword import iskeyword

from perfbatch.model.excel import LAST_COLUMN, LAST_ROW, LIST_LIMIT
from perfbatch.model.words.catalogue import placed, worded
from perfbatch.package.addresses import column_number
from perfbatch.rulebook.expression import FUNCTIONS
from perfbatch.rulebook.form import COVER
from perfbatch.rulebook.lint_matrices import lint_matrix, own_scores_twice
from perfbatch.rulebook.lint_roles import lint_roles
from perfbatch.rulebook.model import (
    CardBlock,
    EvidenceBlock,
    MatrixBlock,
    RowsBlock,
    Rulebook,
    ScorecardBlock,
    SignatureBlock,
    UnitTableBlock,
)
from perfbatch.rulebook.nearest import nearest_or

__all__ = ["lint_form"]

_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_SHEET_SIGNS = "[]:*?/\\"
_SHEETS = {"history": "Excel keeps it for itself"} | dict.fromkeys(
    ("校验", "续页", "_live", "_perfbatch", "整改通知"), "the program writes a sheet of this name"
)
_SUMMARY_SHEETS = frozenset(
    {"总览", "得分排名", "指标得分", "问题清单", "本次变化", "报送情况", "评分标准", "运行记录"}
    | {"按股室", "同比变化", "其他问题", "部门底稿", "问题底稿", "图表数据"}
)
_CELL = re.compile(r"([a-z]{1,3})([0-9]{1,7})")
_R1C1 = re.compile(r"r[0-9]*(c[0-9]*)?|c[0-9]*")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?=年)")

_OWN_NAMES = frozenset(
    {"each", "total", "part", "parts", "units", "items", "prior", "roster", "summary", "points", "total_points"}
    | {"self_total", "verified_total", "has_target_types", "targets_answered"}
    | {"file", "grade", "rank", "department", "row", "indicator", "entity_code", "entity_title"}
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
        *lint_roles(rulebook),
        *_money_sheets(rulebook),
    ]


def _file_names(rulebook: Rulebook) -> Iterator[str]:
    if not _FILE_NAME.fullmatch(rulebook.id) or _DEVICES.fullmatch(rulebook.id):
        yield placed("id", "lint.file_name", name=repr(rulebook.id))
    if not _FILE_NAME.fullmatch(rulebook.summary_name) or _DEVICES.fullmatch(rulebook.summary_name):
        yield placed("summary_name", "lint.file_name", name=repr(rulebook.summary_name))
    if not rulebook.form_version.strip():
        yield placed("form_version", "lint.version")


def _year(rulebook: Rulebook) -> Iterator[str]:
    titles = [
        ("title", rulebook.title),
        *((f"section {section.id}, title", section.title) for section in rulebook.sections),
    ]
    for place, title in titles:
        named = _YEAR.findall(title)
        if named and str(rulebook.fiscal_year) not in named:
            yield placed(place, "lint.year", named=named[0], year=rulebook.fiscal_year)
    if rulebook.deadline is not None and rulebook.deadline < date(rulebook.fiscal_year, 12, 31):
        yield placed("deadline", "lint.deadline", deadline=rulebook.deadline, year=rulebook.fiscal_year)


def _money_sheets(rulebook: Rulebook) -> Iterator[str]:
    if "summary" not in rulebook.model_fields_set:
        return
    known = rulebook.money_tables
    seen: set[str] = set()
    for number, sheet in enumerate(rulebook.summary, start=1):
        place = f"summary {number}"
        group = rulebook.label_of(rulebook.entity.group_name or rulebook.entity.group or "")
        taken = {*_SUMMARY_SHEETS, f"{rulebook.entity.noun}一览", f"按{group}"}
        if sheet.sheet in taken or sheet.sheet in seen or any(sign in sheet.sheet for sign in _SHEET_SIGNS):
            yield placed(f"{place}, sheet", "lint.summary_sheet", sheet=sheet.sheet)
        seen.add(sheet.sheet)
        for name in sheet.blocks:
            if name not in known:
                yield placed(
                    f"{place}, blocks",
                    "lint.summary_block",
                    name=name,
                    remedy=nearest_or(name, known, worded("lint.do.id")),
                )


def _sheets(rulebook: Rulebook) -> Iterator[str]:
    seen: dict[str, str] = {}
    # A sheet of the summary is called by it.
    bad = sorted({sign for sign in rulebook.entity.noun if sign in _SHEET_SIGNS or not sign.isprintable()})
    if bad:
        yield placed("entity.noun", "lint.sheet_sign", signs=" ".join(bad))
    for section in rulebook.sections:
        place, name = f"section {section.id}, sheet", section.sheet
        bad = sorted({sign for sign in name if sign in _SHEET_SIGNS or not sign.isprintable()})
        if bad:
            yield placed(place, "lint.sheet_sign", signs=" ".join(bad))
        if name.startswith("'") or name.endswith("'") or name != name.strip():
            yield placed(place, "lint.sheet_space", name=repr(name))
        if name.lower() in _SHEETS:
            yield placed(place, "lint.sheet_taken", name=name, by=_SHEETS[name.lower()])
        if name.lower() in seen:
            yield placed(place, "lint.sheet_twice", name=name, section=seen[name.lower()])
        seen.setdefault(name.lower(), section.id)


def _ids(rulebook: Rulebook) -> Iterator[str]:
    for field in rulebook.fields():
        if is_cell_name(field.id):
            yield placed(f"field {field.id}, id", "lint.cell_name")
        elif field.id in _OWN_NAMES or field.id in FUNCTIONS or iskeyword(field.id):
            yield placed(f"field {field.id}, id", "lint.own_name")
        listed = len(",".join(field.choices))
        if listed > LIST_LIMIT:
            yield placed(f"field {field.id}, choices", "lint.choices_long", count=listed, most=LIST_LIMIT)
        if not field.label.strip():
            yield placed(f"field {field.id}, label", "lint.label")


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
        "block": [
            block.id for _, block in rulebook.blocks() if isinstance(block, UnitTableBlock | RowsBlock | MatrixBlock)
        ],
        "group": [group.id for group in rulebook.groups],
        "indicator": [indicator.id for indicator in rulebook.indicators],
    }
    for name, times in Counter(named["block"]).items():
        if times > 1:
            yield placed(f"block {name}, id", "lint.block_twice", count=times)
    owners: dict[str, str] = {}
    for table, ids in named.items():
        for name in dict.fromkeys(ids):
            if name in owners:
                yield placed(f"{table} {name}, id", "lint.id_twice", owner=owners[name])
            owners.setdefault(name, table)


def _blocks(rulebook: Rulebook) -> Iterator[str]:
    blocks = [block for _, block in rulebook.blocks()]
    for kind, layout in ((ScorecardBlock, "scorecard"), (EvidenceBlock, "evidence")):
        count = sum(isinstance(block, kind) for block in blocks)
        if count > 1:
            yield placed("sections", "lint.layout_twice", count=count, layout=layout)
    if rulebook.unit_tables and not all(rulebook.unit_rows):
        yield placed("unit_rows", "lint.no_unit_rows")
    for indicator in rulebook.indicators:
        if not indicator.objective and indicator.id not in rulebook.score_places.own_fields:
            yield placed(f"indicator {indicator.id}", "lint.no_own_score")
    if any(indicator.evidence_ids for indicator in rulebook.indicators) and rulebook.evidence_block is None:
        yield placed("sections", "lint.no_evidence")
    yield from own_scores_twice(rulebook)
    for section, block in rulebook.blocks():
        if section.id == COVER and not isinstance(block, CardBlock):
            yield placed(f"section {section.id}, blocks", "lint.cover", layout=block.layout)
        if not isinstance(block, SignatureBlock) and not block.fields:
            yield placed(f"section {section.id}", "lint.no_fields")
        if isinstance(block, RowsBlock):
            yield from _rows(block)
        if isinstance(block, MatrixBlock):
            yield from lint_matrix(block, rulebook)


def _rows(block: RowsBlock) -> Iterator[str]:
    known = [field.id for field in block.fields]
    if any(preset.value for preset in block.preset_rows) and block.preset_column is None:
        yield placed(f"block {block.id}, preset_column", "lint.no_preset_column")
    if block.preset_column is not None:
        yield from _preset_column(block, "preset_column", block.preset_column)
    for name in dict.fromkeys(name for preset in block.preset_rows for name in preset.values):
        yield from _preset_column(block, "preset_rows", name)
    for name in block.headings:
        yield from _preset_column(block, "headings", name)
    if set(block.headings) <= set(known) and tuple(known[: len(block.headings)]) != block.headings:
        yield placed(f"block {block.id}, headings", "lint.headings", names=", ".join(known[: len(block.headings)]))
    if not block.preset_rows and block.blank_rows < 1:
        yield placed(f"block {block.id}", "lint.no_rows")
    fields = {field.id: field for field in block.fields}
    printed = [(name, value) for preset in block.presets for name, value in preset.items()]
    for name, value in dict.fromkeys(printed):
        if name in fields and fields[name].choices and value not in fields[name].choices:
            remedy = nearest_or(value, fields[name].choices, worded("lint.do.choice"))
            yield placed(f"block {block.id}, preset_rows", "lint.preset", value=value, column=name, remedy=remedy)


def _preset_column(block: RowsBlock, key: str, name: str) -> Iterator[str]:
    known = [field.id for field in block.fields]
    if name not in known:
        remedy = nearest_or(name, known, worded("rulebook.known", names=", ".join(known)))
        yield placed(f"block {block.id}, {key}", "lint.preset_column", column=name, remedy=remedy)
