"""What a kind of rule is handed to answer with.

The rooms above ask a rule and hand it what they know: the night its columns, the blank workbook its cells, an explanation the
figures of one department. So a kind knows none of those rooms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, Protocol

from perfbatch.rulebook.formula_terms import Figure, Term
from perfbatch.rulebook.tree import Node

__all__ = ["Account", "FormWords", "Ground", "Judged", "Question", "RuleCells"]


class Judged(Protocol):
    """What a rule may know of its indicator."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def points(self) -> Decimal: ...
    @property
    def ratio(self) -> str | None: ...
    @property
    def ratio_name(self) -> str: ...
    @property
    def figure(self) -> str | None: ...
    @property
    def last_year_denominator(self) -> bool: ...
    @property
    def is_part(self) -> bool: ...
    @property
    def falls(self) -> bool: ...
    @property
    def evidence_ids(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Question:
    """A row of the evidence table (核对清单) that a rule asks for; its id is the indicator's and `row`. `each` is what a case
    that is counted costs; a question without is answered 是 or 否."""

    row: str
    text: str
    label: str
    points: Decimal
    each: Decimal | None = None


class FormWords(Protocol):
    """Expressions in the form's own words."""

    def expression(self, source: str) -> str: ...


class Ground(Protocol):
    """What `rulebook lint` knows of the form."""

    def is_field(self, name: str) -> bool: ...
    def counts(self, name: str) -> bool: ...
    def expression(
        self, place: str, source: str, wanted: Literal["number", "condition"], let: Mapping[str, Node] | None = None
    ) -> Iterator[str]: ...


class RuleCells(Protocol):
    """The hidden sheet of the blank workbook: `cell` has the references of the indicator's own row, by column name."""

    cell: Mapping[str, str]
    yes: str
    no: str

    def compiled(self, node: Node) -> Term: ...
    def counted(self, name: str) -> Figure:
        """A field, or an evidence row, that counts cases."""

    def answer(self, evidence_id: str) -> str:
        """The reference of an answer."""

    def by_rows(self, indicator: str) -> dict[str, str]:
        """The formulas of an indicator that is made of rows of a table."""


class Account(Protocol):
    """One indicator of one department: its figures for the sentence that does the sum again. `scored` is `figure` with a
    part larger than its whole as 100 %."""

    @property
    def yes(self) -> str: ...
    @property
    def figure(self) -> Fraction: ...
    @property
    def scored(self) -> Fraction: ...
    def figure_words(self) -> str: ...
    def with_values(self, node: Node) -> str: ...
    def value(self, node: Node) -> str: ...
    def holds(self, node: Node) -> bool: ...
    def answer(self, evidence_id: str) -> str: ...
