"""S-findings on rows that are indicators of their own; each points at a cell of its row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from perfbatch.district.frames import Frames
from perfbatch.model.catalogue import CATALOGUE
from perfbatch.model.figures import score_text
from perfbatch.model.findings import CheckOutcome, Counts, Finding
from perfbatch.model.row_titles import row_title
from perfbatch.model.submission import SCALE
from perfbatch.rulebook.model import Rulebook
from perfbatch.rulebook.quantity import Bools, quantise
from perfbatch.scoring.indicator_scores import COMPUTED, SELF_REPORTED
from perfbatch.scoring.row_scores import RowScores
from perfbatch.scoring.rules import HUNDREDTH, lacking

__all__ = ["remark_on_rows"]

_CENT = SCALE // 100
_NO_COUNTS: Counts = (None, None, None)


def remark_on_rows(frames: Frames, rows: RowScores, rulebook: Rulebook) -> Iterator[Finding]:
    """S01 where a row's own score is not the computed one, S11 where it lies outside the range that its conclusion leaves, S05 where
    something is missing to compute it."""
    speaker = _RowSpeaker(frames, rows, rulebook)
    yield from speaker.differs()
    yield from speaker.outside()
    yield from speaker.missing()


class _RowSpeaker:
    def __init__(self, frames: Frames, rows: RowScores, rulebook: Rulebook) -> None:
        self._frames = frames
        self._rows = rows
        self._rulebook = rulebook
        self._names = rows.frame[rows.spec.name].tolist()
        self._numbers = rows.frame["row"].tolist()
        self._owners = rows.frame["department"].tolist()

    def differs(self) -> Iterator[Finding]:
        rows = self._rows
        own = quantise(rows.own, HUNDREDTH).astype(np.int64) * _CENT
        for at in self._places(rows.own.usable & (rows.status == COMPUTED) & (own != rows.computed)):
            reported, expected = int(rows.own.num[at]), int(rows.computed[at])
            gap = reported - expected
            texts = (score_text(reported), score_text(expected), score_text(gap))
            yield self._say("S01", at, rows.spec.self, texts, (reported, expected, gap), "failed")

    def outside(self) -> Iterator[Finding]:
        rows = self._rows
        within = (rows.own.num >= rows.low) & (rows.own.num <= rows.high)
        for at in self._places(rows.own.usable & (rows.high >= 0) & ~within):
            bounds = f"{score_text(int(rows.low[at]))}—{score_text(int(rows.high[at]))}"
            reported = int(rows.own.num[at])
            yield self._say(
                "S11", at, rows.spec.self, (score_text(reported), bounds, ""), (reported, None, None), "failed"
            )

    def missing(self) -> Iterator[Finding]:
        rows = self._rows
        if not rows.missing:
            return
        waiting = self._here(rows.status == SELF_REPORTED)
        for names, places in lacking(rows.missing.items(), waiting):
            labels = "、".join(self._rulebook.label_of(name) for name in names)
            for at in places:
                yield self._say("S05", at, names[0], ("", "", ""), _NO_COUNTS, "not_made", missing=labels)

    def _here(self, chosen: Bools | np.ndarray) -> Bools:
        """Of chosen rows those that belong to an indicator."""
        return np.asarray(chosen & (self._rows.indicators != ""), dtype=bool)

    def _places(self, chosen: Bools | np.ndarray) -> list[int]:
        places: list[int] = np.flatnonzero(self._here(chosen)).tolist()
        return places

    def _say(
        self,
        code: str,
        at: int,
        field: str,
        texts: tuple[str, str, str],
        counts: Counts,
        outcome: CheckOutcome,
        **words: str,
    ) -> Finding:
        text, owner = CATALOGUE[code], self._owners[at]
        fact, submission = self._frames.fact(owner, field, self._numbers[at]), self._frames.submissions[owner]
        item = row_title(self._numbers[at] + 1, self._names[at])
        named = {"item": item, "reported": texts[0], "expected": texts[1], **words}
        return Finding(
            code,
            text.severity,
            submission.entity_code,
            submission.file,
            fact.sheet,
            fact.cell,
            fact.field,
            *texts,
            text.message.format(**named),
            text.remedy.format(**named),
            check=str(self._rows.indicators[at]),
            row=fact.row if fact.cell else None,
            outcome=outcome,
            counts=counts,
        )
