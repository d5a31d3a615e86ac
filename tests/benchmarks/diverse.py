"""A district in which every workbook has figures and texts of its own, and one in ten a total that does not add up.

A corpus of a dozen contents flatters everything that remembers what it has seen. Here each workbook is one of several samples as
LibreOffice saved them; its amounts are a sum of multiples of that sample's and of another's, so that whatever adds up in both adds
up in it, and what is written in it stands in no other. Texts are shared strings, as office programs store them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfbatch.intake.reader import read_submission
from perfbatch.rulebook.load import read_rulebook
from tests.benchmarks.corpus import amounts_of
from tests.cells import Stencil
from tests.workbooks import places

__all__ = ["change_diverse", "make_diverse"]

_INBOX = Path(__file__).parents[2] / "inbox"
# Samples that hold no fault of their own; of one that was sent twice the second counts.
_CODES = ("406001", "408001", "404001", "407001", "402001")
# The rows 汇总 and 局机关 of the unit tables keep their names.
_PRINTED_ROWS = 2
_LONGEST = 120
_MULTIPLES = 997
_WORDS = ("完成", "推进", "加强", "落实", "规范", "健全", "保障", "提高", "压减", "及时")
_FOOTING = ("revenue_total", "expenditure_total", "three_public_total", "fixed_assets_total")

_At = tuple[str, int]
"""Field id and row."""


@dataclass(frozen=True)
class _Base:
    """A sample: its cells, its amounts other than 0 in 万元, and its texts."""

    stencil: Stencil
    where: Mapping[str, list[tuple[str, str]]]
    amounts: Mapping[_At, Decimal]
    texts: Mapping[_At, str]


def make_diverse(folder: Path, departments: int) -> None:
    """Write `departments` workbooks into `folder`, the same ones every time."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, range(departments), again=0)


def change_diverse(folder: Path, departments: int, *, again: int) -> None:
    """One workbook of a hundred as its department saved it again: one text edited, the `again`-th time, all else as it was."""
    _write(folder, range(0, departments, 100), again=again)


def _write(folder: Path, numbers: Iterable[int], *, again: int) -> None:
    bases = _bases()
    for number in numbers:
        base = bases[number % len(bases)]
        values = {base.where[field][row]: value for (field, row), value in _typed(bases, number, again).items()}
        base.stencil.write(values, folder / f"{number:06}.xlsx", shared=True)


def _bases() -> list[_Base]:
    rulebook = read_rulebook().rulebook
    bases: dict[str, _Base] = {}
    for path in sorted(path for path in _INBOX.rglob("*.xlsx") if path.parent.name != "项目"):
        content = path.read_bytes()
        if not content.startswith(b"PK") or "未传完" in path.name or "司法局" in path.name:
            continue
        submission = read_submission(content, path.name, rulebook)
        if submission.entity_code not in _CODES:
            continue
        texts = {
            (field.id, fact.row): fact.value
            for field in rulebook.fields()
            if field.kind == "longtext" or field.id == "entity_name"
            for fact in submission.facts[field.id]
            if isinstance(fact.value, str) and (field.id != "entity_name" or fact.row >= _PRINTED_ROWS)
        }
        bases[submission.entity_code] = _Base(
            Stencil(content), places(content), amounts_of(submission, rulebook), texts
        )
    return [bases[code] for code in _CODES]


def _typed(bases: list[_Base], number: int, again: int) -> dict[_At, Any]:
    """What stands in a workbook that stands in no other."""
    chance = random.Random(number)
    base = bases[number % len(bases)]
    others = [other for other in bases if other is not base and other.amounts.keys() <= base.amounts.keys()]
    other = chance.choice(others) if others else base
    # No two workbooks of one sample have the same multiple of it: chance alone would give hundreds the same figures.
    many = 1 + number // len(bases) % _MULTIPLES
    more = chance.randint(0, _MULTIPLES // 4) if others else 0
    typed: dict[_At, Any] = {
        at: many * amount + more * other.amounts.get(at, Decimal(0)) for at, amount in base.amounts.items()
    }
    for at, text in base.texts.items():
        if at[0] == "entity_name":
            typed[at] = f"第{number:06}号部门所属单位{at[1]}"
        else:
            words = "".join(chance.choices(_WORDS, k=6))
            typed[at] = f"{text[:_LONGEST]}，{words}{number}号"
    typed["budget_code", 0] = f"{900000 + number}"
    typed["unit_name", 0] = f"第{number:06}号部门"
    if number % 10 == 0:
        at = chance.choice([(field, 0) for field in _FOOTING if (field, 0) in base.amounts])
        typed[at] += Decimal("0.9")
    if again:
        at = next(at for at in typed if at in base.texts)
        typed[at] += f"（修改{again}）"
    return typed
