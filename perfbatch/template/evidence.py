"""Evidence (评分依据核对清单): checklist questions answered 是/否 and counts of breaches, in the scorecard's columns."""

from __future__ import annotations

from collections.abc import Iterator

from perfbatch.rulebook.model import EvidenceBlock, Indicator
from perfbatch.template.plan import Form, InputCell, SheetPlan, Style
from perfbatch.template.scorecard import SCORECARD_PRINTED, points_text

__all__ = ["place_evidence"]

_NAME_LAST, _QUESTION, _POINTS, _ANSWER, _ADVICE = 2, 3, 4, 5, 6
_HEADER_ROW = 27.0
_ROW = 30.0


def place_evidence(form: Form, plan: SheetPlan, block: EvidenceBlock) -> None:
    """Lay the list out below what the sheet has."""
    ids = next(field for field in block.fields if field.kind == "id")
    answers = next(field for field in block.fields if field.kind != "id")
    plan.new_pages.add(plan.row)
    plan.print_row(block.title, Style.SUBTITLE, _HEADER_ROW)
    header = plan.row
    plan.need_height(header, _HEADER_ROW)
    for left, right, text in (
        (0, _NAME_LAST, "三级指标"),
        (_QUESTION, _QUESTION, "核对内容"),
        (_POINTS, _POINTS, "分值"),
        (_ANSWER, _ANSWER, answers.label),
        (_ADVICE, _ADVICE, "填写要求"),
    ):
        plan.print_cell(plan.area(header, left, header, right), text, Style.HEADER)
    plan.print_cell(plan.area(header, SCORECARD_PRINTED, header, SCORECARD_PRINTED), ids.label, Style.CODE_HEADER)
    plan.hidden_columns.add(SCORECARD_PRINTED)
    top = row = header + 1
    identifiers: list[InputCell] = []
    replies: list[InputCell] = []
    for indicator in form.rulebook.indicators:
        if not indicator.evidence_ids:
            continue
        last = row + len(indicator.evidence_ids) - 1
        plan.print_cell(plan.area(row, 0, last, _NAME_LAST), indicator.name, Style.CENTRE)
        for evidence_id, question, points, advice, reply in _rows(indicator, block):
            plan.need_height(row, _ROW)
            plan.print_cell(plan.area(row, _QUESTION, row, _QUESTION), question, Style.TEXT)
            plan.print_cell(plan.area(row, _POINTS, row, _POINTS), points, Style.CENTRE)
            plan.print_cell(plan.area(row, _ADVICE, row, _ADVICE), advice, Style.TEXT)
            identifiers.append(InputCell(ids.kind, evidence_id, locked=True))
            replies.append(reply)
            row += 1
    plan.put_field(form, answers, top, _ANSWER, replies)
    plan.put_field(form, ids, top, SCORECARD_PRINTED, identifiers)
    plan.row = row


def _rows(indicator: Indicator, block: EvidenceBlock) -> Iterator[tuple[str, str, str, str, InputCell]]:
    """Evidence id, question, points, advice and answer cell of every row that an indicator needs."""
    for evidence_id, question in indicator.questions:
        advice, reply = f"选择“{block.yes}”或“{block.no}”。", InputCell("choice", choices=(block.yes, block.no))
        if question.each is not None:
            advice = f"填整数，没有问题填 0。每例扣{points_text(question.each)}分。"
            reply = InputCell("count")
        yield evidence_id, question.text, points_text(question.points), advice, reply
