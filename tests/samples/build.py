"""From the tables to the files of the sample inbox."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import rows_from_range
from openpyxl.workbook import Workbook

from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.model import Rulebook
from perfbatch.template import DEFAULT_UNITS, STAMP_SHEET, write_template
from tests.samples.faults import ENCRYPTION_PASSWORD, SAMPLES, Finish, Sample, SumBelow
from tests.samples.office import calculate, save_as_excel_97
from tests.samples.packages import decrypt, encrypt, excel_97_content, put_stored_results, steady, truncate
from tests.samples.typing_in import figures_of

__all__ = ["RECEIVED", "build", "cell_places"]

RECEIVED = 1_626_739_200_000_000_000  # 2021-07-20: one age for all, as in a fresh copy


def build(inbox: Path, samples: Sequence[Sample] = SAMPLES) -> list[Path]:
    """Write the files into the inbox and return their paths; files whose content stays the same keep their bytes, and so do
    those that were filled on an earlier revision of the form."""
    rulebook = read_rulebook().rulebook
    samples = [sample for sample in samples if sample.revision is None]
    with tempfile.TemporaryDirectory() as folder:
        filled, calculated = Path(folder, "filled"), Path(folder, "calculated")
        filled.mkdir()
        places = {
            number: _fill(sample, rulebook, filled / f"{number:02}.xlsx")
            for number, sample in enumerate(samples)
            if sample.budget_code
        }
        calculate(sorted(filled.iterdir()), calculated)
        written = []
        for number, sample in enumerate(samples):
            path = inbox / sample.path
            path.parent.mkdir(parents=True, exist_ok=True)
            content = _finished(sample, places.get(number, {}), calculated / f"{number:02}.xlsx", path)
            path.write_bytes(content)
            os.utime(path, ns=(RECEIVED, RECEIVED))
            written.append(path)
    return written


_Places = dict[tuple[str, int], tuple[str, str]]


def _fill(sample: Sample, rulebook: Rulebook, path: Path) -> _Places:
    """Fill a blank form; returns (field id, row) → (sheet, cell)."""
    figures = figures_of(sample.budget_code, rulebook)
    write_template(rulebook, path, units=max(DEFAULT_UNITS, len(figures["entity_name"]) - 2))
    workbook = load_workbook(path)
    places = dict(cell_places(workbook))
    for place, value in _typed(sample, figures):
        sheet, cell = places[place]
        workbook[sheet][cell] = _formula(place, value, places) if isinstance(value, SumBelow) else value
    if sample.form_version:
        workbook[STAMP_SHEET]["B2"] = sample.form_version
    workbook.save(path)
    return places


def _typed(sample: Sample, figures: dict[str, Any]) -> Iterator[tuple[tuple[str, int], Any]]:
    for field, column in figures.items():
        for row, value in enumerate(column if isinstance(column, list) else [column]):
            typed = sample.typed.get((field, row), value)
            if typed is not None:
                yield (field, row), typed


def _formula(place: tuple[str, int], below: SumBelow, places: _Places) -> str:
    field, row = place
    first, last = places[field, row + 1][1], places[field, row + below.rows][1]
    return f"=SUM({first}:{last})"


def cell_places(workbook: Workbook) -> Iterator[tuple[tuple[str, int], tuple[str, str]]]:
    """(field id, row) and (sheet, cell) of every input cell of a form."""
    for name, defined in workbook.defined_names.items():
        for sheet, block in defined.destinations:
            for row, (cell, *_) in enumerate(rows_from_range(block.replace("$", ""))):
                yield (name, row), (sheet, cell)


def _finished(sample: Sample, places: _Places, calculated: Path, shipped: Path) -> bytes:
    if sample.finish is Finish.TEXT:
        return sample.text.encode("utf-8")
    if sample.finish is Finish.EXCEL_97:
        saved = save_as_excel_97(calculated, calculated.parent).read_bytes()
        return _unless_the_same(saved, shipped, excel_97_content)
    stored = {places[place]: value.stored for place, value in sample.typed.items() if isinstance(value, SumBelow)}
    package = steady(put_stored_results(calculated.read_bytes(), stored))
    if sample.finish is Finish.TRUNCATED:
        return truncate(package)
    if sample.finish is Finish.ENCRYPTED:
        return _unless_the_same(
            encrypt(package, ENCRYPTION_PASSWORD), shipped, lambda content: decrypt(content, ENCRYPTION_PASSWORD)
        )
    return package


def _unless_the_same(made: bytes, shipped: Path, content_of: Callable[[bytes], bytes]) -> bytes:
    """What is shipped, where it says the same: a salt and the hour of saving differ each time."""
    if shipped.is_file() and content_of(shipped.read_bytes()) == content_of(made):
        return shipped.read_bytes()
    return made
