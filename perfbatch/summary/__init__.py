"""The district summary: one workbook that says everything about a night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from perfbatch.diagnosis.diagnose import diagnose
from perfbatch.district.result import BatchResult
from perfbatch.district.score_matrix import ScoreMatrix
from perfbatch.history.changes import Changes
from perfbatch.history.last_year import LastYear
from perfbatch.model.nights import FailedNight
from perfbatch.summary.book import Book
from perfbatch.summary.card import write_card
from perfbatch.summary.card_figures import card_figures
from perfbatch.summary.changes_sheet import write_changes
from perfbatch.summary.charts import write_chart_sources
from perfbatch.summary.contents import bind
from perfbatch.summary.finance import write_finance
from perfbatch.summary.grouped import groupings, write_grouping
from perfbatch.summary.ledger import write_ledger
from perfbatch.summary.links import relative_folder
from perfbatch.summary.overview import Places, write_overview
from perfbatch.summary.problems import OTHERS, is_large, write_problems
from perfbatch.summary.ranking import Ranked, write_ranking
from perfbatch.summary.receipts import write_receipts
from perfbatch.summary.run_log import write_run_log
from perfbatch.summary.scores import write_scores
from perfbatch.summary.scoring_standard import write_standard_sheet
from perfbatch.summary.sheet import Sheet
from perfbatch.summary.urgent import urgent_matters
from perfbatch.summary.year_on_year import SHEET, write_year_on_year

__all__ = ["Surroundings", "relative_folder", "write_summary"]


@dataclass(frozen=True)
class Surroundings:
    """What lies around a summary: `inbox` as a relative path from its folder with `/` ("" for no links), `notices` file
    of the inbox → path from its folder, the `changes` since the last run (None for a first one), the nights that `failed`
    since the last one that was published, and what is on record of the year before, None where nothing is."""

    inbox: str = ""
    notices: Mapping[str, str] = field(default_factory=dict)
    changes: Changes | None = None
    failed: Sequence[FailedNight] = ()
    last_year: LastYear | None = None


def write_summary(
    result: BatchResult, path: Path, outputs: Sequence[str] = (), surroundings: Surroundings | None = None
) -> None:
    """Write the summary of a night: the same night gives the same bytes.

    `outputs` are the night's files as 运行记录 names them. Raises `OSError` where the file cannot be written.
    """
    around = surroundings or Surroundings()
    rulebook = result.rulebook
    title = f"{rulebook.district}{rulebook.fiscal_year}年度{rulebook.report_name}汇总"
    with Book(path, title, result.started_at, rulebook.issuer) as book:
        overview, card = book.add("总览"), book.add(f"{rulebook.entity.noun}一览")
        # Where nothing is scored there is nothing to rank.
        ranking = book.add("得分排名") if rulebook.is_scored else None
        scores = book.add("指标得分") if rulebook.is_scored else None
        money = [book.add(money_sheet.sheet) for money_sheet in rulebook.money_sheets]
        grouped = [(book.add(grouping.sheet), grouping) for grouping in groupings(result)]
        compared = book.add(SHEET) if around.last_year else None
        problems = book.add("问题清单")
        others = book.add(OTHERS) if is_large(result) else None
        changes, receipts = book.add("本次变化"), book.add("报送情况")
        standard, run_log = book.add("评分标准"), book.add("运行记录")
        by_department, by_finding, chart_data = (book.add(name) for name in ("部门底稿", "问题底稿", "图表数据"))
        # 本次变化 is hidden where there is no earlier run.
        work = [problems, *([others] if others else []), *([changes] if around.changes else []), receipts]
        figures = [
            sheet
            for sheet in (card, ranking, scores, *money, *(sheet for sheet, _ in grouped), compared)
            if sheet is not None
        ]
        contents = bind(overview, figures, work, [standard, run_log])

        diagnosis, matrix = diagnose(result), ScoreMatrix(result)
        listed = write_problems(problems, result, diagnosis, around.inbox)
        if others is not None:
            write_problems(others, result, diagnosis, around.inbox, others=True)
        ledger = write_ledger(by_department, by_finding, card_figures(result, diagnosis, matrix))
        verified = None
        if ranking is not None:
            ranked = write_ranking(ranking, result, ledger, problems, listed.heads, around.notices)
            verified = _verified(ranking, ranked)
        totals = _write_finance(money, result)
        for sheet, grouping in grouped:
            write_grouping(sheet, result, grouping)
        years = None
        if compared is not None and around.last_year is not None:
            years = write_year_on_year(compared, result, around.last_year)
        score_table = (scores, write_scores(scores, result, matrix)) if scores is not None else None
        matters = urgent_matters(result, diagnosis)
        # Their memory is free from here on: both are larger than the sheets that were made of them.
        del diagnosis, matrix
        write_card(card, rulebook, ledger, score_table)
        write_changes(changes, rulebook, around.changes)
        write_receipts(receipts, result, around.notices)
        write_standard_sheet(standard, rulebook)
        write_run_log(run_log, result, outputs, around.failed)
        sources = write_chart_sources(chart_data, result, totals)
        places = Places(totals, verified, ledger, ranking, money, receipts, problems, listed.rows, contents, years)
        write_overview(overview, result, places, matters, sources, chart_data, around.failed)


def _write_finance(sheets: Sequence[Sheet], result: BatchResult) -> dict[str, tuple[str, int]]:
    totals: dict[str, tuple[str, int]] = {}
    for number, (sheet, spec) in enumerate(zip(sheets, result.rulebook.money_sheets, strict=True), start=1):
        tables = [result.rulebook.money_tables[name] for name in spec.blocks]
        totals |= write_finance(sheet, result, spec.title, tables, f"Money{number}")
    return totals


def _verified(sheet: Sheet, ranked: Ranked | None) -> str | None:
    """The ranking's verified scores as a range for formulas elsewhere."""
    if ranked is None:
        return None
    last = sheet.address(ranked.last, ranked.verified).rpartition("!")[2]
    return f"{sheet.address(ranked.first, ranked.verified)}:{last}"
