"""What the command `perfbatch`, and `python -m perfbatch`, start: an interruption is one line also while the program loads."""

from __future__ import annotations

import sys

from perfbatch.outbox.interruption import Interrupted, listen

# Not of `typing`, which takes longer to load than all that stands here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Load the command line, run it, and leave with its exit code."""
    try:
        listen()
        from perfbatch.cli import main as command_line
    except Interrupted:
        print("perfbatch: interrupted.", file=sys.stderr)
        sys.exit(1)
    command_line()


if __name__ == "__main__":
    main()
