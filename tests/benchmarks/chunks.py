"""`python -m tests.benchmarks.chunks [--calls N] [--repeat R]`: what handing a file to a reading process costs the parent.

The baseline hands over one call at a time; against it stand chunks of 8 and of 64 calls, in turn, in one process. The call
does nothing: what is measured is the CPU of the parent alone, with all its threads.
"""

from __future__ import annotations

import argparse
import statistics
import time

from perfbatch.intake.isolation import Confinement, IsolatedExecutor
from tests.hostile.calls import sleeps

CONFINEMENT = Confinement(address_space=1024**3, cpu_seconds=20, wall_seconds=20, reply_bytes=1024**2)
SIZES = (1, 8, 64)


def parent_cpu(executor: IsolatedExecutor, calls: int, size: int) -> float:
    """Seconds of the parent's CPU for each call."""
    began = time.process_time()
    if size == 1:
        for future in [executor.submit(sleeps, 0.0) for _ in range(calls)]:
            future.result()
    else:
        for chunk in [executor.submit_each(sleeps, [0.0] * size) for _ in range(calls // size)]:
            chunk.result()
    return (time.process_time() - began) / calls


def main() -> None:
    """Print the ratios: minimum, median, maximum over the rounds."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.chunks", description=__doc__)
    parser.add_argument("--calls", type=int, default=3200)
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    with IsolatedExecutor(2, CONFINEMENT) as executor:
        parent_cpu(executor, 64, 1)
        rounds = [
            {size: parent_cpu(executor, arguments.calls, size) for size in SIZES} for _ in range(arguments.repeat)
        ]
    print(
        f"one at a time: {statistics.median(one[1] for one in rounds) * 1e6:.1f} microseconds of the parent's CPU a call"
    )
    for size in SIZES[1:]:
        ratios = [one[1] / one[size] for one in rounds]
        print(
            f"chunks of {size:>2}: {min(ratios):.1f}  {statistics.median(ratios):.1f}  {max(ratios):.1f}"
            " times cheaper (min, median, max)"
        )


if __name__ == "__main__":
    main()
