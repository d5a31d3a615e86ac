"""The form changes, and its earlier revisions stay known: where every field of each stands, to the cell."""

from __future__ import annotations

import pytest

from perfbatch.rulebook.model import Rulebook
from perfbatch.template import lay_out
from perfbatch.template.grid import cell_name
from tests.workbooks import earlier_form, places


def _laid_out(rulebook: Rulebook) -> dict[str, list[tuple[str, str]]]:
    layout = lay_out(rulebook, 10)
    return {
        field: [
            (place.where.sheet, cell_name(place.where.top + row, place.where.left)) for row in range(len(place.cells))
        ]
        for field, place in layout.places.items()
    }


@pytest.mark.parametrize("revision", [1, 2])
def test_the_layout_of_an_earlier_revision_is_that_of_the_form_sent_out_then(
    form_rulebook: Rulebook, revision: int
) -> None:
    sent = {name: cells for name, cells in places(earlier_form(revision)).items() if not name.startswith("_")}
    assert _laid_out(form_rulebook.as_of(revision)) == sent


def test_old_cells_keep_their_places(form_rulebook: Rulebook) -> None:
    now = _laid_out(form_rulebook)
    for revision in range(1, form_rulebook.revision):
        before = _laid_out(form_rulebook.as_of(revision))
        assert {field: now[field] for field in before} == before
        assert now.keys() - before.keys()


def test_the_new_field_stands_last_on_its_sheet(form_rulebook: Rulebook) -> None:
    ((sheet, cell),) = _laid_out(form_rulebook)["project_budget"]
    rows = [
        place.where.bottom
        for field, place in lay_out(form_rulebook, 10).places.items()
        if place.where.sheet == sheet and field != "project_budget"
    ]
    assert sheet == "基础数据表"
    assert int(cell.strip("ABCD")) > max(rows) + 1
