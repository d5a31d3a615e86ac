"""The file: the same bytes every time, the committed copy, and faults of whoever asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfbatch.model.errors import OperatorFault
from perfbatch.rulebook.model import Rulebook
from perfbatch.template import template_name, write_blank, write_template
from tests.projects import project_rulebook
from tests.template.packages import parts

COMMITTED = Path(__file__).parents[2] / "workbook_templates"


def test_the_same_rulebook_gives_the_same_bytes(blank_path: Path, form_rulebook: Rulebook, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_template(form_rulebook, again)
    assert again.read_bytes() == blank_path.read_bytes()
    write_template(form_rulebook, again, units=11)
    assert again.read_bytes() != blank_path.read_bytes()


def test_the_committed_copy_is_what_is_written(blank_path: Path, form_rulebook: Rulebook) -> None:
    assert parts(COMMITTED / template_name(form_rulebook)) == parts(blank_path)


def test_so_is_that_of_the_project_form(tmp_path: Path) -> None:
    committed = COMMITTED / template_name(project_rulebook())
    assert parts(committed) == parts(write_blank(project_rulebook(), tmp_path))


def test_the_file_is_named_after_the_rulebook(form_rulebook: Rulebook, tmp_path: Path) -> None:
    path = write_blank(form_rulebook, tmp_path / "new" / "folder", units=1)
    assert path == tmp_path / "new" / "folder" / "yunxi-2020-blank.xlsx"
    assert [entry.name for entry in path.parent.iterdir()] == ["yunxi-2020-blank.xlsx"]


def test_a_folder_that_is_a_file_is_refused(form_rulebook: Rulebook, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    with pytest.raises(OperatorFault) as fault:
        write_blank(form_rulebook, taken)
    assert str(fault.value) == f"{taken}: cannot be made (File exists). Name a folder that can be written."


def test_a_path_that_cannot_be_written_is_refused_and_leaves_nothing(form_rulebook: Rulebook, tmp_path: Path) -> None:
    target = tmp_path / "blank.xlsx"
    target.mkdir()
    with pytest.raises(OperatorFault) as fault:
        write_template(form_rulebook, target)
    line = f"{target}: cannot be written (Is a directory). Close it where it is open, or name another folder."
    assert str(fault.value) == line
    assert [path.name for path in tmp_path.iterdir()] == ["blank.xlsx"]


def test_a_field_id_that_excel_takes_for_a_cell_is_refused(form_rulebook: Rulebook, tmp_path: Path) -> None:
    cover = form_rulebook.sections[1]
    card = cover.blocks[0]
    renamed = card.fields[0].model_copy(update={"id": "abc12"})  # type: ignore[union-attr]
    block = card.model_copy(update={"fields": (renamed, *card.fields[1:])})  # type: ignore[union-attr]
    sections = list(form_rulebook.sections)
    sections[1] = cover.model_copy(update={"blocks": (block,)})
    with pytest.warns(UserWarning, match="looks like a cell"), pytest.raises(OperatorFault) as fault:
        write_template(form_rulebook.model_copy(update={"sections": tuple(sections)}), tmp_path / "blank.xlsx")
    assert str(fault.value) == ("yunxi-2020: abc12: Excel takes it for a cell. Choose an id without such a number.")
