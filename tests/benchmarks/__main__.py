"""`python -m tests.benchmarks [--departments N] [--repeat R] [--sample S] [--json]`: ratios against named baselines.

The contestants run in turn, `--repeat` times over, as programs of their own; CPU is that of the whole process tree, and each
ratio is between two runs of the same round. The baseline reads only `--sample` workbooks and is scaled up; the table says so.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from tests.benchmarks.contestants import BASELINE, CONTESTANTS
from tests.benchmarks.corpus import make_corpus


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds, scaled to the whole corpus."""

    cpu: float
    wall: float


def measure(name: str, inbox: Path, outbox: Path, scale: float) -> Cost:
    """Run one contestant to its end."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.contestants", name, str(inbox), str(outbox)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu * scale, wall * scale)


def compare(departments: int, sample: int, repeat: int) -> dict[str, object]:
    """All contestants over one corpus; the ratios' minimum, median and maximum over the rounds."""
    sample = min(sample, departments)
    rounds: list[dict[str, Cost]] = []
    with tempfile.TemporaryDirectory() as folder, Progress(disable=not sys.stderr.isatty()) as progress:
        whole, part = Path(folder) / "whole", Path(folder) / "part"
        make_corpus(whole, departments)
        part.mkdir()
        for path in sorted(whole.iterdir())[:sample]:
            os.link(path, part / path.name)
        task = progress.add_task("contestants", total=repeat * len(CONTESTANTS))
        for number in range(repeat):
            costs: dict[str, Cost] = {}
            for name in CONTESTANTS:
                inbox, scale = (part, departments / sample) if name == BASELINE else (whole, 1.0)
                costs[name] = measure(name, inbox, Path(folder) / f"{name}-{number}", scale)
                progress.advance(task)
            rounds.append(costs)
    ratios = {
        "night against baseline, wall": [one[BASELINE].wall / one["night"].wall for one in rounds],
        "night against baseline, CPU": [one[BASELINE].cpu / one["night"].cpu for one in rounds],
        "reading in calamines, CPU": [one["reading"].cpu / one["calamine"].cpu for one in rounds],
        "reading in inflations, CPU": [one["reading"].cpu / one["inflate"].cpu for one in rounds],
    }
    return {
        "departments": departments,
        "baseline_sample": sample,
        "rounds": repeat,
        "seconds": {
            name: {
                "cpu": round(statistics.median(one[name].cpu for one in rounds), 2),
                "wall": round(statistics.median(one[name].wall for one in rounds), 2),
            }
            for name in CONTESTANTS
        },
        "ratios": {
            name: {
                "min": round(min(values), 2),
                "median": round(statistics.median(values), 2),
                "max": round(max(values), 2),
            }
            for name, values in ratios.items()
        },
    }


def main() -> None:
    """Print the table, or the same as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--departments", type=int, default=200)
    parser.add_argument("--sample", type=int, default=300, help="workbooks that the baseline reads (default 300)")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = compare(arguments.departments, arguments.sample, arguments.repeat)
    if arguments.json:
        print(json.dumps(found, indent=1))
        return
    print(
        f"{found['departments']} departments, {found['rounds']} rounds; "
        f"the baseline read {found['baseline_sample']} workbooks and is scaled up"
    )
    for name, cost in found["seconds"].items():  # type: ignore[attr-defined]
        print(f"  {name:<10} {cost['cpu']:>9.2f} s CPU {cost['wall']:>9.2f} s wall")
    for name, ratio in found["ratios"].items():  # type: ignore[attr-defined]
        print(f"  {name:<32} {ratio['min']:>7.2f}  {ratio['median']:>7.2f}  {ratio['max']:>7.2f}   (min, median, max)")


if __name__ == "__main__":
    main()
