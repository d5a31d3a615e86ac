"""Every kind of workbook of ours is one that Excel opens without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.our_workbooks import KINDS
from tests.package_rules import faults


@pytest.mark.parametrize("kind", KINDS)
def test_excel_has_nothing_to_repair(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"{kind}.xlsx"
    KINDS[kind](path)
    assert faults(path) == []
