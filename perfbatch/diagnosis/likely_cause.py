"""What probably went wrong where a total is not the sum of its parts: the slips that accountants know by their difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from perfbatch.model.figures import figure_text

__all__ = ["BrokenSum", "NamedFigure", "Part", "likely_cause"]

# 元 for 万元, and 元 for 百元 or a percentage for its share: the slips of the unit that people make.
_FACTORS = (10_000, 100)
_NAMED = 2


@dataclass(frozen=True, slots=True)
class NamedFigure:
    """A labelled count of 1/SCALE of its unit."""

    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Part:
    """A figure that enters a sum with a sign, 1 or -1."""

    label: str
    value: int
    sign: int = 1


@dataclass(frozen=True, slots=True)
class BrokenSum:
    """A stated total, the parts that should add up to it, and what else stands in its row.

    `step` is the rounding step of the figures in their counts, 0 for exact ones; `rows` says that the parts are rows of a
    table (units) and not cells of one row.
    """

    total: NamedFigure
    parts: tuple[Part, ...]
    others: tuple[NamedFigure, ...] = ()
    step: int = 0
    rows: bool = False

    @property
    def expected(self) -> int:
        """What the parts add up to."""
        return sum(part.sign * part.value for part in self.parts)

    @property
    def difference(self) -> int:
        """Stated less expected."""
        return self.total.value - self.expected


def likely_cause(broken: BrokenSum) -> str:
    """The most telling explanation of the difference, in words; "" where nothing explains it or there is none.

    In the order of how rarely chance would give it: a slip of the unit, a sign, a part left out, a row filled twice, a part
    counted twice, two digits transposed, the figure of another cell.
    """
    if broken.difference == 0:
        return ""
    for explain in (_unit, _sign, _left_out, _twice, _transposed, _other_cell):
        explanations = list(dict.fromkeys(explain(broken)))
        if explanations:
            return "；或".join(explanations[:_NAMED])
    return ""


def _mended(broken: BrokenSum) -> Iterator[tuple[str, int, int]]:
    """(label, stated, what it would have to be) for the total and for each part, everything else being right."""
    yield broken.total.label, broken.total.value, broken.expected
    if len(broken.parts) > 1:
        for part in broken.parts:
            yield part.label, part.value, part.value + part.sign * broken.difference


def _unit(broken: BrokenSum) -> Iterator[str]:
    for factor in _FACTORS:
        name = "一万" if factor == _FACTORS[0] else "一百"
        for label, stated, needed in _mended(broken):
            if not stated or not needed:
                continue
            # Half a step of the smaller figure is factor halves of the larger one.
            slack = factor * broken.step // 2 if len(broken.parts) > 1 else 0
            if abs(stated - needed * factor) <= slack < abs(needed * factor):
                yield f"“{label}”疑似大了{name}倍（单位填错）"
            elif abs(stated * factor - needed) <= slack < abs(needed):
                yield f"“{label}”疑似小了{name}倍（单位填错）"


def _sign(broken: BrokenSum) -> Iterator[str]:
    for label, stated, needed in _mended(broken):
        if stated and stated == -needed:
            yield f"“{label}”正负号疑似填反"


def _left_out(broken: BrokenSum) -> Iterator[str]:
    if len(broken.parts) < 2:
        return
    for part in broken.parts:
        if part.value and broken.difference == -part.sign * part.value:
            twin = next(
                (
                    other
                    for other in broken.parts
                    if other is not part and (other.value, other.sign) == (part.value, part.sign)
                ),
                None,
            )
            if twin is None:
                yield f"“{broken.total.label}”疑似漏算“{part.label}”"
            elif broken.rows:
                yield "和".join(sorted((f"“{part.label}”", f"“{twin.label}”"))) + "数字相同，疑似同一行填了两次"


def _twice(broken: BrokenSum) -> Iterator[str]:
    if len(broken.parts) < 2:
        return
    for part in broken.parts:
        if part.value and broken.difference == part.sign * part.value:
            yield f"“{broken.total.label}”疑似把“{part.label}”算了两次"


def _transposed(broken: BrokenSum) -> Iterator[str]:
    for label, stated, needed in _mended(broken):
        if _swapped(stated, needed):
            yield f"“{label}”疑似数字颠倒（应为 {figure_text(needed, 'amount')}）"


def _swapped(figure: int, other: int) -> bool:
    """Whether two figures differ by two digits that have changed places; their difference is then a multiple of 9."""
    if figure == other or (figure < 0) != (other < 0) or (figure - other) % 9:
        return False
    left, right = str(abs(figure)), str(abs(other))
    width = max(len(left), len(right))
    left, right = left.rjust(width, "0"), right.rjust(width, "0")
    at = [place for place in range(width) if left[place] != right[place]]
    return len(at) == 2 and left[at[0]] == right[at[1]] and left[at[1]] == right[at[0]]


def _other_cell(broken: BrokenSum) -> Iterator[str]:
    named = {part.label for part in broken.parts}
    others = [other for other in broken.others if other.value and other.label not in named]
    for other in others:
        if other.value == broken.total.value:
            yield f"“{broken.total.label}”与“{other.label}”数字相同，疑似串栏"
    for other in others:
        if abs(other.value) == abs(broken.difference):
            yield f"差额恰为“{other.label}”的数字"
