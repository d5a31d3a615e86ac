"""A rulebook written as a workbook loads as the same rulebook, overlays included, and after a save by LibreOffice."""

from __future__ import annotations

import subprocess
from pathlib import Path

import openpyxl
import pytest

from perfbatch.rulebook.exporting import export_rules
from perfbatch.rulebook.load import built_in_ids, load_rulebook
from perfbatch.rulebook.workbook.cells import EMPTY
from tests.rulebook.workbook.editing import edited, exported

OVERLAYS = sorted((Path(__file__).parents[1] / "overlays").glob("*.toml"))
SHIPPED = [*built_in_ids(), *map(str, OVERLAYS)]


@pytest.mark.parametrize("source", SHIPPED, ids=lambda source: Path(source).stem)
def test_equal_as_models(source: str, tmp_path: Path) -> None:
    path = exported(tmp_path, source)
    written, loaded = load_rulebook(source), load_rulebook(path)
    assert loaded.rulebook == written.rulebook
    assert loaded.sha256 == written.sha256


@pytest.mark.parametrize("source", list(map(str, OVERLAYS)), ids=lambda source: Path(source).stem)
def test_an_overlay_is_its_changes_and_in_full_the_same_rulebook(source: str, tmp_path: Path) -> None:
    path = exported(tmp_path, source)
    assert openpyxl.load_workbook(path).sheetnames == ["使用说明", "规则", "变更"]
    assert load_rulebook(path).rulebook.lineage.changes == load_rulebook(source).rulebook.lineage.changes
    full = tmp_path / "full.xlsx"
    export_rules(path, full, full, resolved=True)
    assert load_rulebook(full).rulebook == load_rulebook(source).rulebook


def test_an_overlay_on_a_workbook(tmp_path: Path) -> None:
    base = exported(tmp_path)
    overlay = tmp_path / "next.toml"
    overlay.write_text('extends = "rules.xlsx"\n[meta]\nid = "next"\n', encoding="utf-8")
    moved = tmp_path / "elsewhere" / "next.xlsx"
    moved.parent.mkdir()
    export_rules(overlay, moved, moved)
    assert load_rulebook(moved).rulebook == load_rulebook(overlay).rulebook
    assert load_rulebook(moved).sources[0].endswith(base.name)


@pytest.mark.libreoffice
@pytest.mark.parametrize("source", SHIPPED, ids=lambda source: Path(source).stem)
def test_after_a_save_by_libreoffice(source: str, tmp_path: Path) -> None:
    path = exported(tmp_path, source)
    home, saved = tmp_path / "home", tmp_path / "saved"
    subprocess.run(
        f"soffice -env:UserInstallation=file://{home} --headless --convert-to xlsx --outdir {saved} {path}".split(),
        check=True,
        capture_output=True,
        timeout=300,
    )
    assert load_rulebook(saved / path.name).rulebook == load_rulebook(source).rulebook


def test_the_same_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.xlsx", "b.xlsx")]
    for path in paths:
        export_rules(None, path, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_not_set_and_set_to_nothing_differ(tmp_path: Path) -> None:
    """分母为零的说明 has a default: a blank cell keeps it, 「无」 sets it to no text."""
    row = {"代码": "three_public_change_rate"}
    blank = edited(exported(tmp_path), ("指标", row, "分母为零的说明", None))
    empty = edited(exported(tmp_path), ("指标", row, "分母为零的说明", EMPTY), name="empty.xlsx")
    indicators = [load_rulebook(path).rulebook.indicator_by_id[row["代码"]] for path in (blank, empty)]
    assert [indicator.over_zero for indicator in indicators] == ["有支出无预算", ""]


@pytest.mark.parametrize("typed", [90, "90%", "９０％", (0.9, "0%")], ids=str)
def test_ninety_percent_however_it_is_typed(typed: object, tmp_path: Path) -> None:
    bands = {"所属指标": "satisfaction", "行别": "分段"}
    path = edited(
        exported(tmp_path),
        ("计分", {**bands, "下限": 95}, "下限", typed),
        ("计分", {**bands, "上限（不含）": 95}, "上限（不含）", typed),
    )
    loaded = load_rulebook(path)
    rule = loaded.rulebook.indicator_by_id["satisfaction"].rule
    assert [band.minimum for band in rule.bands][:2] == [90, 85]  # type: ignore[union-attr]
    assert loaded.sha256 != load_rulebook(None).sha256
    assert [(change.table, change.id, change.key) for change in loaded.rulebook.lineage.changes] == [
        ("indicators", "satisfaction", "rule")
    ]


def test_a_name_stands_for_an_id(tmp_path: Path) -> None:
    path = edited(
        exported(tmp_path),
        ("指标", {"代码": "staff_control_rate"}, "计算方法", "实有人数 / 人员编制"),
        ("指标", {"代码": "staff_control_rate"}, "一级指标", "投入"),
        ("计分", {"所属指标": "payment_progress"}, "计数栏目", "未按进度下达的专项数（个）"),
    )
    assert load_rulebook(path).rulebook == load_rulebook(None).rulebook
