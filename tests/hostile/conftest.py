"""Mutations of other formats are many: they are run where `-m` names them."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "mutations" in config.getoption("markexpr"):
        return
    left_out = [item for item in items if item.get_closest_marker("mutations")]
    items[:] = [item for item in items if not item.get_closest_marker("mutations")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
