"""The rules of one sheet: its cells, areas, validations, links, comments and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree

from tests.package_rules.areas import LAST_COLUMN, LAST_ROW, area, letters, overlapping, place
from tests.package_rules.comments import comment_faults
from tests.package_rules.functions import faults_of_formula
from tests.package_rules.markup import MAIN, REL, Package, characters, text_of

_LINKS = 65_530


def sheet_faults(package: Package, part: str) -> Iterator[str]:
    """Every rule that a sheet breaks."""
    root = package.root(part)
    cells: dict[str, str] = {}
    yield from _cells(root, package.strings, cells)
    yield from _columns(root)
    merged = [merge.get("ref", "") for merge in root.iter(f"{MAIN}mergeCell")]
    for reference in merged:
        if area(reference) is None or ":" not in reference:
            yield f"merged cells {reference!r}"
    yield from (f"merged cells overlap at {reference}" for reference in overlapping(merged))
    yield from _formulas(root)
    yield from _validations(root)
    yield from _links(package, part, root)
    yield from _tables(package, part, root, cells, merged)
    yield from comment_faults(package, part, root)
    for side in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
        text = root.findtext(f"{MAIN}headerFooter/{MAIN}{side}") or ""
        if characters(text) > 255:
            yield f"{side} of {characters(text)}"


def _cells(root: ElementTree.Element, strings: list[str], cells: dict[str, str]) -> Iterator[str]:
    """The cells' own rules; fills `cells` with every text, by reference."""
    last_row, places = 0, set()
    for row in root.iter(f"{MAIN}row"):
        number = int(row.get("r") or last_row + 1)
        if not last_row < number <= LAST_ROW:
            yield f"row {number} after row {last_row}"
        last_row, last_column = number, 0
        for cell in row.iter(f"{MAIN}c"):
            at = place(cell.get("r", "")) if cell.get("r") else (last_column + 1, number)
            if at is None:
                yield f"cell {cell.get('r')!r}"
                continue
            reference = f"{letters(at[0])}{at[1]}"
            if at[1] != number:
                yield f"cell {reference} in row {number}"
            if at in places:
                yield f"cell twice: {reference}"
            elif at[0] <= last_column:
                yield f"cell {reference} after column {letters(last_column)}"
            places.add(at)
            last_column = at[0]
            yield from _content(cell, reference, strings, cells)


def _content(cell: ElementTree.Element, reference: str, strings: list[str], cells: dict[str, str]) -> Iterator[str]:
    kind, value = cell.get("t", "n"), cell.findtext(f"{MAIN}v")
    if kind == "e":
        yield f"error value in {reference}"
    if kind == "s" and value is not None:
        if not value.isdecimal() or int(value) >= len(strings):
            yield f"string {value} of {len(strings)} in {reference}"
        else:
            cells[reference] = strings[int(value)]
    elif kind in ("str", "inlineStr"):
        text = text_of(cell) if kind == "inlineStr" else value or ""
        if characters(text) > 32_767:
            yield f"string of {characters(text)} in {reference}"
        cells[reference] = text


def _columns(root: ElementTree.Element) -> Iterator[str]:
    columns = [(int(column.get("min", "0")), int(column.get("max", "0"))) for column in root.iter(f"{MAIN}col")]
    for first, last in columns:
        if not 1 <= first <= last <= LAST_COLUMN:
            yield f"columns {first} to {last}"
    for (_, last), (first, _) in pairwise(columns):
        if first <= last:
            yield f"columns overlap at {first}"


def _formulas(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        if element.tag.rpartition("}")[2] in ("f", "formula", "formula1", "formula2") and element.text:
            if characters(element.text) > 8_192:
                yield f"formula of {characters(element.text)}: {element.text[:40]}"
            yield from faults_of_formula(element.text)


def _validations(root: ElementTree.Element) -> Iterator[str]:
    for validation in root.iter(f"{MAIN}dataValidation"):
        source = validation.findtext(f"{MAIN}formula1") or ""
        if source.startswith('"') and characters(source) > 257:
            yield f"list of a validation of {characters(source) - 2} at {validation.get('sqref')}"
        for text, most in (("promptTitle", 32), ("prompt", 255), ("errorTitle", 32), ("error", 225)):
            if characters(validation.get(text, "")) > most:
                yield f"{text} of {characters(validation.get(text, ''))} at {validation.get('sqref')}"


def _links(package: Package, part: str, root: ElementTree.Element) -> Iterator[str]:
    links = list(root.iter(f"{MAIN}hyperlink"))
    if len(links) > _LINKS:
        yield f"{len(links)} links"
    relations = {relation.id: relation for relation in package.relations(part)}
    for relation in relations.values():
        bad = re.search(r'[ "<>\\]' if relation.target.startswith("#") else r'[ #"<>\\]', relation.target)
        if relation.type == "hyperlink" and (bad or len(relation.target) > 2_080):
            yield f"link target {relation.target!r}"
    sheets = {name.casefold() for name in package.sheets.values()}
    for link in links:
        location, key = link.get("location", ""), link.get(f"{REL}id")
        if key is not None and key not in relations:
            yield "a link without its relationship"
        if characters(link.get("tooltip", "")) > 255:
            yield f"tip of a link of {characters(link.get('tooltip', ''))} at {link.get('ref')}"
        if location and key is None and not _leads_somewhere(location, sheets, package.named):
            yield f"link to {location!r}, which is not there"


def _leads_somewhere(location: str, sheets: set[str], named: set[str]) -> bool:
    sheet, mark, reference = location.rpartition("!")
    if not mark:
        return location.casefold() in named or area(location) is not None
    if sheet.startswith("'") and sheet.endswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    return sheet.casefold() in sheets and (area(reference) is not None or reference.casefold() in named)


def _tables(
    package: Package, part: str, root: ElementTree.Element, cells: dict[str, str], merged: list[str]
) -> Iterator[str]:
    tables = [package.root(relation.target) for relation in package.relations(part) if relation.type == "table"]
    listed = root.findall(f"{MAIN}tableParts/{MAIN}tablePart")
    if len(listed) != len(tables):
        yield f"{len(listed)} tables listed, {len(tables)} related"
    yield from (f"tables overlap at {spot}" for spot in overlapping(table.get("ref", "") for table in tables))
    filtered = [element.get("ref", "") for element in root.findall(f"{MAIN}autoFilter")]
    for table in tables:
        yield from _table(table, cells, merged)
        for reference in filtered:
            if any(overlapping([reference, table.get("ref", "")])):
                yield f"a filter of the sheet over the table {table.get('displayName')}"


def _table(table: ElementTree.Element, cells: dict[str, str], merged: list[str]) -> Iterator[str]:
    name, covered = table.get("displayName", ""), area(table.get("ref", ""))
    if covered is None:
        yield f"table {name} over {table.get('ref')!r}"
        return
    if covered.bottom <= covered.top:
        yield f"table {name} without a row"
    columns = list(table.iter(f"{MAIN}tableColumn"))
    headings = [column.get("name", "") for column in columns]
    if len(headings) != covered.right - covered.left + 1:
        yield f"table {name}: {len(headings)} columns over {table.get('ref')}"
    if len({heading.casefold() for heading in headings}) < len(headings):
        yield f"table {name}: heading twice"
    for number, heading in enumerate(headings):
        shown = cells.get(f"{letters(covered.left + number)}{covered.top}")
        if shown != heading or not heading or characters(heading) > 255:
            yield f"table {name}: heading {heading!r} over {shown!r}"
    for formula in table.iter(f"{MAIN}calculatedColumnFormula"):
        yield from (f"table {name}: {fault}" for fault in faults_of_formula(formula.text or ""))
    for reference in merged:
        joined = area(reference)
        if joined is not None and joined.meets(covered):
            yield f"table {name}: merged cells {reference}"
