"""A night that went well, for every fault to begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import lay, workbook
from tests.faults.nights import copied, forked


@pytest.fixture(scope="session")
def good_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an inbox of two departments, of which one gets a notice, and the outbox of a night."""
    folder = tmp_path_factory.mktemp("good")
    (folder / "inbox").mkdir()
    wrong = workbook(budget_code="900002", unit_name="云溪区二局", general_budget_appropriation=[470, 470])
    lay(folder / "inbox", {"a.xlsx": workbook(), "b.xlsx": wrong})
    night = forked("run", folder=folder)
    assert (night.code, night.err) == (0, "")
    return folder


@pytest.fixture
def folder(good_night: Path, tmp_path: Path) -> Path:
    """The same, to be spoilt."""
    return copied(good_night, tmp_path / "night")
