"""`perfbatch history export`: the record as tables that other programs read."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from perfbatch.cli import main
from perfbatch.history.exporting import EXPORTED, export_history
from perfbatch.history.record import HISTORY_NAME, write_history
from perfbatch.model.errors import OperatorFault
from perfbatch.model.submission import InboxEntry
from tests.cases.clean import changed
from tests.history.test_recorded_runs import night


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    """Of one night: a department with a finding whose name a spreadsheet would take for a formula, and a file set aside."""
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    result = night([changed({"revenue_total": ["5.00"], "unit_name": "=1+1"}, code="0012")], "run-1", hour=1)
    aside = InboxEntry("-坏.xlsx", 1, "ab", 0, "set_aside", "F03")
    write_history(None, replace(result, entries=(*result.entries, aside)), outbox / HISTORY_NAME)
    return outbox


def _tables(folder: Path) -> Mapping[str, list[dict[str, str]]]:
    tables = {}
    for name in EXPORTED:
        content = (folder / f"{name}.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        tables[name] = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    return tables


def test_csv(outbox: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    written = export_history(outbox / HISTORY_NAME, folder)
    assert [path.name for path in written] == [f"{name}.csv" for name in EXPORTED]
    tables = _tables(folder)
    assert [list(rows[0]) for rows in tables.values()] == [list(columns) for columns in EXPORTED.values()]
    (run,), (department,) = tables["runs"], tables["departments"]
    assert (run["run_id"], run["rulebook"], run["fiscal_year"], run["departments"]) == (
        "run-1",
        "yunxi-2020",
        "2020",
        "1",
    )
    # What a spreadsheet would calculate is a text; a code keeps its zeros.
    assert (department["entity"], department["name"], department["rank"]) == ("0012", "'=1+1", "1")
    assert department["verified_total"].count(".") == 1
    assert {row["path"]: row["code"] for row in tables["entries"] if row["code"]} == {
        "'-坏.xlsx": "F03",
        "加密.xlsx": "F02",
    }
    assert len(tables["findings"]) == int(run["findings"]) > 0
    figures = {row["field"]: row["value"] for row in tables["figures"] if row["entity"] == "0012"}
    assert figures["revenue_total"] == "5.00"


def test_a_negative_figure_is_no_formula(tmp_path: Path) -> None:
    result = night([changed({"balance_cumulative": ["-7.25"]})], "run-1", hour=1)
    write_history(None, result, tmp_path / HISTORY_NAME)
    export_history(tmp_path / HISTORY_NAME, tmp_path)
    assert "-7.25" in {row["value"] for row in _tables(tmp_path)["figures"] if row["field"] == "balance_cumulative"}


def test_parquet(outbox: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
    import pandas as pd

    export_history(outbox / HISTORY_NAME, tmp_path, parquet=True)
    department = pd.read_parquet(tmp_path / "departments.parquet")
    assert list(department.columns) == list(EXPORTED["departments"])
    assert department["name"].to_list() == ["=1+1"]
    assert department["rank"].to_list() == [1]


def test_parquet_without_its_extra(outbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(OperatorFault) as refused:
        export_history(outbox / HISTORY_NAME, tmp_path, parquet=True)
    assert str(refused.value) == (
        "--parquet: pyarrow is not installed. Install it with `pip install 'perfbatch[parquet]'`, or take CSV."
    )


def test_without_a_history(tmp_path: Path) -> None:
    with pytest.raises(OperatorFault) as refused:
        export_history(tmp_path / HISTORY_NAME, tmp_path)
    assert str(refused.value) == f"{tmp_path / HISTORY_NAME}: is not there. Name the outbox of a night with --outbox."


def test_the_command_writes_over_nothing_unasked(
    outbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "表"
    given = ["history", "export", "--output", str(folder), "--outbox", str(outbox), "--lang", "en"]
    with pytest.raises(SystemExit) as ended:
        main(given)
    assert ended.value.code in (0, None)
    assert capsys.readouterr().out.splitlines()[:5] == [f"Wrote {folder / f'{name}.csv'}" for name in EXPORTED]
    (folder / "runs.csv").write_text("mine")
    with pytest.raises(SystemExit) as refused:
        main(given)
    assert refused.value.code == 2
    assert (folder / "runs.csv").read_text() == "mine"
    with pytest.raises(SystemExit):
        main([*given, "--force"])
    assert (folder / "runs.csv").read_text() != "mine"
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{name}.csv" for name in EXPORTED)
