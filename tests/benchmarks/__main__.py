"""`python -m tests.benchmarks [--departments N] [--corpus C] [--repeat R] [--sample S] [--json] [--profile]`: ratios.

The contestants run in turn, `--repeat` times over, as programs of their own; CPU is that of the whole process tree, and each
ratio is between two runs of the same round. The baseline reads only `--sample` workbooks and is scaled up; the table says so.
`again` is the night after: one workbook of a hundred has changed; `tenth` a night of a tenth of the departments. The corpus is
`diverse` (figures and texts of its own in each, a tenth with an error in a sum, a cell edited the night after) or `faulty` (nine
tenths need a notice). The last round's CPU of both nights is told apart: the parent by phase, and its processes.
`--profile`: nothing but reading the corpus in one process, and where its time goes.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import Progress

from tests.benchmarks.contestants import BASELINE, reading
from tests.benchmarks.corpus import change_corpus, make_corpus
from tests.benchmarks.diverse import change_diverse, make_diverse
from tests.benchmarks.spread import print_spreads, spread

# Contestant → (what it runs, what it runs over).
_RUNS = {
    "night": ("night", "whole"),
    BASELINE: (BASELINE, "sample"),
    "calamine": ("calamine", "whole"),
    "inflate": ("inflate", "whole"),
    "reading": ("reading", "whole"),
    "tenth": ("night", "tenth"),
    "again": ("night", "whole"),
}
_CORPORA = {"diverse": (make_diverse, change_diverse), "faulty": (make_corpus, change_corpus)}
_RATIOS = {
    "night against baseline, wall": lambda costs: costs[BASELINE].wall / costs["night"].wall,
    "night against baseline, CPU": lambda costs: costs[BASELINE].cpu / costs["night"].cpu,
    "reading in calamines, CPU": lambda costs: costs["reading"].cpu / costs["calamine"].cpu,
    "reading in inflations, CPU": lambda costs: costs["reading"].cpu / costs["inflate"].cpu,
    "again in nights, CPU": lambda costs: costs["again"].cpu / costs["night"].cpu,
    "ten times the departments, CPU": lambda costs: costs["night"].cpu / costs["tenth"].cpu,
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds, scaled to the whole corpus; `peak` resident bytes of the largest process."""

    cpu: float
    wall: float
    peak: int


def measure(name: str, inbox: Path, outbox: Path, scale: float = 1.0) -> Cost:
    """Run one contestant to its end."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "tests.benchmarks.contestants", name, str(inbox), str(outbox)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode != 0:
        raise SystemExit(f"{name} ended with {process.returncode}")
    return Cost((used.ru_utime + used.ru_stime) * scale, wall * scale, used.ru_maxrss * 1024)


def compare(departments: int, sample: int, repeat: int, corpus: str = "diverse") -> dict[str, Any]:
    """All contestants over one corpus; the ratios' minimum, median and maximum over the rounds."""
    sample = min(sample, departments)
    with tempfile.TemporaryDirectory(prefix="perfbatch-benchmark-") as folder:
        rounds = list(_rounds(Path(folder), departments, sample, repeat, corpus))
        by_phase = {name: json.loads(Path(folder, f"{name}.json").read_text()) for name in ("night", "again")}
    return {
        "corpus": corpus,
        "departments": departments,
        "baseline_sample": sample,
        "rounds": repeat,
        "seconds": {
            name: {
                "cpu": round(statistics.median(costs[name].cpu for costs in rounds), 2),
                "wall": round(statistics.median(costs[name].wall for costs in rounds), 2),
                "peak_mb": max(costs[name].peak for costs in rounds) // 1_000_000,
            }
            for name in _RUNS
        },
        "cpu_by_phase": by_phase,
        "ratios": {name: spread([ratio(costs) for costs in rounds]) for name, ratio in _RATIOS.items()},
    }


def _rounds(folder: Path, departments: int, sample: int, repeat: int, corpus: str) -> Iterator[dict[str, Cost]]:
    make, change = _CORPORA[corpus]
    inboxes = {name: folder / name for name in ("whole", "sample", "tenth")}
    with Progress(disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("corpus", total=None)
        make(inboxes["whole"], departments)
        for name, size in (("sample", sample), ("tenth", max(1, departments // 10))):
            inboxes[name].mkdir()
            for path in sorted(inboxes["whole"].iterdir())[:size]:
                os.link(path, inboxes[name] / path.name)
        progress.update(task, description="contestants", total=repeat * len(_RUNS))
        for number in range(repeat):
            costs: dict[str, Cost] = {}
            for name, (contestant, inbox) in _RUNS.items():
                if name == "again":
                    change(inboxes[inbox], departments, again=number + 1)
                outbox = folder / f"{'night' if name == 'again' else name}-{number}"
                scale = departments / sample if name == BASELINE else 1.0
                costs[name] = measure(contestant, inboxes[inbox], outbox, scale)
                if contestant == "night":
                    # The night after has the night's outbox: each keeps its own account.
                    outbox.with_suffix(".cpu.json").rename(folder / f"{name}.json")
                progress.advance(task)
            yield costs


def profile(departments: int, corpus: str) -> None:
    """Read the corpus in this process, once to fill what is remembered and once profiled."""
    with tempfile.TemporaryDirectory(prefix="perfbatch-benchmark-") as folder:
        inbox = Path(folder, "inbox")
        _CORPORA[corpus][0](inbox, departments)
        reading(inbox, Path(folder))
        profiler = cProfile.Profile()
        profiler.runcall(reading, inbox, Path(folder))
    pstats.Stats(profiler).sort_stats("tottime").print_stats(40)


def main() -> None:
    """Print the table, or the same as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--departments", type=int, default=200)
    parser.add_argument("--sample", type=int, default=300, help="workbooks that the baseline reads (default 300)")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--corpus", choices=sorted(_CORPORA), default="diverse")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--profile", action="store_true", help="where the time of reading goes")
    arguments = parser.parse_args()
    if arguments.profile:
        profile(arguments.departments, arguments.corpus)
        return
    comparison = compare(arguments.departments, arguments.sample, arguments.repeat, arguments.corpus)
    if arguments.json:
        print(json.dumps(comparison, indent=1))
        return
    print(
        f"{comparison['departments']} departments ({comparison['corpus']}), {comparison['rounds']} rounds; "
        f"the baseline read {comparison['baseline_sample']} workbooks and is scaled up"
    )
    for name, cost in comparison["seconds"].items():
        print(f"  {name:<10} {cost['cpu']:>9.2f} s CPU {cost['wall']:>9.2f} s wall {cost['peak_mb']:>7} MB")
    print_spreads(comparison["ratios"], "times")
    for name, phases in comparison["cpu_by_phase"].items():
        print(f"  {name}, CPU of the last round: " + ", ".join(f"{phase} {cpu:.2f}" for phase, cpu in phases.items()))


if __name__ == "__main__":
    main()
