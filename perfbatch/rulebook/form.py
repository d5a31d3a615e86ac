"""The form as data: sections (sheets), blocks, fields and their kinds. Shapes follow 附件2-1 and 附件3-1."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from perfbatch.rulebook.fields import AmountColumn, Entry, FieldKind, FormField, Kind, Model
from perfbatch.rulebook.marks import FieldId, Identifier
from perfbatch.rulebook.matrix import MatrixBlock, MatrixCell, MatrixColumn, MatrixRow

__all__ = [
    "COVER",
    "SINGLE",
    "AmountColumn",
    "Block",
    "CardBlock",
    "Entry",
    "EvidenceBlock",
    "FieldKind",
    "FormField",
    "Identifier",
    "Kind",
    "MatrixBlock",
    "MatrixCell",
    "MatrixColumn",
    "MatrixRow",
    "Model",
    "PresetRow",
    "RowsBlock",
    "ScorecardBlock",
    "Section",
    "SignatureBlock",
    "UnitTableBlock",
]


class PresetRow(Model):
    """Rows that the blank form comes with: the value printed in the preset column, or the `values` in several (which its file may
    give under the columns' own ids), how often, and the heading left of it."""

    value: str = ""
    values: dict[FieldId, str] = Field(default_factory=dict)
    count: int = Field(default=1, ge=1)
    heading: str = ""


class CardBlock(Model):
    """Label–value cells; `columns` pairs stand side by side unless a field is a long text."""

    layout: Literal["card"]
    title: str = ""
    columns: int = Field(default=2, ge=1, le=3)
    fields: tuple[FormField, ...]


class UnitTableBlock(Model):
    """One row per unit: 汇总, 局机关, then the subordinate units."""

    layout: Literal["unit_table"]
    id: Identifier
    title: str
    fields: tuple[AmountColumn, ...]


class RowsBlock(Model):
    """A table of as many rows as the form prints (指标, 评价人员).

    `headings` are the columns at its left whose cells are merged where rows under one another say the same: what one of them
    leaves blank is what the row above says.
    """

    layout: Literal["rows"]
    id: Identifier
    title: str
    fields: tuple[FormField, ...]
    preset_column: FieldId | None = None
    headings: tuple[FieldId, ...] = ()
    preset_rows: tuple[PresetRow, ...] = ()
    blank_rows: int = 0

    @property
    def name_column(self) -> str | None:
        """The column that says what a row is about: its first plain text that the department writes itself."""
        own = (field for field in self.fields if field.kind == "text" and not field.personal and not field.choices)
        return next((field.id for field in own if field.id not in {*self.preset_columns, *self.headings}), None)

    @property
    def kind_column(self) -> FormField | None:
        """The column whose preset text says what kind of row it is: the preset column, else the last of the headings."""
        named = self.preset_column or next(
            reversed([name for name in self.headings if name in self.preset_columns]), None
        )
        return next((field for field in self.fields if field.id == named), None)

    @property
    def presets(self) -> list[dict[str, str]]:
        """What each row of the blank form comes with, by column."""
        rows = []
        for preset in self.preset_rows:
            own = {self.preset_column: preset.value} if self.preset_column and preset.value else {}
            rows += [{**own, **preset.values}] * preset.count
        return rows

    @property
    def preset_columns(self) -> frozenset[str]:
        """The columns in which the blank form has something."""
        named = {self.preset_column} if self.preset_column else set()
        return frozenset(named.union(*(preset.values for preset in self.preset_rows)))


class ScorecardBlock(Model):
    """附件3-1: a row per indicator; the rows come from the rulebook's indicators."""

    layout: Literal["scorecard"]
    title: str
    fields: tuple[FormField, ...]
    total: FormField
    note: str = ""


class EvidenceBlock(Model):
    """Checklist answers (是/否) and counts behind indicators; the rows come from the indicators' rules."""

    layout: Literal["evidence"]
    title: str
    fields: tuple[FormField, ...]
    yes: str
    no: str


class SignatureBlock(Model):
    """Printed lines to sign by hand; no input cells."""

    layout: Literal["signature"]
    lines: tuple[str, ...]


Block = Annotated[
    CardBlock | UnitTableBlock | RowsBlock | MatrixBlock | ScorecardBlock | EvidenceBlock | SignatureBlock,
    Field(discriminator="layout"),
]


COVER = "cover"
"""The id of the section that is laid out as a title page: it holds cards."""

SINGLE = (CardBlock, MatrixBlock)
"""The blocks whose fields stand once, each in a cell of its own."""


class Section(Entry):
    """A sheet of the workbook. `entity_in_title`: its title begins with the entity's name, as it is typed."""

    id: Identifier
    sheet: Annotated[str, Field(min_length=1, max_length=31)]
    title: str
    entity_in_title: bool = False
    intro: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()

    def as_of(self, revision: int) -> Section | None:
        """The sheet as it was at a revision; None where nothing of it was there to fill in."""
        blocks = tuple(kept for block in self.blocks if (kept := _block_as_of(block, revision)) is not None)
        return None if self.blocks and not blocks else self.model_copy(update={"blocks": blocks})


def _block_as_of(block: Block, revision: int) -> Block | None:
    if isinstance(block, SignatureBlock):
        return block
    if isinstance(block, MatrixBlock):
        return block.as_of(revision)
    fields = tuple(field for field in block.fields if field.since <= revision)
    return block.model_copy(update={"fields": fields}) if fields else None
