"""`rulebook new`: an overlay that lints, has the new year's titles, and points at what a bureau has to look at."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from perfbatch.model.errors import OperatorFault
from perfbatch.rulebook.load import load_rulebook
from perfbatch.rulebook.new_year import NewYear, write_overlay

NEW = NewYear(2026, "岳阳市君山区", "岳阳市君山区财政局", date(2027, 5, 31), "yunxi-2020")


def test_a_new_year_lints_and_says_its_own_year(tmp_path: Path) -> None:
    book = load_rulebook(write_overlay(NEW, tmp_path / "2026.toml")).rulebook
    assert (book.id, book.form_id, book.form_version, book.fiscal_year) == ("yunxi-2026", "yunxi", "2026", 2026)
    assert (book.district, book.issuer, book.deadline) == (NEW.district, NEW.issuer, NEW.deadline)
    assert book.title == "岳阳市君山区2026年度部门整体支出绩效评价自评报告"
    assert book.sections[1].title == "岳阳市君山区2026年度部门整体支出\n绩效评价自评报告"
    assert book.source == "岳阳市君山区2026年度部门整体支出绩效评价自评报告，附件2-1、附件3-1"


def test_what_rests_on_last_years_papers_is_pointed_at(tmp_path: Path) -> None:
    text = write_overlay(NEW, tmp_path / "2026.toml").read_text("utf-8")
    listed = [
        line.removeprefix("# [change.indicators.").rstrip("]")
        for line in text.splitlines()
        if line.startswith("# [change.indicators.")
    ]
    assert listed == [
        indicator.id
        for indicator in load_rulebook().rulebook.indicators
        if "2020" in indicator.standard or "云溪" in indicator.standard
    ]
    assert "岳云发〔2020〕7号" in text


def test_the_next_year_goes_on_from_this_one(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    first = write_overlay(NEW, tmp_path / "rules" / "2026.toml")
    later = NEW._replace(year=2027, deadline=date(2028, 5, 31), base=str(first))
    second = write_overlay(later, tmp_path / "2027.toml")
    assert 'extends = "rules/2026.toml"' in second.read_text("utf-8")
    loaded = load_rulebook(second)
    assert loaded.rulebook.title == "岳阳市君山区2027年度部门整体支出绩效评价自评报告"
    assert [Path(source).name for source in loaded.sources] == ["yunxi_2020.toml", "2026.toml", "2027.toml"]


def test_the_same_bureau_says_only_what_is_new(tmp_path: Path) -> None:
    base = load_rulebook().rulebook
    same = NewYear(2021, base.district, base.issuer, date(2022, 7, 31), "yunxi-2020", "our-2021")
    book = load_rulebook(write_overlay(same, tmp_path / "2021.toml")).rulebook
    assert (book.id, book.district, book.issuer) == ("our-2021", base.district, base.issuer)


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OperatorFault, match="is there already"):
        write_overlay(NEW, path)
    assert path.read_text("utf-8") == "mine"
    write_overlay(NEW, path, force=True)
    assert load_rulebook(path).rulebook.fiscal_year == 2026


@pytest.mark.parametrize(
    ("new", "line"),
    [
        (NEW._replace(deadline=date(2026, 12, 30)), "--deadline: 2026-12-30 lies before the end of 2026"),
        (NEW._replace(base="nothing"), "is neither a file nor the id of a built-in rulebook"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(new: NewYear, line: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorFault, match=line):
        write_overlay(new, tmp_path / "new.toml")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OperatorFault, match="cannot be written"):
        write_overlay(NEW, tmp_path / "none" / "new.toml")
