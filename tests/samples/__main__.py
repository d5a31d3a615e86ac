"""Rebuild the sample inbox and the sample roster: `python -m tests.samples [FOLDER]` (needs LibreOffice and msoffcrypto-tool)."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.samples.build import build
from tests.samples.projects import build_projects
from tests.samples.roster import SAMPLE_ROSTER, write_sample_roster

if __name__ == "__main__":
    inbox = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "inbox"
    for written in [*build(inbox), *build_projects(inbox)]:
        print(written)
    if len(sys.argv) == 1:
        write_sample_roster(SAMPLE_ROSTER)
        print(SAMPLE_ROSTER)
