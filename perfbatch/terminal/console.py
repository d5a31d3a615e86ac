"""The console itself: widths, tables, and foreign text made inert."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from perfbatch.model.figures import score_text
from perfbatch.model.legible import cell_text
from perfbatch.terminal.catalogue import say

__all__ = [
    "FIGURE_WIDTH",
    "WIDE",
    "WORD_WIDTH",
    "console_of",
    "inert",
    "plain_table",
    "print_table",
    "score_cell",
]


_WIDTH_OF_A_PIPE = 140
WIDE = 110
FIGURE_WIDTH, WORD_WIDTH = 14, 5


def console_of(*, errors: bool = False) -> Console:
    """A console that takes texts as they are; a pipe is given a fixed width."""
    console = Console(stderr=errors, markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_A_PIPE
    return console


def inert(text: object) -> str:
    """Foreign text on one line, with whatever could steer a terminal escaped."""
    return cell_text(str(text)).replace("\n", "\\n").replace("\t", "\\t")


def plain_table(*columns: str, figures: Sequence[str] = (), whole: Sequence[str] = ()) -> Table:
    """An empty table of columns that the catalogue names (`column.…`); `figures` are set right, and they and `whole` are never
    broken over lines."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="")
    for column in columns:
        table.add_column(
            say(f"column.{column}"),
            overflow="fold",
            justify="right" if column in figures else "left",
            no_wrap=column in figures or column in whole,
        )
    return table


def print_table(console: Console, table: Table) -> None:
    """Without the blanks that fill a table's lines up: they wrap in a terminal made narrower, and fill a log."""
    with console.capture() as drawn:
        console.print(table)
    for line in drawn.get().splitlines():
        console.print(line.rstrip(), soft_wrap=True)


def score_cell(value: object) -> str:
    """A count of 1/SCALE points with two decimals, — where there is none."""
    return score_text(int(value)) if isinstance(value, int) or hasattr(value, "__index__") else "—"
