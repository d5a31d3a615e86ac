"""What every kind of rule answers, and what it is handed to answer with.

The rooms above ask a rule and hand it what they know: the night its columns, the blank workbook its cells, an explanation the
figures of one department. So a kind knows none of those rooms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from perfbatch.rulebook.form import Model
from perfbatch.rulebook.formula_terms import Figure, Term
from perfbatch.rulebook.tree import Node

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope
    from perfbatch.rulebook.kinds.arithmetic import Computation

__all__ = ["Account", "Cells", "Ground", "Judged", "Question", "ScoringRule", "Wording"]


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


class Wording(Protocol):
    """Expressions in the form's own words."""

    def expression(self, source: str) -> str: ...


class Ground(Protocol):
    """What `rulebook lint` knows of the form."""

    def is_field(self, name: str) -> bool: ...
    def counts(self, name: str) -> bool: ...
    def expression(
        self, place: str, source: str, wanted: Literal["number", "condition"], let: Mapping[str, Node] | None = None
    ) -> Iterator[str]: ...


class Cells(Protocol):
    """The hidden sheet of the blank workbook: `cell` has the references of the indicator's own row, by column name."""

    cell: Mapping[str, str]
    yes: str
    no: str

    def compiled(self, node: Node) -> Term: ...
    def counted(self, name: str) -> Figure:
        """A field, or an evidence row, that counts cases."""

    def answer(self, evidence_id: str) -> str:
        """The reference of an answer."""


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


class ScoringRule(Model):
    """A kind of rule. `word` is what people call it; `titles` and `choices` are the Chinese of its keys and of what they may be,
    for the workbook form of the rulebook."""

    kind: str

    word: ClassVar[str]
    titles: ClassVar[Mapping[str, str]] = {}
    choices: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    objective: ClassVar[bool] = True
    """Whether the rulebook can compute the score."""
    needs_figure: ClassVar[bool] = False
    """Whether it looks at the indicator's ratio or figure; the others take none."""

    def sources(self) -> tuple[str, ...]:
        """The expressions of its own."""
        return ()

    def own_names(self) -> frozenset[str]:
        """Names in them that the rule itself gives a meaning."""
        return frozenset()

    def questions(self, indicator: Judged) -> tuple[Question, ...]:
        """The rows of the evidence table that it needs."""
        return ()

    def none_is_zero_of(self) -> frozenset[str]:
        """Fields in which a word for nothing (无) is a 0."""
        return frozenset()

    def whole_of_count(self) -> tuple[str, str] | None:
        """A field that counts cases, and the one that counts all there can be."""
        return None

    @property
    def falls(self) -> bool:
        """Whether the points only fall as the figure rises."""
        return False

    @property
    def takes_part(self) -> bool:
        """Whether the rule itself says that the figure is a part of a whole."""
        return False

    @property
    def limit(self) -> Decimal:
        """In percent, past which a figure is told (S03)."""
        return Decimal(100)

    @property
    def rounding(self) -> str:
        """How a fraction of a step counts, in words; "" where it has no steps."""
        return ""

    def words(self, indicator: Judged) -> str:
        """How it scores, in one line of Chinese."""
        raise NotImplementedError

    def figure_words(self, wording: Wording) -> str:
        """What it looks at where the indicator has no figure."""
        return ""

    def faults(self, indicator: Judged, ground: Ground) -> Iterator[str]:
        """What is wrong with it beyond its shape, each as `key: fault; remedy`."""
        yield from ()

    def compute(self, indicator: Judged, scope: Scope, yes: str) -> Computation | None:
        """The points of the whole district; `yes` is how the form writes 是. None where people score."""
        raise NotImplementedError

    def formulas(self, indicator: Judged, cells: Cells) -> dict[str, str]:
        """The formulas of the indicator's row on the hidden sheet, by column name: `cents` and `state` at least."""
        raise NotImplementedError

    def explained(self, indicator: Judged, account: Account) -> str:
        """The arithmetic of a score that was computed, without its result."""
        raise NotImplementedError

    def uncovered(self, indicator: Judged, account: Account) -> str:
        """What the figure is where the rule says nothing about it."""
        return account.figure_words()
