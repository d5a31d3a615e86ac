"""The charts of the overview: native ones, over a hidden sheet of their own, of the top and the bottom where there are many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from perfbatch.district.result import BatchResult
from perfbatch.district.score_matrix import ScoreMatrix
from perfbatch.model.figures import counts, nearest_float, texts
from perfbatch.rulebook.model import Rulebook
from perfbatch.summary.ranking import ranking_order
from perfbatch.summary.sheet import Sheet, display_width
from perfbatch.summary.styles import BLUE, DARK, ORANGE, PALE_BLUE

__all__ = ["DEPARTMENTS_SHOWN", "INDICATORS_SHOWN", "ChartSource", "chart", "write_chart_sources"]

DEPARTMENTS_SHOWN = 24
"""Departments in one chart; of more, half from the top and half from the bottom."""

INDICATORS_SHOWN = 10
_NAME_WIDTH = 14
_FONT = {"name": "宋体", "size": 9}


@dataclass(frozen=True, slots=True)
class ChartSource:
    """A block of the hidden sheet: names in its first column, one series in each further one."""

    title: str
    kind: str
    top: int
    column: int
    rows: int
    series: tuple[str, ...]
    floor: int = 0


def write_chart_sources(sheet: Sheet, result: BatchResult, totals: Mapping[str, tuple[str, int]]) -> list[ChartSource]:
    """Write what the charts show; those with nothing to show are left out. `totals`: field id → (address, count)."""
    sheet.native.hide()
    of_scores = [_grades(result), _departments(result)] if result.rulebook.is_scored else []
    lost = [_lost(result)] if result.rulebook.is_scored else []
    blocks = [*of_scores, *_parts(result.rulebook, totals), *lost]
    sources = []
    for number, (title, kind, series, rows) in enumerate(blocks):
        column = number * 5
        for offset, name in enumerate(("", *series)):
            sheet.text(0, column + offset, name, "plain")
        for row, (name, *values) in enumerate(rows, 1):
            sheet.text(row, column, name, "plain")
            for offset, value in enumerate(values, 1):
                if isinstance(value, tuple):
                    sheet.formula(row, column + offset, f"={value[0]}", nearest_float(value[1]), "plain")
                elif value is not None:
                    sheet.number(row, column + offset, value, "plain")
        if rows:
            floor = _floor(rows) if kind == "pair" else 0
            started = f"{title}（纵轴从 {floor} 起）" if floor else title
            sources.append(ChartSource(started, kind, 1, column, len(rows), series, floor))
    return sources


def _floor(rows: list[tuple[Any, ...]]) -> int:
    """Where an axis of scores starts: the ten below the lowest, so that neighbours can be told apart."""
    lowest = min(value for _, *values in rows for value in values if value is not None)
    return max(0, int(lowest // 10) * 10)


_Block = tuple[str, str, tuple[str, ...], list[tuple[Any, ...]]]


def _grades(result: BatchResult) -> _Block:
    counted = Counter(texts(result.departments["grade"]))
    rows: list[tuple[Any, ...]] = [(grade.name, counted[grade.name]) for grade in result.rulebook.grades]
    counts_of = f"{result.rulebook.entity.noun}数"
    return f"评价等次（{counts_of}）", "column", (counts_of,), rows if len(result.departments) else []


def _departments(result: BatchResult) -> _Block:
    frame = result.departments
    own, verified, names = counts(frame["self_total"]), counts(frame["verified_total"]), texts(frame["entity_title"])
    order = [at for at in ranking_order(result) if verified[at] is not None]
    word = result.verified_word
    title = f"各{result.rulebook.entity.noun}自评与{word}得分"
    if len(order) > DEPARTMENTS_SHOWN:
        half = DEPARTMENTS_SHOWN // 2
        order = order[:half] + order[-half:]
        title = f"自评与{word}得分：前 {half} 名和后 {half} 名"
    rows = [(_short(names[at], result.rulebook), _points(own[at]), _points(verified[at])) for at in order]
    return title, "pair", ("自评", word), rows


def _points(count: int | None) -> float | None:
    return None if count is None else nearest_float(count)


def _short(name: str, rulebook: Rulebook) -> str:
    """A name that fits under an axis; the district's own name goes without saying."""
    district = rulebook.district
    for start in (district, district[3:]):
        if start and name.startswith(start) and len(name) > len(start):
            name = name[len(start) :]
    if display_width(name[:_NAME_WIDTH]) <= _NAME_WIDTH and len(name) <= _NAME_WIDTH:
        return name
    width = next(end for end in range(_NAME_WIDTH, -1, -1) if display_width(name[:end]) <= _NAME_WIDTH - 1)
    return f"{name[:width]}…"


_BY_SOURCE = ("收入来源", "支出构成")
"""What the first two tables with a row per unit show."""


def _parts(rulebook: Rulebook, totals: Mapping[str, tuple[str, int]]) -> list[_Block]:
    """Revenue by source and expenditure by kind: the first two tables' totals, split down to what has no parts of its own."""
    blocks: list[_Block] = []
    tables = list(rulebook.money_tables.values())[:2]
    titles = _BY_SOURCE if rulebook.unit_tables else [table.title for table in tables]
    for title, table in zip(titles, tables, strict=False):
        parts = {field.id: field.parts for field in table.fields}
        whole = next((field.id for field in table.fields if field.parts and field.id not in rulebook.siblings), "")
        leaves = [field_id for field_id in _leaves(whole, parts) if field_id in totals]
        rows = [(rulebook.field_by_id[field_id].label, totals[field_id]) for field_id in leaves]
        unit = rulebook.money_unit
        blocks.append((f"{title.removesuffix(f'（{unit}）')}（{unit}）", "bar", (unit or "金额",), rows))
    return blocks


def _leaves(field: str, parts: Mapping[str, Sequence[str]]) -> list[str]:
    if not parts.get(field):
        return []
    return [leaf for part in parts[field] for leaf in (_leaves(part, parts) or [part])]


def _lost(result: BatchResult) -> _Block:
    matrix = ScoreMatrix(result)
    (most, scored), (verified, given) = matrix.counts("max"), matrix.verified
    sums = np.where(scored & given, most - verified, 0).sum(axis=1).tolist()
    lost: dict[str, int] = dict(zip(matrix.indicators, sums, strict=True))
    largest = sorted(lost, key=lambda indicator: -lost[indicator])[:INDICATORS_SHOWN]
    size = max(len(result.departments), 1)
    rows: list[tuple[Any, ...]] = [
        (result.rulebook.indicator_by_id[indicator].name, nearest_float(lost[indicator]) / size)
        for indicator in largest
        if lost[indicator] > 0
    ]
    return f"失分最多的 {len(rows)} 项指标（{result.rulebook.entity.noun}平均失分）", "lost", ("平均失分",), rows


def chart(overview: Sheet, source: ChartSource, data: Sheet, size: tuple[int, int]) -> Any:
    """One chart of `size` pixels, to be put on the overview."""
    upright = source.kind in ("column", "pair")
    drawn = overview.book.native.add_chart({"type": "column" if upright else "bar"})
    colours = {"pair": (PALE_BLUE, DARK), "lost": (ORANGE,)}.get(source.kind, (BLUE,))
    first, last = source.top, source.top + source.rows - 1
    for number, colour in enumerate(colours, 1):
        labels = {"value": True, "font": {**_FONT, "size": 8}, "num_format": _LABELS[source.kind]}
        drawn.add_series(
            {
                "name": [data.name, 0, source.column + number],
                "categories": [data.name, first, source.column, last, source.column],
                "values": [data.name, first, source.column + number, last, source.column + number],
                "fill": {"color": colour},
                "border": {"color": DARK, "width": 0.5},
                "gap": 60,
                **({} if source.kind == "pair" else {"data_labels": labels}),
            }
        )
    drawn.set_title({"name": source.title, "name_font": {"name": "黑体", "size": 11, "bold": False}, "overlay": False})
    _axes(drawn, source, upright)
    drawn.set_legend({"position": "top", "font": _FONT} if source.kind == "pair" else {"none": True})
    drawn.set_chartarea({"border": {"color": "#BFBFBF"}})
    drawn.set_size({"width": size[0], "height": size[1]})
    drawn.show_hidden_data()
    return drawn


_LABELS = {"column": "0", "pair": "0.00", "bar": "#,##0", "lost": "0.00"}


def _axes(drawn: Any, source: ChartSource, upright: bool) -> None:
    names: dict[str, Any] = {"num_font": {**_FONT, **({"rotation": -45} if source.kind == "pair" else {})}}
    values: dict[str, Any] = {"num_font": _FONT, "num_format": "0"}
    if source.kind == "pair":
        values |= {"major_gridlines": {"visible": True, "line": {"color": "#E0E0E0"}}, "min": source.floor}
    else:
        # Each bar says its figure.
        values |= {"visible": False, "major_gridlines": {"visible": False}, "min": 0}
    if upright:
        drawn.set_x_axis(names)
        drawn.set_y_axis(values)
    else:
        # xlsxwriter keeps the names of a bar chart on its y axis; the first one is to stand at the top.
        drawn.set_y_axis({**names, "reverse": True, "major_gridlines": {"visible": False}})
        drawn.set_x_axis(values)
