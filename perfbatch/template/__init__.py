"""The blank workbook that departments fill, made from the rulebook.

`layout` computes where everything stands (pure data: for every field id its sheet and cells), one room per kind of block;
`workbook` writes a layout with xlsxwriter.
"""

from perfbatch.template.layout import Layout, lay_out
from perfbatch.template.prefill import Prefill, prefill_for
from perfbatch.template.workbook import (
    DEFAULT_UNITS,
    STAMP_SHEET,
    template_name,
    write_blank,
    write_prefilled,
    write_template,
)

__all__ = [
    "DEFAULT_UNITS",
    "STAMP_SHEET",
    "Layout",
    "Prefill",
    "lay_out",
    "prefill_for",
    "template_name",
    "write_blank",
    "write_prefilled",
    "write_template",
]
