"""Texts of cells: runs of which some are struck out or raised, escapes, the shared strings read by the parser."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from perfbatch.model.limits import Limits
from perfbatch.package.archive import Package
from perfbatch.package.extent import scan_part

__all__ = ["Run", "Runs", "RunsReader", "SeenText", "read_strings", "seen_text", "unescaped_text"]

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_FALSE = ("0", "false", "off")


class Run(NamedTuple):
    """A stretch of text of one look; `struck` is None where the look is the cell's own. `raised`: superscript or subscript."""

    text: str
    struck: bool | None = None
    raised: bool = False


Runs: TypeAlias = str | tuple[Run, ...]
"""The text of a cell: a string where it is all of one look, the cell's own."""


class SeenText(NamedTuple):
    """A text as a person takes it: `text` without what is struck out, `struck` the whole where anything is, else "";
    `raised`: a superscript or subscript stands right beside a digit, so that nobody can tell the figure from the note."""

    text: str
    struck: str = ""
    raised: bool = False


def unescaped_text(text: str) -> str:
    """Text with its escapes resolved: `_x000D_` is a carriage return, `_x005F_` the underscore of one that is none."""
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    # Two halves of a character, each escaped; a half alone is no text.
    return text if text.isprintable() else text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def seen_text(runs: Runs, *, struck: bool) -> SeenText:
    """The text of a cell whose own font is struck out, or not."""
    if isinstance(runs, str):
        return SeenText("", runs) if struck and runs.strip() else SeenText(runs)
    kept = [run for run in runs if not (struck if run.struck is None else run.struck)]
    text = "".join(run.text for run in kept)
    whole = "".join(run.text for run in runs)
    # A struck-out blank takes nothing away.
    return SeenText(text, whole if text.strip() != whole.strip() else "", _raised_beside_digit(kept))


def _raised_beside_digit(runs: Sequence[Run]) -> bool:
    filled = [run for run in runs if run.text]
    return any(
        run.raised != other.raised and (other.text if run.raised else run.text)[0 if run.raised else -1].isdigit()
        for run, other in pairwise(filled)
    )


class RunsReader:
    """Collects the runs of one text from the events inside an `si` or `is` element; phonetic guides are no text."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A new text begins."""
        self._runs: list[Run] = []
        self._text: list[str] = []
        self._listening = self._phonetic = self._own_look = False
        self._struck: bool | None = None
        self._raised = False

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        """An element begins; none but these bear on the text."""
        if element == "t":
            self._listening, self._text = not self._phonetic, []
        elif element == "rPh":
            self._phonetic = True
        elif element == "r":
            self._struck, self._raised = None, False
        elif element == "rPr":
            # A run with a look of its own does not take the cell's.
            self._struck, self._own_look = False, True
        elif element == "strike" and self._own_look:
            self._struck = attributes.get("val", "1") not in _FALSE
        elif element == "vertAlign" and self._own_look:
            self._raised = attributes.get("val") in ("superscript", "subscript")

    def text(self, piece: str) -> None:
        """Characters between tags."""
        if self._listening:
            self._text.append(piece)

    def end(self, element: str) -> None:
        """An element ends."""
        if element == "t":
            if self._listening and self._text:
                self._runs.append(Run(unescaped_text("".join(self._text)), self._struck, self._raised))
            self._listening = False
        elif element == "rPh":
            self._phonetic = False
        elif element == "rPr":
            self._own_look = False
        elif element == "r":
            self._struck, self._raised = None, False

    @property
    def runs(self) -> Runs:
        """What has been collected."""
        return plainest(self._runs)


def plainest(runs: Sequence[Run]) -> Runs:
    """A string where no run has a look of its own."""
    if all(run.struck is None and not run.raised for run in runs):
        return "".join([run.text for run in runs])
    return tuple(runs)


class _StringsReader:
    def __init__(self, wanted: Collection[int]) -> None:
        self._wanted = wanted
        self._number = -1
        self._reader = RunsReader()
        self._reading = False
        self.texts: dict[int, Runs] = {}

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if element == "si":
            self._number += 1
            self._reading = self._number in self._wanted
            self._reader.begin()
        elif self._reading:
            self._reader.start(element, attributes)

    def text(self, piece: str) -> None:
        if self._reading:
            self._reader.text(piece)

    def end(self, element: str) -> None:
        if not self._reading:
            return
        if element == "si":
            self.texts[self._number] = self._reader.runs
            self._reading = False
        else:
            self._reader.end(element)


def read_strings(package: Package, part: str, limits: Limits, wanted: Collection[int]) -> Mapping[int, Runs]:
    """Those of the shared strings that are wanted, by number. Raises `SetAside` F03 where the part is missing or damaged."""
    reader = _StringsReader(wanted)
    scan_part(package, part, limits, reader.start, reader.end, reader.text)
    return reader.texts
