"""财政复核: the scores that the bureau's reviewers settled."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from perfbatch.model.figures import score_text
from perfbatch.model.findings import Finding
from perfbatch.model.submission import SCALE
from perfbatch.roster.table import RosterTable, code_of, number_of, plain_text
from perfbatch.rulebook.model import Rulebook

__all__ = ["read_reviews"]


def read_reviews(
    table: RosterTable, rulebook: Rulebook, departments: Collection[str], findings: list[Finding]
) -> Iterator[tuple[tuple[str, str], tuple[int, str]]]:
    """((entity_code, indicator id), (score in 1/SCALE points, reason)) row by row.

    A review of a department or an indicator that is not there, or of more points than there are, is added to `findings` and
    counts for nothing. What is no review (no number, no reason, one that stands twice) is a fault of the table.
    """
    by_name = {plain_text(indicator.name): indicator.id for indicator in rulebook.indicators}
    seen: dict[tuple[str, str], int] = {}
    for row, values in table.rows():
        code, typed = code_of(table, row, values, rulebook), plain_text(values["indicator"])
        indicator_id = by_name.get(typed, typed)
        if (code, indicator_id) in seen:
            before = seen[code, indicator_id] + 1
            table.note(row, "indicator", "roster.review_twice", indicator=indicator_id, code=code, row=before)
        seen.setdefault((code, indicator_id), row)
        if not plain_text(values["score"]):
            table.note(row, "score", "roster.score_blank")
        score = number_of(table, row, "score", values["score"])
        reason = plain_text(values["reason"])
        if not reason:
            table.note(row, "reason", "roster.review_reason")
        indicator = rulebook.indicator_by_id.get(indicator_id)
        if score is None or not code:
            continue
        if code not in departments:
            findings.append(
                table.finding(
                    "S10", row, rulebook.entity.key[-1], code, code, what=f"名录中没有{rulebook.key_label} {code}"
                )
            )
        elif indicator is None:
            findings.append(table.finding("S10", row, "indicator", code, typed, what=f"没有指标“{typed}”"))
        elif not 0 <= score <= int(indicator.points * SCALE):
            most = score_text(int(indicator.points * SCALE))
            findings.append(table.finding("S09", row, "score", code, score_text(score), most, item=indicator.name))
        else:
            yield (code, indicator_id), (score, reason)
