"""The standard as a workbook: what `perfbatch rulebook print` gives to whoever has to read or approve it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from perfbatch.rulebook.model import Rulebook
from perfbatch.summary.book import Book
from perfbatch.summary.scoring_standard import write_changes, write_checks, write_grades, write_indicators

__all__ = ["write_standard"]


def write_standard(rulebook: Rulebook, path: Path) -> None:
    """Write the sheets 评分标准, 勾稽关系, 等次 and, of an overlay, 变化; the same rulebook gives the same bytes. Raises `OSError`."""
    # The end of the form's year in place of the clock: the export says what the rulebook says, whenever it is made.
    created = datetime(rulebook.fiscal_year, 12, 31, tzinfo=UTC)
    with Book(path, f"{rulebook.title} 评分标准", created) as book:
        parts = [("评分标准", write_indicators), ("勾稽关系", write_checks), ("等次", write_grades)]
        if rulebook.lineage.changes:
            parts.append(("变化", write_changes))
        for name, write in parts:
            sheet = book.add(name)
            top = sheet.title(f"{rulebook.district}{rulebook.fiscal_year}年度{name}", f"依据：{rulebook.source}")
            write(sheet, top, rulebook)
            sheet.freeze(top + 1, 0)
            sheet.repeat(top, top)
