"""The district summary: one workbook that says everything about a night."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from perfbatch.publish.summary.finance import write_finance
from perfbatch.publish.summary.overview import verified_range, write_overview, write_run_log
from perfbatch.publish.summary.problems import write_problems
from perfbatch.publish.summary.ranking import VERIFIED_COLUMN, write_ranking
from perfbatch.publish.summary.receipts import write_receipts
from perfbatch.publish.summary.scores import write_scores
from perfbatch.publish.summary.scoring_standard import write_standard_sheet
from perfbatch.publish.summary.sheet import Book
from perfbatch.result import BatchResult
from perfbatch.rulebook.model import Rulebook

__all__ = ["summary_name", "write_summary"]

_MONEY_TABLES = ("revenue", "expenditure")


def summary_name(rulebook: Rulebook) -> str:
    """The summary's file name in the outbox."""
    return f"district-summary-{rulebook.fiscal_year}.xlsx"


def write_summary(result: BatchResult, path: Path, outputs: Sequence[str] = ()) -> None:
    """Write the summary of a night: the same night gives the same bytes.

    `outputs` are the night's files as 运行记录 names them. Raises `OSError` where the file cannot be written.
    """
    rulebook = result.rulebook
    title = f"{rulebook.district}{rulebook.fiscal_year}年度部门整体支出绩效评价汇总"
    with Book(path, title, result.started_at) as book:
        overview, ranking = book.add("总览"), book.add("得分排名")
        money, assets = book.add("收支汇总"), book.add("三公与资产")
        scores, problems, receipts = book.add("指标得分"), book.add("问题清单"), book.add("报送情况")
        standard, run_log = book.add("评分标准"), book.add("运行记录")

        ranked = write_ranking(ranking, result)
        tables = rulebook.unit_tables
        first = [tables[name] for name in _MONEY_TABLES if name in tables]
        rest = [table for name, table in tables.items() if name not in _MONEY_TABLES]
        totals = write_finance(money, result, "部门收支汇总（万元）", first)
        totals |= write_finance(assets, result, "部门“三公”经费与固定资产汇总（万元）", rest)
        write_scores(scores, result)
        write_problems(problems, result)
        write_receipts(receipts, result)
        write_standard_sheet(standard, rulebook)
        write_run_log(run_log, result, outputs)
        write_overview(
            overview, result, totals, verified_range(ranking, ranked, VERIFIED_COLUMN) if ranked is not None else None
        )
