"""The frozen models of a rulebook: sections and fields, checks, indicators with their rules, grades.

Unknown keys are refused everywhere. What a model cannot see by itself (an id that no field has, points that do not add up)
is `lint.py`'s matter. The parts stand in `form.py`, `indicators.py` and `kinds/`; this module is where others import them from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, PrivateAttr, model_validator

from perfbatch.rulebook.asked import tables_asked, words_unasked
from perfbatch.rulebook.caps import Cap
from perfbatch.rulebook.entries import AdaptableSet, Check, Grade, Group, Scope
from perfbatch.rulebook.form import (
    SINGLE,
    AmountColumn,
    Block,
    CardBlock,
    EvidenceBlock,
    FieldKind,
    FormField,
    Kind,
    MatrixBlock,
    Model,
    PresetRow,
    RowsBlock,
    ScorecardBlock,
    Section,
    SignatureBlock,
    UnitTableBlock,
)
from perfbatch.rulebook.indicator_rows import IndicatorRows, with_row_indicators
from perfbatch.rulebook.indicators import Indicator, Policy, Rule
from perfbatch.rulebook.kinds.band import Band, Domain
from perfbatch.rulebook.lineage import Lineage
from perfbatch.rulebook.marks import Identifier
from perfbatch.rulebook.money_tables import MoneyTable, money_sheets, money_tables
from perfbatch.rulebook.roles import Entity, MoneySheet, Roles, usual_sheets
from perfbatch.rulebook.score_places import ScorePlaces, own_cells

__all__ = [
    "AdaptableSet",
    "AmountColumn",
    "Band",
    "Block",
    "Cap",
    "CardBlock",
    "Check",
    "Domain",
    "EvidenceBlock",
    "FieldKind",
    "FormField",
    "Grade",
    "Group",
    "Indicator",
    "Kind",
    "MatrixBlock",
    "MoneyTable",
    "PresetRow",
    "RowsBlock",
    "Rule",
    "Rulebook",
    "Scope",
    "ScorecardBlock",
    "Section",
    "SignatureBlock",
    "UnitTableBlock",
]


class Rulebook(Model):
    """One form of one year. `deadline` is the last day on which a department may report (报送截止日期). `summary_name` begins the
    file name of its summary, behind which the year stands; `report_name` is what its summary, letters and messages are about.

    `unit_rows` are what the rows of the tables with a row per unit are called: the department as a whole, its own office, the n-th
    of its units.

    `revision` counts the changes of a form whose version stays: workbooks made on an earlier one are read by its own layout.
    """

    id: str
    title: str
    district: str
    issuer: str
    form_id: Identifier
    form_version: str
    revision: int = Field(default=1, ge=1)
    fiscal_year: Annotated[int, Field(ge=1901, le=9998)]
    deadline: date | None = None
    source: str
    total_points: Decimal = Decimal(0)
    not_applicable: Policy = "manual"
    unit_rows: tuple[str, str, str] = ("", "", "")
    entity: Entity = Field(default_factory=Entity)
    roles: Roles = Field(default_factory=Roles)
    kinds: dict[FieldKind, Kind]
    sections: tuple[Section, ...]
    groups: tuple[Group, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    caps: tuple[Cap, ...] = ()
    grades: tuple[Grade, ...] = ()
    indicator_rows: tuple[IndicatorRows, ...] = ()
    checks: tuple[Check, ...] = ()
    summary: tuple[MoneySheet, ...] = Field(default_factory=usual_sheets)
    summary_name: str = "district-summary"
    report_name: Annotated[str, Field(min_length=1, max_length=40)] = "部门整体支出绩效评价"
    _lineage: Lineage = PrivateAttr(default=Lineage())

    def __eq__(self, other: object) -> bool:
        """Rulebooks are equal that say the same, whatever they were resolved from."""
        if not isinstance(other, Rulebook):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in Rulebook.model_fields)

    __hash__ = None  # type: ignore[assignment]

    @property
    def lineage(self) -> Lineage:
        """What it was resolved from."""
        return self._lineage

    def model_copy(  # what a frozen rulebook is made of never changes: a deep copy is the same
        self,
        *,
        update: Mapping[str, Any] | None = None,
        deep: bool = False,  # noqa: ARG002
    ) -> Rulebook:
        """The same rulebook with other values; what was worked out from the old ones is not kept."""
        changes = dict(update or {})
        values = {name: getattr(self, name) for name in Rulebook.model_fields} | changes
        copied = Rulebook.model_construct(_fields_set=self.model_fields_set | changes.keys(), **values)
        copied._lineage = self._lineage
        return copied

    def resolved_from(self, lineage: Lineage) -> Rulebook:
        """The same rulebook, of this lineage."""
        resolved = self.model_copy()
        resolved._lineage = lineage
        return resolved

    @model_validator(mode="before")
    @classmethod
    def _made_indicators(cls, data: object) -> object:
        return with_row_indicators(data)

    @model_validator(mode="after")
    def _unique_ids(self) -> Rulebook:
        named = {
            "section": [section.id for section in self.sections],
            "sheet": [section.sheet for section in self.sections],
            "field": [field.id for field in self.fields()],
            "group": [group.id for group in self.groups],
            "indicator": [indicator.id for indicator in self.indicators],
            "cap": [cap.id for cap in self.caps],
            "grade": [grade.name for grade in self.grades],
            "check": [check.id for check in self.checks],
        }
        for what, ids in named.items():
            twice = sorted({name for name in ids if ids.count(name) > 1})
            if twice:
                raise ValueError(f"duplicate {what}: {', '.join(twice)}")
        return self

    def as_of(self, revision: int) -> Rulebook:
        """The rulebook with the form as it was at a revision: without the fields that came later, and without blocks and
        sheets that then had nothing to fill in. Its checks may name fields that are gone: it is for layouts and for reading.

        Raises `ValueError` for a revision that the form never had.
        """
        if not 1 <= revision <= self.revision:
            raise ValueError(f"{self.id} has no revision {revision}")
        sections = tuple(kept for section in self.sections if (kept := section.as_of(revision)) is not None)
        values = {name: getattr(self, name) for name in Rulebook.model_fields}
        # Built anew: a copy would keep what was worked out from the fields of today.
        return Rulebook.model_construct(**{**values, "revision": revision, "sections": sections})

    def blocks(self) -> Iterator[tuple[Section, Block]]:
        """Every block with its section, in the order of the form."""
        for section in self.sections:
            for block in section.blocks:
                yield section, block

    def fields(self) -> Iterator[FormField]:
        """Every field of the form, in order; a column once."""
        for _, block in self.blocks():
            if isinstance(block, SignatureBlock):
                continue
            yield from block.fields
            if isinstance(block, ScorecardBlock):
                yield block.total

    @cached_property
    def column_ids(self) -> frozenset[str]:
        """Ids of the fields that have a cell in each row of a table; any other field stands once."""
        return frozenset(
            field.id
            for _, block in self.blocks()
            if not isinstance(block, (*SINGLE, SignatureBlock))
            for field in block.fields
        )

    @cached_property
    def field_by_id(self) -> dict[str, FormField]:
        """Field id → field."""
        return {field.id: field for field in self.fields()}

    @cached_property
    def indicator_by_id(self) -> dict[str, Indicator]:
        """Indicator id → indicator."""
        return {indicator.id: indicator for indicator in self.indicators}

    @cached_property
    def key_label(self) -> str:
        """What the fields are called that an entity is known by: 预算编码."""
        return "、".join(self.label_of(name) for name in self.entity.key)

    @cached_property
    def form_name(self) -> str:
        """What is sent in: 部门整体支出绩效自评表."""
        return f"{self.report_name.removesuffix('评价').removesuffix('自评')}自评表"

    @cached_property
    def name_label(self) -> str:
        """What the field of an entity's name is called: 部门（单位）名称."""
        return self.label_of(self.entity.name)

    def label_of(self, name: str) -> str:
        """The form's label of a field; its id where the form has none."""
        field = self.field_by_id.get(name)
        return field.label if field is not None else name

    @cached_property
    def origin_ids(self) -> tuple[str, ...]:
        """What a finding may come from: the ids of the indicators, of the checks and of the caps."""
        return (*self.indicator_by_id, *(check.id for check in self.checks), *(cap.id for cap in self.caps))

    @cached_property
    def adaptable_sets(self) -> tuple[AdaptableSet, ...]:
        """The indicators that share their points: those that are `editable`, subgroup by subgroup."""
        together: dict[tuple[str, str], list[Indicator]] = {}
        for indicator in self.indicators:
            if indicator.editable:
                together.setdefault((indicator.group, indicator.subgroup), []).append(indicator)
        return tuple(
            AdaptableSet(tuple(each.id for each in members), sum((each.points for each in members), Decimal()))
            for members in together.values()
        )

    @cached_property
    def unit_tables(self) -> dict[str, UnitTableBlock]:
        """Table id → table, for the tables with a row per unit."""
        return {block.id: block for _, block in self.blocks() if isinstance(block, UnitTableBlock)}

    @cached_property
    def money_tables(self) -> dict[str, MoneyTable]:
        """Block id → its amounts as columns, for the tables with a row per unit and those of fixed rows and columns."""
        return money_tables(self.unit_tables, self.matrices)

    @cached_property
    def money_sheets(self) -> tuple[MoneySheet, ...]:
        """The summary's sheets of figures, with the tables that the form has. Tables that no sheet names stand on the last, or
        on a sheet of their own where the form has none of the usual tables."""
        return money_sheets(self.summary, self.money_tables, f"{self.entity.noun}资金汇总（{self.money_unit}）")

    @cached_property
    def scorecard(self) -> ScorecardBlock | None:
        """The table with a row per indicator, where the form has one."""
        return next((block for _, block in self.blocks() if isinstance(block, ScorecardBlock)), None)

    @property
    def money_unit(self) -> str:
        """The unit of amounts; "" where the form has none."""
        kind = self.kinds.get("amount")
        return kind.unit if kind is not None else ""

    @property
    def is_scored(self) -> bool:
        """Whether anything is scored: a form may be there for its figures and checks alone."""
        return bool(self.indicators)

    @cached_property
    def score_places(self) -> ScorePlaces:
        """Where the scores of indicators and groups stand on the form."""
        specs = {spec.id: spec for spec in self.indicator_rows}
        made = ((indicator.id, getattr(indicator.rule, "rows", "")) for indicator in self.indicators)
        rows_behind = {indicator: specs[rows] for indicator, rows in made if rows in specs}
        own = self.roles.item_self
        in_scorecard = self.scorecard is not None and own in self.column_ids
        in_rows = {indicator: spec.self for indicator, spec in rows_behind.items()}
        return ScorePlaces(
            dict.fromkeys(self.indicator_by_id, own) if in_scorecard else own_cells(self.matrices) | in_rows,
            rows_behind,
            self.indicator_rows,
            self.row_tables,
            self.scorecard is not None,
            self.roles.item_max,
            own,
        )

    @cached_property
    def matrices(self) -> dict[str, MatrixBlock]:
        """Block id → block, for the tables of fixed rows and columns."""
        return {block.id: block for _, block in self.blocks() if isinstance(block, MatrixBlock)}

    @cached_property
    def row_tables(self) -> dict[str, RowsBlock]:
        """Table id → table, for the tables of rows."""
        return {block.id: block for _, block in self.blocks() if isinstance(block, RowsBlock)}

    def table_of(self, check: Check) -> str:
        """The table of rows in whose rows a check is made; "" for one that is made elsewhere."""
        return self.roles.targets if check.scope == "target" else check.table or ""

    @cached_property
    def tables_in_rules(self) -> tuple[str, ...]:
        """The tables of rows that rules look into, in the order of the form."""
        named = (self.roles.targets, *map(self.table_of, self.checks), *(spec.rows for spec in self.indicator_rows))
        return tables_asked(named, self.checks, self.row_tables)

    @cached_property
    def long_texts_unread(self) -> frozenset[str]:
        """The long texts of which no part of the rulebook asks more than whether something stands there."""
        # The reasons beside the scores are for whoever reads the workbook: the role has them written, and nobody asks for the words.
        rules = self.model_dump_json(exclude={"sections": True, "roles": {"item_reason"}})
        return words_unasked(self.fields(), rules)

    @cached_property
    def siblings(self) -> dict[str, tuple[str, ...]]:
        """Part id → all parts of the total it belongs to (itself among them)."""
        totals = [column.parts for table in self.unit_tables.values() for column in table.fields]
        cells = [cell for matrix in self.matrices.values() for cell in matrix.cells.values()]
        # A part of two totals has beside it what stands in its column.
        totals += [cell.parts_beside for cell in cells]
        totals += [cell.parts_below for cell in cells]
        return {part: parts for parts in totals for part in parts}

    @cached_property
    def evidence_block(self) -> EvidenceBlock | None:
        """The block that holds the evidence answers, where the form has one."""
        return next((block for _, block in self.blocks() if isinstance(block, EvidenceBlock)), None)

    @cached_property
    def explanation_block(self) -> RowsBlock | None:
        """The table in which a department explains why a check may stand, where the form has one."""
        return self.row_tables.get(self.roles.explanations)

    @cached_property
    def explainable(self) -> dict[str, Check]:
        """What may be explained, as the form's drop-down has it (`R24 实有人数 ≤ 人员编制`) → the check."""
        return {f"{check.id} {check.title}": check for check in self.checks if check.nature == "verification"}

    def kind_of(self, field: FormField) -> Kind:
        """The field's kind with the field's own unit and bounds laid over it."""
        kind = self.kinds[field.kind]
        changes: dict[str, object] = {
            name: value
            for name in ("unit", "minimum", "maximum", "max_length")
            if (value := getattr(field, name)) is not None
        }
        if field.signed and field.minimum is None:
            changes["minimum"] = None if kind.maximum is None else -kind.maximum
        return kind.model_copy(update=changes) if changes else kind
