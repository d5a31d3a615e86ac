"""What `rulebook lint` says of indicators that departments write row by row, and of fields required under a condition."""

from __future__ import annotations

from pathlib import Path

import pytest

import perfbatch.rulebook.load
from perfbatch.rulebook.checks import required_checks
from perfbatch.rulebook.exporting import export_rules
from perfbatch.rulebook.load import RulebookFault, load_rulebook, read_rulebook
from perfbatch.rulebook.toml_text import rulebook_toml
from tests.projects import project_rulebook

TEXT = (Path(perfbatch.rulebook.load.__file__).parent / "xiangmu_2023.toml").read_text("utf-8")
FAULTS = {
    "a table that is not there": (
        'rows = "indicators"',
        'rows = "indicator"',
        "indicator_rows row, rows: the form has no table of rows called indicator; the nearest is indicators",
    ),
    "a column that is not there": (
        'name = "name"\nmax',
        'name = "nam"\nmax',
        "indicator_rows row, name: the table has no column nam; the nearest is name",
    ),
    "points that are no number": (
        'max = "max"\nself',
        'max = "name"\nself',
        "indicator_rows row, max: name holds no numbers",
    ),
    "a group by a number": (
        'by = "level1"',
        'by = "target"',
        "indicator_rows row, group.by: target holds numbers; name a column of texts",
    ),
    "a group that there is not": (
        '"产出指标" = "output"',
        '"产出指标" = "outputs"',
        "indicator_rows row, group.map: nothing is called outputs; the nearest is output",
    ),
    "a heading that is no choice": (
        '"产出指标" = "output"',
        '"产出" = "output"',
        "indicator_rows row, group.map: 产出 is no choice of level1; the nearest is 产出指标",
    ),
    "a choice of no group": (
        ', "满意度指标" = "approval"',
        "",
        "indicator_rows row, group.map: says nothing of 满意度指标; name its group",
    ),
    "a group without points": (
        'group = "execution"\nsubgroup = "预算执行率"\npoints = 10',
        'group = "approval"\nsubgroup = "预算执行率"\npoints = 10',
        "indicator_rows row, group.map: the group approval has no points left for its rows",
    ),
    "a condition of another table": (
        'filled = "filled(name)"',
        'filled = "filled(project_name)"',
        "indicator_rows row, filled, column 8: no field 'project_name' in the scope row",
    ),
    "points that are no number at all": (
        'points = "max * target / actual" },\n    { when = "sense == \'＝\'',
        'points = "name" },\n    { when = "sense == \'＝\'',
        "indicator_rows row, cases[4].points, column 1: a number is wanted, this is a text",
    ),
    "a case that does nothing": (
        ", range = [80, 100] }",
        " }",
        "indicator_rows row, cases[1]: gives points, or a range, or says not_applicable: one of them",
    ),
    "a case that does two things": (
        "range = [80, 100] }",
        'range = [80, 100], points = "max" }',
        "indicator_rows row, cases[1]: gives points, or a range, or says not_applicable: one of them",
    ),
    "a range the wrong way round": (
        "range = [80, 100]",
        "range = [100, 80]",
        "indicator_rows row, cases[1].range: its first end is larger than its second",
    ),
    "a condition to fill in that names nothing": (
        'kind = "score", required_when = "filled(name)" },\n    { id = "self"',
        'kind = "score", required_when = "filled(nam)" },\n    { id = "self"',
        "field max, required_when, column 8: no field 'nam' in the scope row",
    ),
}


@pytest.mark.parametrize(("old", "new", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in TEXT
    path = tmp_path / "projects.toml"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(RulebookFault) as refused:
        load_rulebook(path)
    assert any(line.partition(": ")[2].startswith(fault) for line in refused.value.faults), refused.value.faults


def test_each_group_is_an_indicator_that_the_rulebook_makes_itself() -> None:
    book = project_rulebook()
    made = {indicator.id: (indicator.name, indicator.group, int(indicator.points)) for indicator in book.indicators}
    assert made == {
        "execution_rate": ("预算执行率", "execution", 10),
        "row_output": ("产出指标", "output", 50),
        "row_benefit": ("效益指标", "benefit", 30),
        "row_approval": ("满意度指标", "approval", 10),
    }
    assert book.score_places.own_fields == {
        "execution_rate": "fund_total_score",
        "row_output": "self",
        "row_benefit": "self",
        "row_approval": "self",
    }


def test_it_is_written_and_read_back(tmp_path: Path) -> None:
    whole, workbook = tmp_path / "whole.toml", tmp_path / "rules.xlsx"
    whole.write_text(rulebook_toml(project_rulebook()), encoding="utf-8")
    assert read_rulebook(whole).rulebook == project_rulebook()
    export_rules("xiangmu-2023", workbook, workbook)
    assert read_rulebook(workbook).rulebook == project_rulebook()


def test_what_must_be_filled_is_a_check_of_its_own() -> None:
    checks = {check.id: (check.code, check.table, check.when) for check in required_checks(project_rulebook())}
    assert checks == {
        "C07.max": ("C07", "indicators", "filled(name)"),
        "C07.self": ("C07", "indicators", "filled(name)"),
    }
