"""Ablations: a rulebook with one entry left out or under another name, nothing else changed. Lint names the fault, or the blank
form, the roster, a night and its explanations all come about."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from perfbatch.batch import examine
from perfbatch.district.result import BatchResult
from perfbatch.intake.reader import read_submission
from perfbatch.model.submission import InboxEntry
from perfbatch.roster.blank import write_blank_roster
from perfbatch.rulebook.lint import lint
from perfbatch.rulebook.load import read_resolved
from perfbatch.rulebook.matrix_renames import SIDES, side_entries
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.roles import entity_code
from perfbatch.rulebook.tables import KEYS, TABLES, Place, entries_of
from perfbatch.rulebook.texts import filled_texts
from perfbatch.scoring.trace import trace
from perfbatch.summary import write_summary
from perfbatch.template import write_blank
from tests.workbooks import Stored, store

NOW = datetime(2021, 7, 20, tzinfo=UTC)


class Ablation(NamedTuple):
    """One entry of a rulebook, and what is done to it: `out` or `renamed`."""

    rulebook: str
    table: str
    name: str
    done: str

    def data(self) -> dict[str, Any]:
        """The rulebook's plain data without the entry, or with it under another name."""
        data = copy.deepcopy(read_resolved(self.rulebook))
        place = _entries(data, self.table)[self.name]
        if self.done == "out":
            place.remove()
        elif self.table == "kinds":
            data["kinds"][f"{self.name}_x"] = data["kinds"].pop(self.name)
        else:
            key = KEYS.get(self.table, "id")
            place.entry[key] = f"{place.entry[key]}_x"
        return filled_texts(data)


def _entries(data: dict[str, Any], table: str) -> dict[str, Place]:
    """Of tables of fixed rows and columns the rows and columns are entries, too."""
    return side_entries(data, table) if table in SIDES else entries_of(data, table)


def ablations(rulebook: str) -> Iterator[Ablation]:
    """Every entry of a rulebook, left out and renamed."""
    data = read_resolved(rulebook)
    for table in (*TABLES, *SIDES):
        for name in _entries(data, table):
            for done in ("out", "renamed"):
                yield Ablation(rulebook, table, name, done)
    blocks = [block for section in data["sections"] for block in section.get("blocks", [])]
    for number, block in enumerate(blocks):
        if "id" not in block:
            yield Ablation(rulebook, "unnamed block", str(number), "out")


def outcome(ablation: Ablation, folder: Path) -> list[str]:
    """The faults that lint names; none where everything came about. Whatever else goes wrong is raised."""
    if ablation.table == "unnamed block":
        data = filled_texts(copy.deepcopy(read_resolved(ablation.rulebook)))
        blocks = [(section, block) for section in data["sections"] for block in section.get("blocks", [])]
        section, block = blocks[int(ablation.name)]
        section["blocks"] = [other for other in section["blocks"] if other is not block]
    else:
        data = ablation.data()
    try:
        book = Rulebook.model_validate(data)
    except ValidationError as error:
        return [fault["msg"] for fault in error.errors()]
    return lint(book) or come_about(book, folder)


def come_about(book: Rulebook, folder: Path) -> list[str]:
    """Blank form, blank roster, a filled form read, a night, its summary, every explanation. Returns nothing at all."""
    content = write_blank(book, folder).read_bytes()
    write_blank_roster(book, folder)
    cells: dict[str | tuple[str, int], Stored] = {
        **{name: Stored("100001", type="inlineStr") for name in book.entity.key},
        book.entity.name: Stored("测试局", type="inlineStr"),
        book.roles.self_total: Stored("90"),
    }
    for table in book.unit_tables.values():
        for column in table.fields:
            if column.kind == "amount":
                cells[column.id] = Stored("1.5")
    submission = read_submission(store(content, cells), "a.xlsx", book)
    code = entity_code(["100001"] * len(book.entity.key))
    assert (submission.entity_code, submission.entity_title) == (code, "测试局")
    frames, scored, findings = examine([submission], book)
    result = BatchResult(
        run_id="20210720-1",
        started_at=NOW,
        finished_at=NOW,
        rulebook=book,
        rulebook_sha256="ab" * 32,
        entries=(InboxEntry("a.xlsx", 1, "0", 0, "accepted"),),
        findings=findings,
        departments=scored.departments,
        units=frames.units,
        scores=scored.scores,
        roster=None,
    )
    write_summary(result, folder / "summary.xlsx", ["summary.xlsx"])
    for indicator in book.indicators:
        trace(frames, scored, book, 0, indicator.id)
    return []
