"""What no public call of xlsxwriter says, put into the parts that it has written: each an attribute or an element that Excel
or WPS would otherwise take its own default for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

__all__ = ["finished"]

_LANGUAGE = "zh-CN"
# The engine of Excel 2019 and later. Under the number of an older one Excel recalculates as it opens the file, and then asks
# on closing whether to save it; all cached values are right, so there is nothing to recalculate.
_CALCULATED_BY = "191029"
_CALCULATION = re.compile(r'<calcPr calcId="\d+"(?P<rest>[^>]*?)/>')
_BLANKS = re.compile(r"(?=<c:dispBlanksAs )|(?=</c:chart>)")


def _chart(part: str) -> str:
    """A chart drawn from a hidden sheet says so: where nothing is said, WPS leaves hidden cells out."""
    part = part.replace('<c:lang val="en-US"/>', f'<c:lang val="{_LANGUAGE}"/>')
    part = part.replace(' lang="en-US"', f' lang="{_LANGUAGE}"')
    return part if "<c:plotVisOnly" in part else _BLANKS.sub('<c:plotVisOnly val="0"/>', part, count=1)


def _workbook(part: str) -> str:
    def calculated(match: re.Match[str]) -> str:
        rest = match["rest"].replace(' fullCalcOnLoad="1"', "")
        return f'<calcPr calcId="{_CALCULATED_BY}"{rest}/>'

    return _CALCULATION.sub(calculated, part)


def _properties(part: str) -> str:
    return part.replace("</cp:coreProperties>", f"<dc:language>{_LANGUAGE}</dc:language></cp:coreProperties>")


_FINISHING: Mapping[str, Callable[[str], str]] = {
    "xl/charts/": _chart,
    "xl/workbook.xml": _workbook,
    "docProps/core.xml": _properties,
}


def finished(name: str, part: bytes) -> bytes:
    """A part of a package as xlsxwriter wrote it, with what was left to say; most parts as they are."""
    for begins, finish in _FINISHING.items():
        if name.startswith(begins):
            return finish(part.decode()).encode()
    return part
