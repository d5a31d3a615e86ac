"""Signature boxes: what is to be signed, by whom, and the line for the date. Filled by hand on paper."""

from __future__ import annotations

from perfbatch.rulebook.model import SignatureBlock
from perfbatch.template.plan import SheetPlan, Style

__all__ = ["place_signatures"]

_DATE = "年      月      日　　"
_SIGN_HERE = "　" * 10
_OPINION = "意见："
_HEAD_SIGNS = "负责人（签章）："
_LINE = 27.0
_ROOM = 34.0


def place_signatures(plan: SheetPlan, block: SignatureBlock) -> None:
    """A box per line; an opinion (…意见：) is signed by the head of whoever gives it."""
    for line in block.lines:
        plan.blocks.append(plan.row)
        plan.print_row(line, Style.SIGN_FIRST, _LINE)
        signed_by = line.removesuffix(_OPINION) + _HEAD_SIGNS + _SIGN_HERE if line.endswith(_OPINION) else ""
        plan.print_row(signed_by, Style.SIGN_MIDDLE, _ROOM)
        plan.print_row(_DATE, Style.SIGN_LAST, _LINE)
