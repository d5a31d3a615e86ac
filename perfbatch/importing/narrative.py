"""The narrative of a report: its parts under their headings, and the figures in its sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from perfbatch.importing.filling import Filling, label_key
from perfbatch.importing.headers import similar
from perfbatch.importing.word_report import WordParagraph, WordReport
from perfbatch.rulebook.model import CardBlock, FormField, Section, SignatureBlock
from perfbatch.rulebook.names import NUMERIC_KINDS

__all__ = ["read_narrative"]

_ALIKE, _LONGEST_HEADING = 0.75, 40
_NUMERIC = NUMERIC_KINDS - {"year"}
_FIGURE = r"[^0-9,，。；;、\n]{0,6}?(?<![0-9.])(?P<figure>[0-9][0-9,]*(?:\.[0-9]+)?\s*(?:[百千万亿]*元|人|名|个|项|%|分|平方米|㎡)?)"
_FROM_TEXT = "取自综述文字"


class _Heading(NamedTuple):
    number: int
    spec: FormField
    inline: str
    alike: bool


def read_narrative(report: WordReport, filling: Filling) -> None:
    """Read the long texts that have headings of their own, and then the figures of the sections that they stand in."""
    for section in filling.rulebook.sections:
        cards = [block for block in section.blocks if isinstance(block, CardBlock)]
        texts = [field for block in cards for field in block.fields if field.kind == "longtext"]
        waiting = [field for field in texts if not filling.has(field.id)]
        headings = _headings(report.paragraphs, waiting, filling)
        if not headings:
            continue
        narrative = _take_parts(report.paragraphs, headings, section, filling)
        figures = [field for block in cards for field in block.fields if field.kind in _NUMERIC]
        for spec in figures:
            if not filling.has(spec.id):
                _figure(spec, narrative, filling)


def _headings(paragraphs: Sequence[WordParagraph], specs: Sequence[FormField], filling: Filling) -> list[_Heading]:
    """Where the texts begin, in the order of the form: by the very words, else by likeness between their neighbours."""
    titles = {label_key(section.title) for section in filling.rulebook.sections}
    exact: dict[int, _Heading] = {}
    for place, spec in enumerate(specs):
        wanted = label_key(spec.label)
        for number, paragraph in enumerate(paragraphs):
            head, _, inline = paragraph.text.replace(":", "：").partition("：")
            if label_key(head) == wanted and label_key(paragraph.text) not in titles:
                exact[place] = _Heading(number, spec, inline, alike=False)
                break
    headings: list[_Heading] = []
    for place, spec in enumerate(specs):
        begin = headings[-1].number + 1 if headings else 0
        known = exact.get(place)
        if known is not None:
            if known.number >= begin:
                headings.append(known)
            continue
        end = min(
            (one_heading.number for later, one_heading in exact.items() if later > place), default=len(paragraphs)
        )
        if not headings and not any(later > place for later in exact):
            continue
        near = _alike(paragraphs, begin, end, spec, titles)
        if near is not None:
            headings.append(near)
    return headings


def _alike(
    paragraphs: Sequence[WordParagraph], begin: int, end: int, spec: FormField, titles: set[str]
) -> _Heading | None:
    wanted = label_key(spec.label)
    best, likeness = None, _ALIKE
    for number in range(begin, end):
        head, _, inline = paragraphs[number].text.replace(":", "：").partition("：")
        key = label_key(head)
        if len(head) <= _LONGEST_HEADING and key not in titles and similar(key, wanted) > likeness:
            best, likeness = _Heading(number, spec, inline, alike=True), similar(key, wanted)
    return best


def _take_parts(
    paragraphs: Sequence[WordParagraph], headings: Sequence[_Heading], section: Section, filling: Filling
) -> list[WordParagraph]:
    """Put each part into its field; all paragraphs of the narrative."""
    stops = {label_key(other.title) for other in filling.rulebook.sections if other is not section}
    stops |= {label_key(block.title) for _, block in filling.rulebook.blocks() if not isinstance(block, SignatureBlock)}
    narrative: list[WordParagraph] = []
    for position, heading in enumerate(headings):
        end = headings[position + 1].number if position + 1 < len(headings) else len(paragraphs)
        here = paragraphs[heading.number]
        part = [here._replace(text=heading.inline)] if heading.inline.strip() else []
        for paragraph in paragraphs[heading.number + 1 : end]:
            key = label_key(paragraph.text)
            if key and any(stop and (key == stop or key.endswith(stop)) for stop in stops):
                break
            part.append(paragraph)
        text = "\n".join(paragraph.text.strip() for paragraph in part)
        marked = any(paragraph.marked for paragraph in part)
        note = "标题与表样略有不同" if heading.alike else ""
        filling.put(heading.spec, 0, here._replace(marked=marked), sure=not heading.alike, text=text, note=note)
        narrative += part
    return narrative


def _figure(spec: FormField, narrative: Sequence[WordParagraph], filling: Filling) -> None:
    """The first figure behind a field's label in the sentences; others are named."""
    label = label_key(spec.label).rpartition(":")[2]
    pattern = re.compile(r"\s*".join(map(re.escape, label)) + _FIGURE)
    found_figures: list[tuple[WordParagraph, str]] = []
    for paragraph in narrative:
        text = unicodedata.normalize("NFKC", paragraph.text)
        found_figures += [(paragraph, match["figure"].strip()) for match in pattern.finditer(text)]
    if not found_figures:
        return
    paragraph, figure = found_figures[0]
    others = list(dict.fromkeys(other for _, other in found_figures[1:] if other != figure))
    note = f"{_FROM_TEXT}；另有 {'、'.join(others[:3])}" if others else _FROM_TEXT
    filling.put(spec, 0, paragraph, sure=False, text=figure, note=note)
