"""`python -m tests.benchmarks.chunks [--calls N] [--repeat R] [--json]`: what handing a file to a reading process costs the parent.

The baseline hands over one call at a time; against it stand chunks of 8 and of 64 calls, in turn, in one process. The call
does nothing: what is measured is the CPU of the parent alone, with all its threads.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from perfbatch.isolated.executor import Confinement, IsolatedExecutor
from perfbatch.model.message import packed
from tests.benchmarks.spread import print_spreads, spread

CONFINEMENT = Confinement(address_space=1024**3, cpu_seconds=20, wall_seconds=20, reply_bytes=1024**2)
SIZES = (1, 8, 64)


def parent_cpu(executor: IsolatedExecutor, calls: int, size: int) -> float:
    """Seconds of the parent's CPU for each call."""
    began = time.process_time()
    request = packed(["nothing"] * size)
    for chunk in [executor.submit("act", request, size) for _ in range(calls // size)]:
        chunk.result()
    return (time.process_time() - began) / calls


def compare(calls: int, repeat: int) -> dict[str, Any]:
    """All sizes in turn; the ratios' spread over the rounds."""
    with IsolatedExecutor(2, CONFINEMENT, "tests.hostile.calls") as executor:
        parent_cpu(executor, 64, 1)
        rounds = [{size: parent_cpu(executor, calls, size) for size in SIZES} for _ in range(repeat)]
    return {
        "calls": calls,
        "rounds": repeat,
        "microseconds": {f"chunks of {size}": spread([seconds[size] * 1e6 for seconds in rounds]) for size in SIZES},
        "ratios": {
            f"one at a time against {size}": spread([seconds[1] / seconds[size] for seconds in rounds])
            for size in SIZES[1:]
        },
    }


def main() -> None:
    """Print the table, or the same as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.chunks", description=__doc__)
    parser.add_argument("--calls", type=int, default=3200)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    comparison = compare(arguments.calls, arguments.repeat)
    if arguments.json:
        print(json.dumps(comparison, indent=1))
        return
    print(f"{comparison['calls']} calls, {comparison['rounds']} rounds")
    print_spreads(comparison["microseconds"], "microseconds of the parent's CPU a call")
    print_spreads(comparison["ratios"], "times as much")


if __name__ == "__main__":
    main()
