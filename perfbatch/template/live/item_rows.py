"""Rows of the scorecard and of the evidence list: whose each is, found by its id and by the name that it shows.

Rows may be sorted or inserted, so no cell is an indicator's because of where it stands. On the hidden sheet every row of the
scorecard says which indicator it belongs to, by the reader's rule (`perfbatch.intake.scorecard_rows`): a name of another
indicator of the same 二级指标 wins over the id, a row without an id is what its name says or a split inside a set whose points
may be re-cut. The indicators' cells are then looked up there. Rows beyond one for each indicator are followed as far as
`EXTRA_ROWS`; past them the sheet says that it does not know.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from perfbatch.rulebook.formula_terms import quoted
from perfbatch.rulebook.model import Indicator, Rulebook, ScorecardBlock
from perfbatch.template.calculation.relative import column_number
from perfbatch.template.grid import CellRange, column_name
from perfbatch.template.layout import Layout
from perfbatch.template.live.shown_names import even, without_marks, without_points
from perfbatch.template.scorecard import NAME_OFFSET

__all__ = ["EXTRA_ROWS", "EvidenceCells", "ScorecardCells"]

EXTRA_ROWS = 8
"""Rows of the scorecard beyond one for each indicator that are followed: parts that were split off, rows that stand twice."""
_SPARE = 20
"""Rows that may be inserted into the scorecard and still are looked through."""
_NAMES, _GROUPS = "_live_item_names", "_live_item_groups"
_SPLIT = 100
"""An owner above this is not an indicator but the set whose points the row has a part of."""

# What the indicators are, a row for each; then what every row of the scorecard is; then where the indicators and what is beyond
# them stand.
_RULED = ("position", "name", "subgroup", "key", "set", "subset", "group")
_ROWS = (
    "id", "own", "shown", "evened", "heading", "heading_evened", "carried", "above", "below", "stem", "subgroup_here", "plain",
    "by_name", "by_own", "between", "used", "owner", "extra", "count",
)  # fmt: skip
_FOUND = ("at", "code", "code_group", "code_set", "code_points")
_MARKS = ("marks_1", "marks_2", "marks_3", "marks_4", "marks_5")
_COLUMNS = {
    name: column_name(column_number("BK") - 1 + number)
    for number, name in enumerate((*_RULED, *_ROWS, *_FOUND, "over", "evidence", *_MARKS))
}


class ScorecardCells:
    """The scorecard's rows on the hidden sheet; nothing where the form has no scorecard."""

    def __init__(self, layout: Layout) -> None:
        self._rulebook: Rulebook = layout.rulebook
        self._layout = layout
        block = next((block for _, block in self._rulebook.blocks() if isinstance(block, ScorecardBlock)), None)
        self.fields = tuple(field.id for field in block.fields if field.kind != "id") if block else ()
        """The scorecard's columns beside the ids."""
        self._indicators: Sequence[Indicator] = self._rulebook.indicators
        self.length = len(self._indicators) + EXTRA_ROWS
        """How many rows are followed: those of the indicators in the rulebook's order, then what is beyond."""
        self._last = len(self._indicators) + _SPARE + 1

    def where(self) -> dict[str, CellRange]:
        """Private name → the columns of names and of 二级指标."""
        if not self.fields:
            return {}
        first = self._layout.where(self.fields[0])
        columns = {_NAMES: first.left - NAME_OFFSET, _GROUPS: first.left - NAME_OFFSET - 1}
        return {
            name: CellRange(first.sheet, first.top, column, first.bottom, column) for name, column in columns.items()
        }

    def content(self, field: str, row: int) -> str:
        """The formula of what stands in a field's cell of one of the rows that are followed."""
        return _looked_up(field, self.at(row))

    def at(self, row: int) -> str:
        """The cell that says in which row of the scorecard it stands; 0 where it does not."""
        return f"${_COLUMNS['at']}{row + 2}"

    @property
    def over(self) -> str:
        """A cell: more than 0 where the scorecard has more rows than are followed."""
        return f"${_COLUMNS['over']}$2"

    @property
    def beyond(self) -> str:
        """A cell: more than 0 where any row is not the only one of an indicator."""
        return f"${_COLUMNS['over']}$3"

    @property
    def doubled(self) -> str:
        """A cell: more than 0 where an indicator has two rows, so that its points stand twice."""
        return f"${_COLUMNS['over']}$4"

    def is_second(self, row: int) -> str:
        """Of a row beyond the indicators: whether it belongs to one that has a row of its own already, as a count."""
        code = f"${_COLUMNS['code']}{row + 2}"
        return f"N(AND({code}>0,{code}<{_SPLIT}))"

    def owner_of(self, row: str) -> str:
        """The number of the indicator of a row of the scorecard, from 1, for formulas on another sheet: 0 where it is none's or
        not the first of its indicator. `row` is a formula that counts from 1."""
        owner, extra = (f"INDEX(_live!{self._range(name)},{row})" for name in ("owner", "extra"))
        return f"IF({row}>{self.looked_through},0,IF({extra}=1,0,{owner}))"

    def beyond_range(self, which: str) -> str:
        """Of the rows beyond the indicators: whose they are, the numbers of their groups (`group`), of their sets (`set`), or of
        their groups where their points count (`points`)."""
        letter = _COLUMNS[f"code_{which}".rstrip("_")]
        return f"${letter}${len(self._indicators) + 2}:${letter}${self.length + 1}"

    def group_number(self, group: str) -> int:
        """The number that stands for a group."""
        return [each.id for each in self._rulebook.groups].index(group) + 1

    def set_number(self, indicator: str) -> int:
        """The number of the set that an indicator shares its points with, 0 for one whose points are fixed."""
        sets = self._rulebook.adaptable_sets
        return next((number for number, each in enumerate(sets, start=1) if indicator in each.indicators), 0)

    def marks_column(self, field: str) -> int:
        """The number of the column, from 1, with what is marked in a field's cells, row by row."""
        return column_number(_COLUMNS[_MARKS[self.fields.index(field)]])

    def by_row(self, first: str, last: str, row: int) -> str:
        """What belongs to a row of the scorecard (from 0), of a column of values on the hidden sheet that has one for each of the
        rows that are followed, from its `first` to its `last` cell."""
        owner, extra, count = (f"{_COLUMNS[name]}{row + 2}" for name in ("owner", "extra", "count"))
        place = f"IF({extra}=1,{len(self._indicators)}+{count},{owner})"
        sound = f"AND({owner}>0,{place}<={self.length})"
        return f"IF({sound},INDEX({first}:{last},{place}),0)"

    @property
    def looked_through(self) -> int:
        """How many rows of the scorecard are looked through."""
        return self._last - 1

    def cells(self) -> Iterator[tuple[int, int, str | float]]:
        """Row, column and content of every cell of the block, on the hidden sheet."""
        if not self.fields:
            return
        for name, letter in _COLUMNS.items():
            yield 0, column_number(letter) - 1, name
        for at, ruled in enumerate(self._ruled):
            for name, value in ruled.items():
                yield at + 1, column_number(_COLUMNS[name]) - 1, value
        for row in range(2, self._last + 1):
            for name, formula in self._row(row).items():
                yield row - 1, column_number(_COLUMNS[name]) - 1, f"={formula}"
        for row in range(2, self.length + 2):
            for name, formula in self._found(row).items():
                yield row - 1, column_number(_COLUMNS[name]) - 1, f"={formula}"
        column = column_number(_COLUMNS["over"]) - 1
        count = f"MAX({self._range('count')})"
        yield 1, column, f"=N({count}>{EXTRA_ROWS})+N(ROWS({self.fields[0]})>{self._last - 1})"
        yield 2, column, f"=N({count}>0)"
        codes = self.beyond_range("")
        yield 3, column, f"=SUMPRODUCT(({codes}>0)*({codes}<{_SPLIT}))"

    @cached_property
    def _ruled(self) -> list[Mapping[str, str | float]]:
        """What the rulebook says of each indicator."""
        ruled: list[Mapping[str, str | float]] = []
        by_subgroup: dict[str, set[int]] = {}
        for indicator in self._indicators:
            by_subgroup.setdefault(indicator.subgroup, set()).add(self.set_number(indicator.id))
        for at, indicator in enumerate(self._indicators, start=1):
            name, subgroup = _plain(indicator.name), _plain(indicator.subgroup)
            sets = by_subgroup[indicator.subgroup]
            ruled.append(
                {
                    "position": at,
                    "name": name,
                    "subgroup": subgroup,
                    "key": f"{subgroup}|{name}",
                    "set": self.set_number(indicator.id),
                    "subset": max(sets) if len(sets) == 1 else 0,
                    "group": self.group_number(indicator.group),
                }
            )
        return ruled

    def _row(self, row: int) -> dict[str, str]:
        """The formulas of a row of the scorecard, by column."""
        here = {name: f"{_COLUMNS[name]}{row}" for name in _ROWS}
        before = {name: f"{_COLUMNS[name]}{row - 1}" for name in _ROWS}
        after = f"{_COLUMNS['own']}{row + 1}", f"{_COLUMNS['below']}{row + 1}"
        ids, positions, sets = self._ids, self._range("position"), self._range("set")
        subgroups, first, last = self._range("subgroup"), row == 2, row == self._last

        def of(column: str, owner: str) -> str:
            return f"INDEX({self._range(column)},MAX({owner},1))"

        def named(subgroup: str) -> str:
            return f'SUMPRODUCT(({self._range("key")}={subgroup}&"|"&{here["plain"]})*{positions})'

        same = f"{of('subgroup', here['above'])}={of('subgroup', here['below'])}"
        both = f"AND({here['above']}>0,{here['below']}>0"
        heading = without_points(here["heading_evened"])
        stated = "&".join(f"INDEX({field},{row - 1})" for field in self.fields)
        own_name = f'OR({here["plain"]}="",{here["plain"]}={of("name", here["own"])})'
        by_id = (
            f"IF({own_name},{here['own']},IF({here['by_name']}>0,{here['by_name']},"
            f"IF({here['by_own']}>0,{here['by_own']},{here['own']})))"
        )
        no_id = (
            f"IF({here['stem']}>0,{_SPLIT}+{here['stem']},IF({here['by_name']}>0,{here['by_name']},"
            f"IF(AND({here['used']}>0,{here['between']}>0),{_SPLIT}+{here['between']},0)))"
        )
        owner = here["owner"]
        twice = f"COUNTIF({_COLUMNS['owner']}$1:{before['owner']},{owner})>0"
        return {
            "id": _text_of(self._rulebook.roles.item_id, row - 1),
            "own": f"SUMPRODUCT(({ids}={here['id']})*{positions})",
            "shown": _text_of(_NAMES, row - 1),
            "evened": without_marks(even(here["shown"])),
            "heading": _text_of(_GROUPS, row - 1),
            "heading_evened": without_marks(even(here["heading"])),
            "carried": f'IF({here["heading_evened"]}<>"",{heading},{before["carried"]})',
            "above": "0" if first else f"IF({before['own']}>0,{before['own']},{before['above']})",
            "below": "0" if last else f"IF({after[0]}>0,{after[0]},{after[1]})",
            "stem": f'IF({here["id"]}="",0,SUMPRODUCT(({ids}=LEFT({here["id"]},FIND(".",{here["id"]}&".")-1))*{sets}))',
            "subgroup_here": (
                f'IF({here["heading_evened"]}<>"",{heading},IF({here["own"]}>0,{here["carried"]},'
                f'IF({both},{same}),{of("subgroup", here["above"])},"")))'
            ),
            "plain": without_points(here["evened"]),
            "by_name": named(here["subgroup_here"]),
            "by_own": f"IF({here['own']}=0,0,{named(of('subgroup', here['own']))})",
            "between": (
                f"IF({both},{of('set', here['above'])}={of('set', here['below'])}),{of('set', here['above'])},"
                f"SUMPRODUCT(MAX(({subgroups}={here['subgroup_here']})*{self._range('subset')})))"
            ),
            "used": f'N(OR({here["plain"]}<>"",IFERROR({stated},"?")<>""))',
            "owner": f"IF({here['own']}>0,{by_id},{no_id})",
            "extra": f"N(OR({owner}>={_SPLIT},IF({owner}>0,{twice},FALSE)))",
            "count": f"SUM({_COLUMNS['extra']}$2:{here['extra']})",
        }

    def _found(self, row: int) -> dict[str, str]:
        """Where a row that is followed stands, and of one beyond the indicators whose it is."""
        number = row - 1 - len(self._indicators)
        if number <= 0:
            return {"at": f"IFERROR(MATCH({_COLUMNS['position']}{row},{self._range('owner')},0),0)"}
        at, code = f"{_COLUMNS['at']}{row}", f"{_COLUMNS['code']}{row}"
        group, code_set = f"{_COLUMNS['code_group']}{row}", f"{_COLUMNS['code_set']}{row}"
        groups = [self.group_number(each.group) for each in self._first_of_sets]
        of_set = "0"
        for at_set, group_number in enumerate(groups, start=1):
            of_set = f"IF({code}={_SPLIT + at_set},{group_number},{of_set})"
        return {
            "at": f"IFERROR(MATCH({number},{self._range('count')},0),0)",
            "code": f"IF({at}=0,0,INDEX({self._range('owner')},MAX({at},1)))",
            "code_group": f"IF({code}>={_SPLIT},{of_set},IF({code}=0,0,INDEX({self._range('group')},MAX({code},1))))",
            "code_set": f"IF({code}>={_SPLIT},{code}-{_SPLIT},IF({code}=0,0,INDEX({self._range('set')},MAX({code},1))))",
            "code_points": f"IF({code_set}>0,{group},0)",
        }

    @property
    def _first_of_sets(self) -> list[Indicator]:
        return [self._rulebook.indicator_by_id[each.indicators[0]] for each in self._rulebook.adaptable_sets]

    @property
    def _ids(self) -> str:
        return f"$H$2:$H${len(self._indicators) + 1}"

    def _range(self, name: str) -> str:
        letter = _COLUMNS[name]
        last = self._last if name in _ROWS else len(self._indicators) + 1
        return f"${letter}$2:${letter}${last}"


class EvidenceCells:
    """The rows of the evidence list on the hidden sheet: each answer stands beside its id."""

    def __init__(self, layout: Layout) -> None:
        roles, rulebook = layout.rulebook.roles, layout.rulebook
        self.field = roles.evidence_answer if rulebook.evidence_block is not None else ""
        """The field of the answers, "" where the form has no such list."""
        self._named = roles.evidence_id
        self._ids = [name for indicator in rulebook.indicators for name in indicator.evidence_ids]

    def content(self, row: int) -> str:
        """The formula of what stands beside an id."""
        return _looked_up(self.field, f"${_COLUMNS['evidence']}${row + 2}")

    def cells(self) -> Iterator[tuple[int, int, str | float]]:
        """Row, column and content of the cells that say where each id stands."""
        for row, identity in enumerate(self._ids if self.field else ()):
            yield (
                row + 1,
                column_number(_COLUMNS["evidence"]) - 1,
                f"=IFERROR(MATCH({quoted(identity)},{self._named},0),0)",
            )


def _looked_up(name: str, at: str) -> str:
    """The cell of a named column in the row that stands in `at`, "" where it is none or empty."""
    cell = f"INDEX({name},{at})"
    return f'=IF({at}=0,"",IF({cell}="","",{cell}))'


def _text_of(name: str, row: int) -> str:
    """The text of a cell of a named column, "" where the column is shorter or an error stands there."""
    return f'IF(ROWS({name})<{row},"",IFERROR(INDEX({name},{row})&"",""))'


def _plain(name: str) -> str:
    """A name of the rulebook as the formulas make one that is shown."""
    folded = unicodedata.normalize("NFKC", name)
    return "".join(character for character in folded if not character.isspace() and character not in "\"'“”‘’「」『』")
