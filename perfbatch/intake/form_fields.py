"""What reading any workbook of one form takes: its fields in their order, and what their cells were found to mean before."""

from __future__ import annotations

from perfbatch.intake.named_places import FormPlaces
from perfbatch.intake.normalise import normalise, normalise_answer
from perfbatch.intake.plain_figures import PlainFigures
from perfbatch.intake.reading import Reading
from perfbatch.intake.scorecard_rows import ScorecardItems
from perfbatch.package.raw_cell import RawCell
from perfbatch.rulebook.model import FormField, Rulebook, SignatureBlock

__all__ = ["FormFields", "form_fields"]

# What most departments' cells say alike: ids, names, zeros, common figures; not their accounts of themselves.
_REMEMBERED, _LONGEST_REMEMBERED = 50_000, 100


class FormFields:
    """What reading any workbook of one form takes: made once, never changed by a workbook.

    `readings` remembers what a cell's content means to a field, for most departments' cells say the same; it hangs on nothing
    else of the workbook.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.readings: dict[tuple[object, ...], Reading] = {}
        # What short texts mean that stand in a field's cells alone, under its own heading, with the cell's number format.
        self.texts: dict[str, dict[tuple[str, str], Reading]] = {field.id: {} for field in rulebook.fields()}
        self._texts = 0
        # The ids of rows first: what an answer may be hangs on the id beside it.
        self.blocks = [
            (block, sorted(block.fields, key=lambda field: field.kind != "id"))
            for _, block in rulebook.blocks()
            if not isinstance(block, SignatureBlock)
        ]
        self.columns = rulebook.column_ids
        self.items = ScorecardItems(rulebook)
        self.item_id = self.items.identity.id if self.items.identity else ""
        self.places = FormPlaces(rulebook)
        self.figures = {field.id: PlainFigures.of(field, rulebook) for field in rulebook.fields()}
        # Fields that count cases: a word for nothing is a 0 there.
        self.cases = frozenset(field for indicator in rulebook.indicators for field in indicator.rule.none_is_zero_of())
        self.counted = frozenset(
            evidence_id
            for indicator in rulebook.indicators
            for evidence_id, question in indicator.questions
            if question.each is not None
        )

    def read(self, cell: RawCell, field: FormField, *, derived: bool, answer: str, heading: str = "") -> Reading:
        """Read a cell. `answer`: "" for a field's own kind, else how an evidence answer is read, `counted` or `ticked`;
        `heading`: the unit that the heading states instead of the field's own."""
        odd = cell.formula is not None or cell.struck or cell.raised
        if odd or (isinstance(cell.value, str) and len(cell.value) > _LONGEST_REMEMBERED):
            return self._read(cell, field, derived=derived, answer=answer, heading=heading)
        key = (field.id, answer, derived, heading, cell.kind, cell.value, cell.number_format, cell.date1904)
        reading = self.readings.get(key)
        if reading is None:
            if len(self.readings) >= _REMEMBERED:
                self.readings.clear()
            reading = self.readings[key] = self._read(cell, field, derived=derived, answer=answer, heading=heading)
        return reading

    def remember_text(self, field: FormField, text: str, number_format: str, reading: Reading) -> None:
        """Note in `texts` what a text was found to mean."""
        if len(text) <= _LONGEST_REMEMBERED:
            if self._texts >= _REMEMBERED:
                for texts in self.texts.values():
                    texts.clear()
                self._texts = 0
            self.texts[field.id][text, number_format] = reading
            self._texts += 1

    def _read(self, cell: RawCell, field: FormField, *, derived: bool, answer: str, heading: str) -> Reading:
        if answer:
            return normalise_answer(cell, field, self.rulebook, counted=answer == "counted")
        none_is_zero = field.id in self.cases
        return normalise(cell, field, self.rulebook, derived=derived, heading=heading, none_is_zero=none_is_zero)


# By identity: a rulebook is frozen, and hashing all of it costs as much as reading a workbook.
_forms: list[FormFields] = []
# More than a night has: what is read in turn must not push one another out.
_MOST_FORMS = 32


def form_fields(rulebook: Rulebook) -> FormFields:
    """What reading workbooks of the rulebook's form takes, the same for every workbook."""
    for form in _forms:
        if form.rulebook is rulebook:
            return form
    del _forms[: -_MOST_FORMS + 1]
    _forms.append(FormFields(rulebook))
    return _forms[-1]
