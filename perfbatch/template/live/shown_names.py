"""Names as a formula compares them: as nearly the reader's way as functions of Excel 2013, WPS and LibreOffice can.

Blanks of every kind, full-width digits and brackets make no difference; what else a compatibility form evens out does.
"""

from __future__ import annotations

from perfbatch.rulebook.formula_terms import quoted

__all__ = ["even", "without_marks", "without_number", "without_points"]

_BLANKS = (*map(quoted, (" ", "\u3000", "\xa0")), "CHAR(10)", "CHAR(13)", "CHAR(9)")
_MARKS = (quoted('"'), quoted("'"), *map(quoted, "“”‘’「」『』"))
_EVEN = dict(zip("０１２３４５６７８９（）．，：", "0123456789().,:", strict=True))


def even(text: str) -> str:
    """Without blanks, in ordinary width."""
    for blank in _BLANKS:
        text = f'SUBSTITUTE({text},{blank},"")'
    for wide, narrow in _EVEN.items():
        text = f"SUBSTITUTE({text},{quoted(wide)},{quoted(narrow)})"
    return text


def without_number(cell: str, none_words: str) -> str:
    """The name in a cell that `even` made, without the number before it; a word that states none is no name."""
    digits = f'FIND("、",SUBSTITUTE({cell},".","、")&"、")'
    numbered = f"ISNUMBER(-LEFT({cell},{digits}-1))"
    return f'IF(ISNUMBER(MATCH({cell},{none_words},0)),"",IF({numbered},MID({cell},{digits}+1,255),{cell}))'


def without_marks(cell: str) -> str:
    """The name in a cell that `even` made, without quotation marks."""
    for mark in _MARKS:
        cell = f'SUBSTITUTE({cell},{mark},"")'
    return cell


def without_points(cell: str) -> str:
    """The name in a cell that was evened out, without the points in brackets behind it."""
    opening = f'FIND("(",{cell}&"(")'
    points = f"ISNUMBER(-MID({cell},{opening}+1,MAX(LEN({cell})-{opening}-2,0)))"
    return f'IF(AND(RIGHT({cell},2)="分)",{points}),LEFT({cell},{opening}-1),{cell})'
