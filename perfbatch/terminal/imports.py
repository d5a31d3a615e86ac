"""The end of `perfbatch import`: what became of each report. Nothing of what a report says is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from perfbatch.terminal.catalogue import say
from perfbatch.terminal.console import console_of, inert

if TYPE_CHECKING:
    from perfbatch.importing.reports import ReportImport

__all__ = ["print_imports"]


def print_imports(imports: Sequence[ReportImport]) -> None:
    """A line for each report: where its workbooks are and how much of them to check, or why there are none."""
    console = console_of()
    for made in imports:
        name, result = inert(made.report), made.imported
        if made.form is None:
            line = say("import.refused", report=name, reason=say(f"import.reason.{result.reason}"))
        else:
            counts = {"sure": result.sure, "check": result.check, "missing": result.missing}
            line = say("import.made", report=name, form=inert(made.form), protocol=inert(made.protocol), **counts)
        console.print(line, soft_wrap=True)
