"""The text of an OpenDocument cell: paragraphs, blanks that are counted, stretches struck out or raised.

Source: OASIS OpenDocument 1.3, part 3, 6.1 (basic text content).
"""

from __future__ import annotations

from collections.abc import Mapping

from perfbatch.intake.open_document_styles import DocumentStyles
from perfbatch.package.texts import Run, Runs, plainest

__all__ = ["ParagraphReader"]

_PARAGRAPHS = ("p", "h")
_WITHIN = ("span", "a", "ruby", "ruby-base", "meta", "bookmark-start", "bookmark-end", "bookmark")
_MARKS = {"tab": "\t", "line-break": "\n"}
_BLANKS, _MOST_BLANKS = "s", 1_000


class ParagraphReader:
    """Collects the paragraphs of one cell after another from the events inside it."""

    def __init__(self, styles: DocumentStyles) -> None:
        self._styles = styles
        self.begin()

    def begin(self) -> None:
        """A new cell begins."""
        self._runs: list[Run] = []
        self._depth = self._paragraphs = 0
        self._looks: list[tuple[bool | None, bool]] = []

    def start(self, element: str, attributes: Mapping[str, str]) -> int:
        """An element begins; 1 where it and all in it is no text of the cell, else 0."""
        if element in _PARAGRAPHS and not self._depth:
            self._depth, self._paragraphs = 1, self._paragraphs + 1
            if self._paragraphs > 1:
                self._add("\n")
            self._looks = [(None, False)]
            return 0
        if not self._depth or element not in (*_WITHIN, *_MARKS, _BLANKS):
            return 1
        struck, raised = self._looks[-1]
        if element == "span":
            own = self._styles.struck("text", attributes.get("style-name", ""))
            struck = struck if own is None else own
            raised = raised or self._styles.raised(attributes.get("style-name", ""))
        elif element == _BLANKS:
            count = attributes.get("c", "1")
            self._add(
                " " * (min(int(count), _MOST_BLANKS) if count.isascii() and count.isdecimal() and len(count) < 9 else 1)
            )
        elif element in _MARKS:
            self._add(_MARKS[element])
        self._looks.append((struck, raised))
        self._depth += 1
        return 0

    def text(self, piece: str) -> None:
        """Characters between tags."""
        if self._depth:
            self._add(piece)

    def end(self, _: str) -> None:
        """An element ends."""
        if self._depth:
            self._depth -= 1
            self._looks.pop()

    def _add(self, text: str) -> None:
        struck, raised = self._looks[-1] if self._looks else (None, False)
        if self._runs and (self._runs[-1].struck, self._runs[-1].raised) == (struck, raised):
            text = self._runs.pop().text + text
        self._runs.append(Run(text, struck, raised))

    @property
    def words(self) -> str:
        """All of the text, whatever its look."""
        return "".join(run.text for run in self._runs)

    @property
    def runs(self) -> Runs:
        """The text with its looks."""
        return plainest(self._runs)
