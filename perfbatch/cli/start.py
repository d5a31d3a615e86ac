"""The command line as a program: from arguments to an exit code, with every fault in one line."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import NoReturn, cast

import typer

from perfbatch.cli.application import app
from perfbatch.cli.configured import all_commands, settings_file
from perfbatch.cli.options import DONE, NOT_COMPLETED, USAGE
from perfbatch.cli.readers import NO_THREADS
from perfbatch.cli.telling import tell
from perfbatch.model.errors import BatchFault, OperatorFault, OperatorFaults
from perfbatch.outbox.interruption import Interrupted, listen, switched
from perfbatch.settings import with_settings
from perfbatch.terminal.faults import fault_line
from perfbatch.terminal.language import language_of, speak
from perfbatch.terminal.streams import unfailing_streams

__all__ = ["main"]

# typer carries a copy of click of its own, or uses click, as its version has it; this class is in both.
_UsageError = cast("type[Exception]", typer.BadParameter.__base__)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code; whatever the operator did wrong is told in one line."""
    # The system takes all memory back at once: nothing that is left needs to be looked through for cycles before.
    atexit.register(gc.freeze)
    # Nothing here multiplies matrices; a library that starts a thread for each core fails where no thread can be started.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # What we write must be ours to read tomorrow, whatever others may not.
    os.umask(os.umask(0o077) & 0o077)
    listen()
    with unfailing_streams() as outlet:
        code = _exit_code(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
        if outlet is not None and outlet.fault is not None:
            consequence = "The night is published." if switched() else "Send it elsewhere."
            tell(f"perfbatch: standard output: cannot be written to ({outlet.fault.strerror}). {consequence}")
            code = code if switched() else NOT_COMPLETED
    sys.exit(code)


def _exit_code(arguments: list[str]) -> int:
    sources: dict[str, str] = {}
    speak(language_of(os.environ))
    try:
        if arguments and not arguments[0].startswith("-"):
            arguments, sources = with_settings(arguments, all_commands(), os.environ, settings_file())
        code: object = app(arguments, prog_name="perfbatch", standalone_mode=False)
        return code if isinstance(code, int) else DONE
    except OperatorFault as fault:
        for each in fault.faults if isinstance(fault, OperatorFaults) else (fault,):
            tell(fault_line(each))
        return USAGE
    except BatchFault as fault:
        tell(fault_line(fault))
    except (Interrupted, KeyboardInterrupt, typer.Abort) as interruption:
        tell(f"perfbatch: interrupted. {interruption}".rstrip())
    except _UsageError as error:
        message = error.format_message()  # type: ignore[attr-defined]
        path = error.ctx.command_path if error.ctx else "perfbatch"  # type: ignore[attr-defined]
        if message.startswith("Usage:"):
            # A command named without anything else: its help.
            typer.echo(message, err=True)
        else:
            stated = [f" (from {source})" for option, source in sources.items() if f"'{option}'" in message]
            tell(f"{path}: {message.rstrip('.')}{''.join(stated)}. Try `{path} --help`.")
        return USAGE
    except Exception as error:
        if not switched():
            if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
                tell(f"perfbatch: {NO_THREADS}")
                return NOT_COMPLETED
            raise
        import traceback

        traceback.print_exc()
        tell("perfbatch: a fault of the program after the night was published. Please report it.")
    # Whatever failed after the outbox was replaced: to say that nothing was replaced would be a lie.
    return DONE if switched() else NOT_COMPLETED
