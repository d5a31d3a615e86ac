"""`perfbatch rulebook export`: a rulebook written as a workbook that loads as the same rulebook."""

from __future__ import annotations

import os
from pathlib import Path

from perfbatch.rulebook.load import BUILT_IN_ID, built_in_ids, load_rulebook, read_resolved, read_written
from perfbatch.rulebook.workbook.writing import write_rules

__all__ = ["export_rules"]


def export_rules(source: Path | str | None, aside: Path, output: Path, *, resolved: bool = False) -> None:
    """Write the rulebook of a file or id into `aside`, which will be put at `output`: an overlay as its changes, any other in full;
    with `resolved` in full. Raises `RulebookFault`, and `OSError` where it cannot be written."""
    name = str(source) if source is not None else BUILT_IN_ID
    loaded = load_rulebook(name)
    data = read_resolved(name) if resolved else read_written(name)
    if "extends" in data and data["extends"] not in built_in_ids():
        # The overlay finds its base from where it lies itself.
        base = Path(loaded.sources[-2])
        data = {**data, "extends": Path(os.path.relpath(base, output.parent)).as_posix()}
    write_rules(data, aside, based_on=loaded.rulebook.id, year=loaded.rulebook.fiscal_year)
