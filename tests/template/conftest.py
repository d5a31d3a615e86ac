"""The built-in rulebook's blank workbook, written once and opened as its readers open it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from perfbatch.rulebook.load import read_rulebook
from perfbatch.rulebook.model import Rulebook
from perfbatch.template import write_template


@pytest.fixture(scope="session")
def form_rulebook() -> Rulebook:
    return read_rulebook().rulebook


@pytest.fixture(scope="session")
def blank_path(form_rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "blank.xlsx"
    write_template(form_rulebook, path)
    return path


@pytest.fixture(scope="session")
def blank(blank_path: Path) -> Workbook:
    """With formulas. Shared: no test changes it."""
    return openpyxl.load_workbook(blank_path)


@pytest.fixture(scope="session")
def blank_values(blank_path: Path) -> Workbook:
    """With cached values in place of formulas. Shared: no test changes it."""
    return openpyxl.load_workbook(blank_path, data_only=True)
