"""The phases of a night: their times, and what whoever watches is told."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path

import jsonschema
import pytest

from perfbatch.model.phases import Phases
from perfbatch.publishing import NightPlan, run_night
from perfbatch.report.report import report_schema
from perfbatch.rulebook.load import LoadedRulebook
from tests.conftest import Lay, workbook


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second passes with every look at it."""
    ticks = itertools.count()
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(ticks)))


@pytest.mark.usefixtures("clock")
def test_a_phase_lasts_until_the_next_one_begins() -> None:
    phases = Phases()
    assert phases.seconds() == []
    phases.begin("walk")
    phases.begin("read", 3)
    phases.reach(3)
    assert phases.seconds() == [("walk", 1.0), ("read", 1.0)]
    # The last one is still running.
    assert phases.seconds() == [("walk", 1.0), ("read", 2.0)]


def test_whoever_watches_is_told_every_step() -> None:
    steps: list[tuple[str, int, int]] = []
    phases = Phases(lambda *step: steps.append(step))
    phases.reach(1)
    phases.begin("read", 3)
    phases.reach(2)
    phases.advance()
    phases.begin("publish")
    phases.expect(2)
    phases.advance()
    assert steps == [
        ("read", 0, 3),
        ("read", 2, 3),
        ("read", 3, 3),
        ("publish", 0, 0),
        ("publish", 0, 2),
        ("publish", 1, 2),
    ]


def test_a_night_reports_its_phases_in_order_and_tells_them(inbox: Lay, tmp_path: Path, loaded: LoadedRulebook) -> None:
    steps: list[tuple[str, int, int]] = []
    folder = inbox({"1.xlsx": workbook(), "2.xlsx": workbook(budget_code="900002", on_post_staff=27), "3.txt": b"x"})
    _, outputs = run_night(NightPlan(folder, tmp_path / "out", loaded, watch=lambda *step: steps.append(step)))
    report = json.loads((tmp_path / "out" / "run-report.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(report_schema()).validate(report)
    assert [phase["phase"] for phase in report["phases"]] == ["walk", "read", "check", "publish"]
    assert all(isinstance(phase["seconds"], float) and phase["seconds"] >= 0 for phase in report["phases"])
    # The report itself is in no figure.
    assert outputs[-1] == "run-report.json"
    written = len(outputs) - 1
    assert list(dict.fromkeys(phase for phase, _, _ in steps)) == ["walk", "read", "check", "publish"]
    assert [step for step in steps if step[2]] == [
        ("read", 0, 3),
        ("read", 3, 3),
        *(("publish", done, written) for done in range(written + 1)),
    ]
