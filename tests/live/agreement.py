"""Holds what the cells say against what the night says, workbook by workbook."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from perfbatch.batch import examine
from perfbatch.district.reconcile import Outcome, verdicts
from perfbatch.intake.reader import read_submission
from perfbatch.model.submission import Submission
from perfbatch.rulebook.checks import BoundCheck
from perfbatch.rulebook.formula import BLANK, FAILS, TAIL, UNREADABLE
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.names import NUMERIC_KINDS
from perfbatch.rulebook.tree import Name, leaves
from perfbatch.scoring.indicator_scores import STATUSES
from perfbatch.scoring.verify import Scored, computed_points
from perfbatch.template import Layout
from perfbatch.template.calculation.relative import column_number
from perfbatch.template.live import LIVE_SHEET, LivePlan, plan_live
from perfbatch.template.live.checks import APART, UNCHECKED
from perfbatch.template.live.scores import ScoreRow
from tests.calc_session import work
from tests.live.filling import Filler, Typed, draw
from tests.live.inserting import inserting
from tests.recalculation import recalculate

__all__ = ["Comparison", "compare_many", "without_words"]


@dataclass
class Comparison:
    """How many workbooks, verdicts and scores were compared, what the cells said (in all, and by check), and where the two parted."""

    workbooks: int = 0
    checks: int = 0
    scores: int = 0
    totals: int = 0
    words: Counter[str] = field(default_factory=Counter)
    by_check: Counter[tuple[str, str]] = field(default_factory=Counter)
    states: set[str] = field(default_factory=set)
    parted: list[str] = field(default_factory=list)


def compare_many(
    count: int,
    rulebook: Rulebook,
    folder: Path,
    *,
    first: int = 0,
    night: Rulebook | None = None,
    inserted: int = 0,
    changing: Callable[[int, Typed], Typed] = lambda _, typed: typed,
    typing: Callable[[int, Rulebook], Typed] | None = None,
) -> Comparison:
    """Fill, recalculate in LibreOffice, read by night, compare: `count` workbooks from the `first`. `night`: the night's
    rulebook, where it is another one. Into `inserted` of them rows are put in a LibreOffice that calculates as it does by
    default, and they are compared as it saved them and once more recalculated. `changing` may change what is typed into a
    workbook, which comes with its number; `typing` says what is typed into the workbook of a number, for a form of its own."""
    filler = Filler(rulebook, folder)
    plan = plan_live(filler.layout)
    filled, calculated = folder / "filled", folder / "calculated"
    filled.mkdir()
    drawn = draw(count, rulebook, first) if typing is None else [typing(first + at, rulebook) for at in range(count)]
    for number, typed in enumerate(drawn):
        filler.fill(changing(number, typed), filled / f"{number:05}.xlsx")
    recalculate(sorted(filled.glob("*.xlsx")), calculated, folder / "profile")
    comparison = Comparison()
    paths = sorted(calculated.glob("*.xlsx"))
    if inserted:
        paths += _with_rows(paths[:inserted], folder, filler.layout, rulebook, first)
    for path in paths:
        _compare(path, plan, night or rulebook, comparison)
    return comparison


def without_words(typed: Typed, rulebook: Rulebook) -> Typed:
    """What is typed, without the words that stand in number cells: the cells then decide every score, and the total."""
    words_belong = {field.id for field in rulebook.fields() if field.kind not in NUMERIC_KINDS}
    return {
        name: column if name in words_belong else [None if isinstance(value, str) else value for value in column]
        for name, column in typed.items()
    }


def _with_rows(paths: list[Path], folder: Path, layout: Layout, rulebook: Rulebook, first: int) -> list[Path]:
    """Copies with rows inserted: as LibreOffice saved them, and recalculated."""
    saved, again = folder / "inserted", folder / "inserted-calculated"
    saved.mkdir()
    work([inserting(first + at, path, saved / path.name, layout, rulebook) for at, path in enumerate(paths)])
    recalculate(sorted(saved.glob("*.xlsx")), again, folder / "profile")
    return [*sorted(saved.glob("*.xlsx")), *sorted(again.glob("*.xlsx"))]


def _compare(path: Path, plan: LivePlan, rulebook: Rulebook, comparison: Comparison) -> None:
    content = path.read_bytes()
    submission = read_submission(content, path.name, rulebook)
    frames, scored, _ = examine([submission], rulebook)
    with CalamineWorkbook.from_path(path) as workbook:
        live = workbook.get_sheet_by_name(LIVE_SHEET).to_python(skip_empty_area=False)
    comparison.workbooks += 1
    texts = [row for row in plan.scores.rows if _has_text(row, live, plan, rulebook)]
    night: dict[tuple[tuple[str, str, str], object], str] = {}
    for verdict in verdicts(frames, scored.departments, computed_points(scored), rulebook):
        for position, row in enumerate(verdict.rows):
            word = _word(verdict.outcome, position)
            if word:
                night[_key(verdict.bound), _cell(submission, verdict.bound, int(row))] = word
    _compare_checks(str(path.relative_to(path.parents[1])), live, plan, night, _named_rows(content), texts, comparison)
    _compare_scores(path.name, live, plan, scored, texts, comparison)


def _compare_checks(
    name: str,
    live: list[list[object]],
    plan: LivePlan,
    night: dict[tuple[tuple[str, str, str], object], str],
    named: dict[str, tuple[str, int]],
    texts: list[ScoreRow],
    comparison: Comparison,
) -> None:
    # Among inserted rows the night pairs empty ones by their names, the form by their place: where nothing is decided, one of
    # them may say 未填 of a row and the other nothing.
    inserted, undecided = name.startswith("inserted"), {"", BLANK}
    for check in plan.checks():
        shown = str(live[check.live_row][26])
        word = next(
            (start for start in (FAILS, TAIL, BLANK, UNREADABLE, APART, UNCHECKED) if shown.startswith(start)), ""
        )
        comparison.checks += 1
        comparison.words[word or shown] += 1
        comparison.by_check[check.bound.check.id, word or shown] += 1
        # A row that the night comparison unused is one of which it says nothing.
        row = (
            check.row
            if check.bound.check.scope != "item"
            else int(_shown_in(live, plan.leaves.items.at(check.row))) - 1
        )
        expected = night.pop((_key(check.bound), _cell_from_top(named, check.bound, row)), "")
        if word in (APART, UNCHECKED, UNREADABLE) or (texts and _uses_totals(check.bound)):
            # A word in a number cell: the cell cannot decide, the night has a finding for that very cell.
            continue
        if word != expected and not (inserted and {word, expected} <= undecided):
            comparison.parted.append(
                f"{name} {check.bound.check.id} {check.place.field.id} row {check.row}: cell {shown!r}, night {expected!r}"
            )

    # What is repeated over records of another year is live for none of them, what is repeated over the form for all.
    live_checks = {_key(check.bound) for check in plan.checks()}
    for key, word in night.items():
        if key[0] in live_checks and not (inserted and word in undecided):
            # The night has a row that no cell of the form speaks of.
            comparison.parted.append(f"{name} {key}: no cell, night {word!r}")


def _cell(submission: Submission, bound: BoundCheck, row: int) -> object:
    """Where the night's row of a check's field stands; its number, where a department has the field once or by its indicator."""
    if bound.check.scope not in ("unit", "target", "row") or not isinstance(bound.place, Name):
        return row
    cells = submission.columns[bound.place.id].cells.split(" ")
    return cells[row] if row < len(cells) else row


def _named_rows(content: bytes) -> dict[str, tuple[str, int]]:
    """Name → column and first row of what it refers to."""
    with ZipFile(BytesIO(content)) as package:
        markup = package.read("xl/workbook.xml").decode()
    named = re.findall(r'<definedName[^>]* name="(\w+)"[^>]*>[^<]*!\$([A-Z]+)\$(\d+)', markup)
    return {name: (column, int(row)) for name, column, row in named}


def _cell_from_top(named: dict[str, tuple[str, int]], bound: BoundCheck, row: int) -> object:
    """The cell of a row of the form, counted from the table's first; the night may have its units in another order."""
    if bound.check.scope not in ("unit", "target", "row") or not isinstance(bound.place, Name):
        return row
    column, first = named[bound.place.id]
    return f"{column}{first + row}"


def _shown_in(live: list[list[object]], cell: str) -> float:
    """The number in a cell of the hidden sheet."""
    letters = cell.strip("$0123456789").rstrip("$")
    row = live[row_number(cell.replace("$", "")) - 1]
    return float(str(row[column_number(letters) - 1] or 0))


def row_number(cell: str) -> int:
    """The number of a cell's row: 17 of C17."""
    return int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _uses_totals(bound: BoundCheck) -> bool:
    return any(isinstance(leaf, Name) and leaf.id in ("self_total", "verified_total") for leaf in leaves(bound.holds))


def _key(bound: BoundCheck) -> tuple[str, str, str]:
    """Two bindings of a check are told apart by their trees."""
    return (bound.check.id, repr(bound.holds), repr(bound.place))


def _word(outcome: Outcome, position: int) -> str:
    if outcome.failed[position]:
        return FAILS
    if outcome.tail[position]:
        return TAIL
    return BLANK if outcome.parts_blank[position] or outcome.total_blank[position] else ""


def _compare_scores(
    name: str,
    live: list[list[object]],
    plan: LivePlan,
    scored: Scored,
    texts: list[ScoreRow],
    comparison: Comparison,
) -> None:
    columns = {"cents": 20, "state": 21, "verified": 23}
    # Parts that were split off: whose they become the night decides among all of them, the form does not.
    shared = bool(plan.leaves.items.fields) and _shown_in(live, plan.leaves.items.beyond) > 0
    for row in plan.scores.rows:
        of_indicator = scored.indicators[row.indicator.id]
        cells = {key: live[row.row][column] for key, column in columns.items()}
        if row in texts:
            continue
        comparison.scores += 1
        status = STATUSES[of_indicator.status[0]]
        comparison.states.add(status)
        seen = [str(cells["state"]), float(str(cells["verified"]))]
        expected: list[object] = [status, float(of_indicator.verified[0])]
        if status == "computed" and of_indicator.computation is not None:
            seen.append(float(str(cells["cents"])))
            expected.append(float(of_indicator.computation.points[0]))
        if shared:
            seen[1] = expected[1]
        if seen != expected:
            comparison.parted.append(f"{name} score {row.indicator.id}: cell {seen}, night {expected}")
    if not texts and not shared:
        total, of_night = live[plan.scores.total_row][columns["verified"]], scored.departments["verified_total"].iloc[0]
        comparison.totals += 1
        if float(str(total)) != float(of_night):
            comparison.parted.append(f"{name} total: cell {total}, night {of_night}")


def _has_text(row: ScoreRow, live: list[list[object]], plan: LivePlan, rulebook: Rulebook) -> bool:
    """Whether a word stands in one of the score's number cells: the night reads "10.05万元" as the figure it is (and says
    so), a cell does not."""
    names = [name for name in row.indicator.input_ids if name in rulebook.field_by_id]
    names += [sibling for name in names for sibling in rulebook.siblings.get(name, ())]
    cells = [plan.leaves.column_of(name)[0] for name in names]
    own = rulebook.score_places.own_fields.get(row.indicator.id)
    if own is not None:
        cells.append(plan.leaves.column_of(own)[row.row - 1 if rulebook.scorecard is not None else 0])
    return any(live[leaf.row][4] == 1 for leaf in cells)
