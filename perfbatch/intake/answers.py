"""What reading files gave, on its way from a reading process or from last night: as a message, and looked at on arrival.

Whoever takes an answer believes nothing of it but that it is data. It is held against the form's fields and the program's codes,
value by value: what no reader of ours says is `Garbled`. So nothing that comes after has to expect a text where a number belongs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from perfbatch.isolated.worker import TooLarge
from perfbatch.kept.deflating import deflated, inflated
from perfbatch.model.bundle import DATE, NUMBER, STATE_BITS, TEXT, Bundle, BundleColumns, CellLayout, bundled, unbundled
from perfbatch.model.catalogue import CATALOGUE, SET_ASIDE
from perfbatch.model.message import Garbled, packed, unpacked
from perfbatch.model.plain import shape_of
from perfbatch.model.submission import State, Submission
from perfbatch.rulebook.forms import Forms, forms_of
from perfbatch.rulebook.model import Rulebook, SignatureBlock
from perfbatch.rulebook.names import NUMERIC_KINDS

__all__ = ["AnswerForm", "Read", "moved", "packed_reads", "reads_in"]

_SHA256 = re.compile(r"[0-9a-f]{64}|")
_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
# 10^12 of any unit: what the reader takes for a figure at most.
_LARGEST = 10**18
_MOST_LAYOUTS = 10_000
_NUMBERS, _TEXTS, _DATES = 1 << NUMBER, 1 << TEXT, 1 << DATE


@dataclass(frozen=True, slots=True)
class Read:
    """What reading one entry gave: a submission, or the F-code and detail with which it is set aside. `what` beside a
    submission is what to tell of the file (its macros). `fault` is the program's own: the kind of exception and where it
    was raised, line by line, without a word of what the file says. `rulebook`: the id of the one whose form the workbook is, ""
    where nobody could tell."""

    sha256: str
    submission: Submission | None
    code: str = ""
    what: str = ""
    fault: str = ""
    rulebook: str = ""
    origin: tuple[bytes, int] | None = field(default=None, compare=False, repr=False)
    """The answer that it stands in, as it came, and at which place; None where it came in none."""


_READ = shape_of(Read, without=("submission", "origin"))


def packed_reads(reads: Sequence[Read], most: int) -> bytes:
    """A message of what reading gave, of up to `most` bytes, deflated. Raises `TooLarge`."""
    submissions = [read.submission for read in reads if read.submission is not None]
    head, buffers = bundled(submissions)
    head["reads"] = [[*_READ.write(read), read.submission is not None] for read in reads]
    try:
        message = packed(head, buffers)
    except Garbled:
        raise TooLarge from None
    if len(message) > most:
        raise TooLarge
    return deflated(message)


class AnswerForm:
    """What answers about workbooks of some forms may say."""

    def __init__(self, forms: Forms) -> None:
        self.of = {rulebook.id: _FormAnswers(rulebook) for rulebook in forms_of(forms)}
        """Rulebook id → what answers about workbooks of its form may say."""


class _FormAnswers:
    """What answers about workbooks of one form may say."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.kinds: dict[str, int] = {}
        """Field id → what the values of its cells may be, a bit for each."""
        for _, block in rulebook.blocks():
            if not isinstance(block, SignatureBlock):
                answers = block.layout == "evidence"
                for field in block.fields:
                    self.kinds[field.id] = _kinds(field.kind, counted=answers and field.kind == "choice")
        self.kinds |= {field.id: _kinds(field.kind) for field in rulebook.fields() if field.id not in self.kinds}
        self.allowed: dict[CellLayout, bytes] = {}
        """CellLayout → what the values of each of its cells may be; filled as layouts are met."""
        self.codes: Collection[str] = CATALOGUE.keys() | {check.code for check in rulebook.checks}


def _kinds(kind: str, *, counted: bool = False) -> int:
    """Yes or no is a text, and the answer in a row where cases are counted a number."""
    if kind in NUMERIC_KINDS:
        return _NUMBERS
    return _DATES if kind == "date" else _TEXTS | (_NUMBERS if counted else 0)


def reads_in(answer: bytes, form: AnswerForm, most: int, paths: Sequence[str] | None = None) -> list[Read]:
    """The reads of a message of up to `most` bytes, checked. Raises `Garbled` for whatever no reader says of a workbook of these
    forms; and, where `paths` of files are given, unless these are readings of the first of them, one for each and in this order.
    Where none are given, workbooks of other forms may be among them: what is said of those is not looked at."""
    head, buffers = unpacked(inflated(answer, most))
    if not isinstance(head, Mapping) or not isinstance(head.get("reads"), list):
        raise Garbled("no reads")
    submissions = unbundled(head, buffers, lambda: unpacked(inflated(answer, most))[1])
    reads, waiting = list[Read](), iter(submissions)
    for plain in head["reads"]:
        if not isinstance(plain, list) or not plain or not isinstance(plain[-1], bool):
            raise Garbled("no read")
        submission = next(waiting, None) if plain[-1] else None
        if plain[-1] and submission is None:
            raise Garbled("a submission too few")
        reads.append(_READ.read(plain[:-1], submission=submission, origin=(answer, len(reads))))
    if next(waiting, None) is not None:
        raise Garbled("a submission too many")
    for number, read in enumerate(reads):
        if paths is not None or read.rulebook in form.of or not read.rulebook:
            _check(read, form, paths[number] if paths is not None and number < len(paths) else None)
    if submissions:
        columns = submissions[0].columns
        assert isinstance(columns, BundleColumns)
        _check_cells(columns.bundle, [form.of.get(read.rulebook) for read in reads if read.submission is not None])
        # The answer is kept for the next night as it came: what stands in it need not be held twice.
        columns.bundle.let_go()
    if paths is not None and not 0 < len(reads) <= len(paths):
        raise Garbled("another number of files")
    return reads


def _check(read: Read, form: AnswerForm, path: str | None) -> None:
    submission = read.submission
    if not _SHA256.fullmatch(read.sha256) or (read.code in SET_ASIDE) != (submission is None):
        raise Garbled("neither a submission nor a code")
    if read.rulebook not in form.of and (read.rulebook or submission is not None):
        raise Garbled("a workbook of no form of tonight")
    if submission is None:
        return
    its = form.of[read.rulebook]
    if read.code or not read.sha256 or path not in (None, submission.file):
        raise Garbled("the reading of another file")
    for finding in submission.findings:
        if finding.file != submission.file or finding.code not in its.codes:
            raise Garbled("a finding on another file, or of no known code")
        if finding.field not in its.kinds and finding.field != "":
            raise Garbled("a finding on a field that the form has not")
        if finding.cell and not _CELL.fullmatch(finding.cell):
            raise Garbled("a finding at no cell")


def _check_cells(bundle: Bundle, forms: Sequence[_FormAnswers | None]) -> None:
    """Every mark, value and step at once, by whole columns. `forms`: of each workbook the one whose it is, None for others."""
    import numpy as np

    cells = bundle.cells
    marks = np.frombuffer(cells.marks, np.uint8)
    values = np.frombuffer(cells.values, np.int64)
    step_of = np.asarray(cells.step_of)
    allowed = [_allowed(bundle.layouts[number], form) for number, form in zip(bundle.layout_of, forms, strict=True)]
    kinds = np.frombuffer(b"".join(allowed), np.uint8)
    state, kind = marks & ((1 << STATE_BITS) - 1), marks >> STATE_BITS
    filled = state == State.FILLED
    least = np.array([-_LARGEST, 0, date.min.toordinal()])
    most = np.array([_LARGEST, len(cells.texts) - 1, date.max.toordinal()])
    if (
        (kind > DATE).any()
        or (kind[~filled] != 0).any()
        or (values[~filled] != 0).any()
        or ((kinds[filled] >> kind[filled]) & 1 == 0).any()
        or (values[filled] < least[kind[filled]]).any()
        or (values[filled] > most[kind[filled]]).any()
        or (step_of >= len(cells.steps)).any()
        or (step_of[kind != NUMBER] != 0).any()
        or any(step > _LARGEST for step in cells.steps)
        or cells.steps[:1] != (0,)
    ):
        raise Garbled("a cell that says what no cell of its field can say")


def _allowed(layout: CellLayout, form: _FormAnswers | None) -> bytes:
    """What each cell of a layout may be."""
    if form is None:
        return bytes([_NUMBERS | _TEXTS | _DATES]) * layout.size
    known = form.allowed.get(layout)
    if known is not None:
        return known
    allowed = bytearray()
    for name, sheet, cells, rows in layout.places:
        kinds = form.kinds.get(name)
        names = cells.split(" ") if cells else []
        # A unit without a row in this table has no cell there; cells are always on a sheet.
        if kinds is None or not all(not cell or _CELL.fullmatch(cell) for cell in names) or (names and not sheet):
            raise Garbled("a field, or a cell, that there is none of")
        allowed += bytes([kinds]) * rows
    if len(form.allowed) < _MOST_LAYOUTS:
        form.allowed[layout] = bytes(allowed)
    return bytes(allowed)


def moved(read: Read, path: str) -> Read:
    """The reading of the same content under another path."""
    submission = read.submission
    if submission is None or submission.file == path:
        return read
    findings = tuple(replace(finding, file=path) for finding in submission.findings)
    return replace(read, submission=replace(submission, file=path, findings=findings))
