"""What every kind of rule answers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from perfbatch.rulebook.form import Model
from perfbatch.rulebook.kinds.readings import READING_NAMES, Reading
from perfbatch.rulebook.kinds.surroundings import Account, FormWords, Ground, Judged, Question, RuleCells

if TYPE_CHECKING:
    from perfbatch.rulebook.columns import Scope
    from perfbatch.rulebook.kinds.arithmetic import Computation

__all__ = ["ScoringRule"]


class ScoringRule(Model):
    """A kind of rule. `word` is what people call it; `titles` and `choices` are the Chinese of its keys and of what they may be,
    for the workbook form of the rulebook."""

    kind: str

    word: ClassVar[str]
    titles: ClassVar[Mapping[str, str]] = {}
    choices: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    objective: ClassVar[bool] = True
    """Whether the rulebook can compute the score."""
    by_rows: ClassVar[bool] = False
    """Whether its points come from rows of a table that are scored one by one."""
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

    def reading_name(self, reading: Reading) -> str:
        """What a reading of a part of a step is called in a finding."""
        return READING_NAMES[reading]

    @abstractmethod
    def words(self, indicator: Judged) -> str:
        """How it scores, in one line of Chinese."""

    def figure_words(self, wording: FormWords) -> str:
        """What it looks at where the indicator has no figure."""
        return ""

    def faults(self, indicator: Judged, ground: Ground) -> Iterator[str]:
        """What is wrong with it beyond its shape, each as `key: fault; remedy`."""
        yield from ()

    @abstractmethod
    def compute(self, indicator: Judged, scope: Scope, yes: str) -> Computation | None:
        """The points of the whole district; `yes` is how the form writes 是. None where people score."""

    @abstractmethod
    def formulas(self, indicator: Judged, cells: RuleCells) -> dict[str, str]:
        """The formulas of the indicator's row on the hidden sheet, by column name: `cents` and `state` at least."""

    @abstractmethod
    def explained(self, indicator: Judged, account: Account) -> str:
        """The arithmetic of a score that was computed, without its result."""

    def uncovered(self, indicator: Judged, account: Account) -> str:
        """What the figure is where the rule says nothing about it."""
        return account.figure_words()
