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
        _tell_interrupted()
        sys.exit(1)
    command_line()


def _tell_interrupted() -> None:
    import os

    from perfbatch.terminal.catalogue import say
    from perfbatch.terminal.language import language_of, speak

    speak(language_of(os.environ))
    print(say("fault", line=say("fault.interrupted", consequence="")).rstrip(), file=sys.stderr)


if __name__ == "__main__":
    main()
