"""The rows of blocks put into a package that xlsxwriter wrote without them, part by part, straight into the file.

What is looked for in a part is checked: a package whose markup is not the one known here is refused with `UnknownMarkup`, and
nothing but the block's own place is changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZipFile

from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell

from perfbatch.package.directory import ZipMember, archive_pieces
from perfbatch.package.packing import packed_member
from perfbatch.summary.block import Block
from perfbatch.summary.finishing import finished
from perfbatch.summary.strips import Rich

__all__ = ["SheetAdditions", "UnknownMarkup", "splice"]

_STRINGS = "xl/sharedStrings.xml"
_STRINGS_HEAD = re.compile(r'(<sst [^>]*?)count="(\d+)" uniqueCount="(\d+)">')
_CELL = re.compile(r'<c r="([A-Z]+\d+)"((?: s="\d+")?)(?:/>| t="s"><v>(\d+)</v></c>)')
_ROW_END = "</row>"
# Texts that are made markup, compressed and forgotten together.
_TOGETHER = 4096
_DIMENSION = re.compile(r'<dimension ref="([A-Z]+\d+)(?::([A-Z]+\d+))?"/>')
_TABLE_NAME = re.compile(r' displayName="([^"]*)"')
_HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
# Apart from xlsxwriter's own ids, which are rId and a number.
_RELATION = "rIdRow"
_NO_RELATIONS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_IN_ATTRIBUTES = {'"': "&quot;", "\n": "&#xA;"}
_NAMED, _ESCAPED = re.compile(r"(_x[0-9a-fA-F]{4}_)"), r"_x005F\1"


class UnknownMarkup(Exception):
    """The package is not written as this module knows it."""


@dataclass
class SheetAdditions:
    """What goes into one sheet: its blocks with the heights of their rows, and the Excel tables that were written over their
    first row only: name → (range as written, range as it is to be)."""

    blocks: list[tuple[Block, Sequence[float | None]]] = field(default_factory=list)
    tables: dict[str, tuple[str, str]] = field(default_factory=dict)


def splice(skeleton: IO[bytes], target: IO[bytes], sheets: Mapping[int, SheetAdditions], texts: Sequence[str]) -> None:
    """Copy a package with its additions: number of a sheet (from 1) → what goes into it. `texts` are those of the blocks.

    Raises `UnknownMarkup`, and `OSError` where `target` cannot be written.
    """
    # Each part is written as soon as it is packed, a twentieth of its markup, which is never there as a whole.
    target.writelines(archive_pieces(_members(skeleton, sheets, texts)))


def _members(
    skeleton: IO[bytes], sheets: Mapping[int, SheetAdditions], texts: Sequence[str]
) -> Iterator[tuple[ZipMember, bytes]]:
    tables = {name: ranges for added in sheets.values() for name, ranges in added.tables.items()}
    with ZipFile(skeleton) as source:
        names = source.namelist()
        parts = {f"xl/worksheets/sheet{number}.xml": added for number, added in sheets.items() if added.blocks}
        strings = None
        if parts:
            strings = _SplicedStrings(source.read(_STRINGS).decode() if _STRINGS in names else "", texts)
        relations = {_relations_of(name): list(_relations(added)) for name, added in parts.items()}
        for name in [*names, *(name for name, own in relations.items() if own and name not in names)]:
            content = source.read(name) if name in names else _NO_RELATIONS
            pieces: Iterable[str]
            if strings is not None and name in parts:
                pieces = _sheet(content.decode(), parts[name], strings)
            elif strings is not None and name == _STRINGS:
                pieces = strings.pieces(parts.values())
            elif relations.get(name):
                pieces = _before("</Relationships>", content.decode(), "".join(relations[name]))
            elif parts and name.startswith("xl/tables/"):
                pieces = _table(content.decode(), tables)
            else:
                yield packed_member(name, [finished(name, content)])
                continue
            yield packed_member(name, (piece.encode() for piece in pieces))


class _SplicedStrings:
    """The package's shared strings: those of the skeleton, then the blocks'."""

    def __init__(self, content: str, texts: Sequence[str]) -> None:
        self._content = content
        self.texts = texts
        head = _STRINGS_HEAD.search(content)
        if head is None:
            raise UnknownMarkup(_STRINGS)
        self._head = head
        self.base = int(head[3])
        """The place of the blocks' first text."""

    def pieces(self, sheets: Iterable[SheetAdditions]) -> Iterator[str]:
        used = sum(block.strings() for added in sheets for block, _ in added.blocks)
        yield self._content[: self._head.start()]
        yield f'{self._head[1]}count="{int(self._head[2]) + used}" uniqueCount="{self.base + len(self.texts)}">'
        head, matched, tail = self._content[self._head.end() :].partition("</sst>")
        if not matched:
            raise UnknownMarkup(_STRINGS)
        yield head
        for start in range(0, len(self.texts), _TOGETHER):
            yield "".join(map(_shared, self.texts[start : start + _TOGETHER]))
        yield matched + tail


def _shared(text: str) -> str:
    space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
    # A literal _x000A_ would be read as the character that it names.
    return f"<si><t{space}>{escape(_NAMED.sub(_ESCAPED, text))}</t></si>"


def _sheet(content: str, added: SheetAdditions, strings: _SplicedStrings) -> Iterator[str]:
    size = _DIMENSION.search(content)
    if size is None:
        raise UnknownMarkup("no dimension")
    yield content[: size.start()]
    yield _dimension(size, added)
    done = size.end()
    for block, heights in sorted(added.blocks, key=lambda placed: placed[0].top):
        start = content.find(f'<row r="{block.top + 1}" ', done)
        last = content.find(f'<row r="{block.drawn + 1}" ', start)
        end = content.find(_ROW_END, last) + len(_ROW_END)
        if start < 0 or last < 0 or end < last:
            raise UnknownMarkup(f"no rows {block.top + 1} to {block.drawn + 1}")
        yield content[done:start]
        yield from block.markup(_attributes(block, content[start:end]), strings.base, heights)
        done = end
    links = "".join(_hyperlinks(added, strings.texts))
    if not links:
        yield content[done:]
    elif "</hyperlinks>" in content:
        yield from _before("</hyperlinks>", content[done:], links)
    else:
        # Every sheet of ours has printOptions, which the schema puts right behind the hyperlinks.
        yield from _before("<printOptions ", content[done:], f"<hyperlinks>{links}</hyperlinks>")


def _dimension(match: re.Match[str], added: SheetAdditions) -> str:
    """The range of a sheet's cells, with the blocks'."""
    first, (row, column) = match[1], xl_cell_to_rowcol(match[2] or match[1])
    row = max(row, *(block.last for block, _ in added.blocks))
    column = max(column, *(len(block.strips) - 1 for block, _ in added.blocks))
    last = xl_rowcol_to_cell(row, column)
    return f'<dimension ref="{first}"/>' if first == last else f'<dimension ref="{first}:{last}"/>'


def _attributes(block: Block, rows: str) -> list[str]:
    """Mark → what follows a cell's address, as the specimens have it."""
    drawn = {match[1]: match for match in _CELL.finditer(rows)}
    if len(drawn) != rows.count("<c "):
        raise UnknownMarkup(f"cells of another kind in row {block.top + 1}")
    openings = []
    for address, look in block.places():
        match = drawn.get(address)
        if match is None or (match[3] is None) == isinstance(look, Rich):
            raise UnknownMarkup(f"cell {address}")
        openings.append(f'"{match[2]}' if match[3] is None else f'"{match[2]} t="s"><v>{match[3]}</v></c>')
    return openings


def _hyperlinks(added: SheetAdditions, texts: Sequence[str]) -> Iterator[str]:
    number = 0
    for block, _ in added.blocks:
        for address, link, place in block.links():
            if link.target:
                number += 1
                location = f" location={_quoted(link.location)}" if link.location else ""
                yield f'<hyperlink ref="{address}" r:id="{_RELATION}{number}"{location}/>'
            else:
                shown = _quoted(texts[place])
                yield f'<hyperlink ref="{address}" location={_quoted(link.location)} display={shown}/>'


def _relations(added: SheetAdditions) -> Iterator[str]:
    targets = (link.target for block, _ in added.blocks for _, link, _ in block.links() if link.target)
    for number, target in enumerate(targets, 1):
        yield (
            f'<Relationship Id="{_RELATION}{number}" Type="{_HYPERLINK}" '
            f'Target={_quoted(target)} TargetMode="External"/>'
        )


def _relations_of(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return f"{folder}/_rels/{file}.rels"


def _table(content: str, tables: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    match = _TABLE_NAME.search(content)
    if match is None:
        raise UnknownMarkup("a table without a name")
    if match[1] in tables:
        written, wanted = (f' ref="{area}"' for area in tables[match[1]])
        # Once for the table and once for its filter.
        if content.count(written) != 2:
            raise UnknownMarkup(f"table {match[1]}")
        content = content.replace(written, wanted)
    yield content


def _before(mark: str, content: str, added: str) -> Iterator[str]:
    head, matched, tail = content.partition(mark)
    if not matched:
        raise UnknownMarkup(f"no {mark}")
    yield from (head, added, matched, tail)


def _quoted(text: str) -> str:
    """An attribute's value as xlsxwriter writes it."""
    return f'"{escape(text, _IN_ATTRIBUTES)}"'
