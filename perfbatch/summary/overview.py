"""总览: how many reported, what must be done today, how the district stands, on one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfbatch.district.reporting import Standing
from perfbatch.district.result import BatchResult
from perfbatch.model.figures import counts, mean, moment_text, nearest_float, texts
from perfbatch.model.findings import Severity
from perfbatch.model.nights import FailedNight
from perfbatch.rulebook.main_totals import main_totals
from perfbatch.rulebook.model import Rulebook
from perfbatch.summary.charts import ChartSource, chart
from perfbatch.summary.contents import spans, write_contents
from perfbatch.summary.failures import failures_text
from perfbatch.summary.ledger import Ledger
from perfbatch.summary.links import SheetLinks
from perfbatch.summary.ranking_columns import SHARE_HEADING
from perfbatch.summary.sheet import Sheet
from perfbatch.summary.strips import Look
from perfbatch.summary.styles import AMOUNT, PERCENT, SCORE, WHOLE
from perfbatch.summary.urgent import Matter
from perfbatch.summary.year_changes import TEN_FOLD
from perfbatch.summary.year_on_year import YearOnYear

__all__ = ["Places", "write_overview"]

_COLUMNS = 16
_WIDTH = 11.3
_PIXELS = 84
_ROW_PIXELS = 20
_ACROSS = 8
_MOST_TILES = 12
_CHART_ROWS = 16


@dataclass(frozen=True, slots=True)
class Places:
    """What the overview points at. `totals`: field id → (address, count); `verified`: the ranking's verified scores as a
    range; `rows`: position of a finding → its row in 问题清单; `contents`: every other sheet that is shown; `years`: where this year
    is compared with the last, None where it is not."""

    totals: Mapping[str, tuple[str, int]]
    verified: str | None
    ledger: Ledger
    ranking: Sheet | None
    money: Sequence[Sheet]
    receipts: Sheet
    problems: Sheet
    rows: Mapping[int, int]
    contents: Sequence[Sheet]
    years: YearOnYear | None = None


@dataclass(frozen=True, slots=True)
class _Tile:
    """A heading with one figure under it: a plain int, a text, or a live formula with its value. The heading leads to the
    sheet that the figure is taken from."""

    heading: str
    value: int | str
    formula: str = ""
    cached: float | None = None
    number_format: str = WHOLE
    alert: bool = False
    leads_to: Sheet | None = None


def write_overview(
    sheet: Sheet,
    result: BatchResult,
    places: Places,
    matters: Sequence[Matter],
    charts: Sequence[ChartSource],
    chart_sheet: Sheet,
    failed: Sequence[FailedNight] = (),
) -> None:
    """Write contents, tiles, urgent matters and charts; above them that nights have failed since the last summary."""
    rulebook = result.rulebook
    for column in range(_COLUMNS):
        sheet.native.set_column(column, column, _WIDTH)
    title = f"{rulebook.district}{rulebook.fiscal_year}年度{rulebook.report_name}汇总"
    sheet.merged(0, 0, 0, _COLUMNS - 1, title, "centred_title")
    sheet.heights(0, 36)
    money = f"　　金额单位：{rulebook.money_unit}" if rulebook.money_unit else ""
    run = f"{rulebook.issuer}{money}　　运行编号 {result.run_id}　　运行时间 {moment_text(result.started_at)}"
    sheet.merged(1, 0, 1, _COLUMNS - 1, run, "centred_note")
    top = 2
    if failed:
        sheet.merged(top, 0, top, _COLUMNS - 1, failures_text(failed), "alert_note")
        sheet.heights(top, 22)
        top += 1
    write_contents(sheet, top, _COLUMNS, places.contents)
    top += 1
    totals = main_totals(rulebook)
    main = [
        *_receipts(result, places),
        *_amounts(rulebook, places, totals[:2]),
        *(_scores(result, places) if rulebook.is_scored else []),
    ]
    top = _tiles(sheet, top, main, "tile", 34)
    rest = [*_amounts(rulebook, places, totals[2:]), *_grades(result, places), *_findings(result, places)]
    rest += _years(places)
    top = _tiles(sheet, top, rest, "small_tile", 20)
    _matters(sheet, top, matters, places)
    _draw(sheet, charts, chart_sheet, top + 2 + len(matters))
    sheet.native.fit_to_pages(1, 1)
    sheet.native.hide_gridlines(2)
    sheet.repeat(0, 1)
    sheet.show_first()


def _tiles(sheet: Sheet, row: int, tiles: Sequence[_Tile], style: str, height: float) -> int:
    """Tiles over the width of the page, in lines of about as many each: two columns a tile where there are eight. Returns the
    row below."""
    lines = -(-len(tiles) // _MOST_TILES)
    for first, last in spans(len(tiles), lines):
        _tile_line(sheet, row, tiles[first : last + 1], style, height)
        row += 3
    return row


def _tile_line(sheet: Sheet, row: int, tiles: Sequence[_Tile], style: str, height: float) -> None:
    links = SheetLinks(sheet)
    for tile, (first, last) in zip(tiles, spans(_COLUMNS, len(tiles)), strict=True):
        head, look = f"{style}_head", f"{style}_alert" if tile.alert else style
        sheet.merged(row, first, row, last, tile.heading, head)
        if tile.leads_to is not None and (link := links.place(tile.leads_to, 0)):
            sheet.link(row, first, link, tile.heading, Look(head))
        sheet.merged(row + 1, first, row + 1, last, tile.value if isinstance(tile.value, str) else "", look)
        if tile.formula:
            cached = "" if tile.cached is None else tile.cached
            sheet.formula(row + 1, first, tile.formula, cached, look, tile.number_format)
        elif not isinstance(tile.value, str):
            sheet.number(row + 1, first, tile.value, look, tile.number_format)
    sheet.heights(row, 18)
    sheet.heights(row + 1, height)
    sheet.heights(row + 2, 6)


def _receipts(result: BatchResult, places: Places) -> list[_Tile]:
    """Who is expected, and who of them has reported, was sent back, is missing; the files that were sent back, whoever's they are."""
    files = Counter(entry.status for entry in result.entries)["set_aside"]
    noun, sheet, tally = result.rulebook.entity.noun, places.receipts, result.tally
    sent_back, missing = Standing.SENT_BACK.value, Standing.MISSING.value
    if tally is None:
        return [
            _Tile(f"应报{noun}", "未提供名录"),
            _Tile(f"已报{noun}", len(result.departments), leads_to=sheet),
            _Tile(f"{missing}{noun}", "—"),
            _Tile(f"{sent_back}（文件）", files, alert=files > 0, leads_to=sheet),
        ]
    apart = [
        *([f"{Standing.LATE.value} {tally.late} 个"] if tally.late else []),
        *([f"另有名录外 {result.beyond_roster} 个"] if result.beyond_roster > 0 else []),
    ]
    heading = f"已报{noun}（{'，'.join(apart)}）" if apart else f"已报{noun}"
    aside = f"{sent_back}{noun}（文件 {files} 个）"
    return [
        _Tile(f"应报{noun}", tally.expected, leads_to=sheet),
        _Tile(heading, tally.received, leads_to=sheet),
        _Tile(aside, tally.sent_back, alert=files > 0, leads_to=sheet),
        _Tile(f"{missing}{noun}", tally.missing, alert=tally.missing > 0, leads_to=sheet),
    ]


def _amounts(rulebook: Rulebook, places: Places, fields: Sequence[str]) -> list[_Tile]:
    tiles, totals = [], places.totals
    sheets = {sheet.name: sheet for sheet in places.money}
    homes = {name: sheets[money.sheet] for money in rulebook.money_sheets for name in money.blocks}
    home = {column.id: homes[table] for table in homes for column in rulebook.money_tables[table].fields}
    for field in fields:
        label = rulebook.field_by_id[field].label
        if field in totals:
            address, count = totals[field]
            tiles.append(_Tile(label, 0, f"={address}", nearest_float(count), AMOUNT, leads_to=home.get(field)))
        else:
            tiles.append(_Tile(label, "—"))
    return tiles


def _scores(result: BatchResult, places: Places) -> list[_Tile]:
    """The mean verified score, and the share of all points that was computed or reviewed."""
    heading = f"平均{result.verified_word}分"
    if places.verified is None:
        return [_Tile(heading, "—"), _Tile(SHARE_HEADING, "—")]
    value = mean(counts(result.departments["verified_total"]))
    column = places.ledger.figures.columns["computable"]
    cells = f"{places.ledger.departments.address(1, column)}:{_cell(places.ledger.last, column)}"
    points = float(result.rulebook.total_points)
    share = (places.ledger.figures.mean("computable") or 0) / points
    return [
        _Tile(heading, 0, f'=IFERROR(AVERAGE({places.verified}),"")', value, SCORE, leads_to=places.ranking),
        _Tile(SHARE_HEADING, 0, f"=AVERAGE({cells})/{points:g}", share, PERCENT, leads_to=places.ranking),
    ]


def _cell(row: int, column: int) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    address: str = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
    return address


def _grades(result: BatchResult, places: Places) -> list[_Tile]:
    counted = Counter(texts(result.departments["grade"]))
    return [
        _Tile(f"{grade.name}（个）", counted[grade.name], leads_to=places.ranking) for grade in result.rulebook.grades
    ]


def _years(places: Places) -> list[_Tile]:
    """How many main totals are ten times last year's or a tenth, where there is a last year."""
    years = places.years
    if years is None or not years.address:
        return []
    return [
        _Tile(
            f"{TEN_FOLD}（项）", 0, f"={years.address}", years.ten_fold, alert=years.ten_fold > 0, leads_to=years.sheet
        )
    ]


def _findings(result: BatchResult, places: Places) -> list[_Tile]:
    open_ = [finding for finding in result.findings if not finding.settled]
    counted = Counter(finding.severity for finding in open_)
    departments = {finding.file for finding in open_ if finding.severity is Severity.ERROR} & {
        *result.departments["file"]
    }
    return [
        _Tile(f"有错误的{result.rulebook.entity.noun}", len(departments), leads_to=places.problems),
        *(_Tile(f"{severity.label}（条）", counted[severity], leads_to=places.problems) for severity in Severity),
    ]


def _matters(sheet: Sheet, row: int, matters: Sequence[Matter], places: Places) -> None:
    sheet.merged(
        row,
        0,
        row,
        _COLUMNS - 1,
        f"今日待办事项（{len(matters)} 件最要紧的）" if matters else "今日待办事项：无",
        "part",
    )
    sheet.heights(row, 24)
    links = SheetLinks(sheet)
    for number, matter in enumerate(matters, 1):
        at = row + number
        sheet.text(at, 0, matter.severity.label, matter.severity.value)
        sheet.merged(at, 1, at, 3, matter.who, "line")
        sheet.merged(at, 4, at, _COLUMNS - 2, matter.what, "line")
        if matter.finding is None:
            links.within(at, _COLUMNS - 1, "查看", places.receipts, 0)
        else:
            links.within(at, _COLUMNS - 1, "查看", places.problems, places.rows[matter.finding])
        sheet.heights(at, 18)
    sheet.heights(row + len(matters) + 1, 6)


def _draw(sheet: Sheet, charts: Sequence[ChartSource], data: Sheet, row: int) -> None:
    """Two charts in the first line, the rest in the second, over the whole width."""
    width = _COLUMNS * _PIXELS
    for line, members in enumerate((charts[:2], charts[2:])):
        shares = (0.3, 0.7) if line == 0 and len(members) == 2 else [1 / max(len(members), 1)] * len(members)
        left = 0.0
        for source, share in zip(members, shares, strict=True):
            size = (int(width * share) - 4, _CHART_ROWS * _ROW_PIXELS - 6)
            column, offset = divmod(int(left), _PIXELS)
            place = {"x_offset": offset, "object_position": 1, "description": source.title}
            sheet.native.insert_chart(row + line * _CHART_ROWS, column, chart(sheet, source, data, size), place)
            left += width * share
