"""The figures that the hostile tests find out, at the end of the run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

_FIGURE = "figure: "


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str, object], None]:
    """Records a figure for the summary of the run (it travels with the test's report, so also from other processes)."""
    return lambda name, value: record_property(_FIGURE + name, str(value))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures."""
    found = [
        (name.removeprefix(_FIGURE), value)
        for report in terminalreporter.stats.get("passed", [])
        for name, value in report.user_properties
        if name.startswith(_FIGURE)
    ]
    if found:
        terminalreporter.section("hostile intake: figures")
    for name, value in found:
        terminalreporter.write_line(f"{name}: {value}")
