"""The command line as a program: from arguments to an exit code, with every fault in one line."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

import typer

from perfbatch.cli.application import app
from perfbatch.cli.configured import all_commands, settings_file
from perfbatch.cli.options import DONE, NOT_COMPLETED, USAGE
from perfbatch.cli.telling import tell
from perfbatch.model.errors import BatchFault, OperatorFault, OperatorFaults
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.wording import words_of
from perfbatch.outbox.interruption import Interrupted, listen, switched
from perfbatch.settings import SettingsFile, settings_path, typed_value, with_settings
from perfbatch.terminal.catalogue import say
from perfbatch.terminal.faults import fault_line
from perfbatch.terminal.language import LANGUAGES, language_of, speak
from perfbatch.terminal.record import print_record
from perfbatch.terminal.streams import unfailing_streams
from perfbatch.terminal.usage import usage_line

if TYPE_CHECKING:
    from perfbatch.bureau.account import NightAccount

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
    speak(language_of(os.environ))
    with unfailing_streams() as outlet:
        invocation = Invocation(sys.argv[1:] if arguments is None else arguments)
        try:
            code = invocation.run()
        except BaseException as error:
            invocation.faults.append(f"a fault of the program ({type(error).__name__})")
            invocation.end(NOT_COMPLETED)
            raise
        sys.stdout.flush()
        if outlet is not None and outlet.fault is not None:
            consequence = say("fault.output.published") if switched() else say("fault.output.lost")
            invocation.tell(_line("output", reason=outlet.fault.strerror, consequence=consequence))
            code = code if switched() else NOT_COMPLETED
        invocation.end(code)
    sys.exit(code)


class Invocation:
    """One command line, from its arguments to its exit code; of `run` with the account that is kept of the night."""

    def __init__(self, arguments: list[str]) -> None:
        self._arguments = arguments
        self._account: NightAccount | None = None
        self.faults: list[str] = []
        """The faults that were told, a line each."""

    def tell(self, line: str) -> None:
        """One line to stderr, and into the account."""
        self.faults.append(line)
        tell(line)

    def run(self) -> int:
        """Do what the arguments say; the exit code. A fault of the program is raised, unless the night is published."""
        sources: dict[str, str] = {}
        try:
            sources = self._settle()
            if self._account is not None:
                self._account.begin()
            code: object = app(self._arguments, prog_name="perfbatch", standalone_mode=False, obj=self._account)
            return code if isinstance(code, int) else DONE
        except OperatorFault as fault:
            for each in fault.faults if isinstance(fault, OperatorFaults) else (fault,):
                self.tell(fault_line(each))
            return USAGE
        except BatchFault as fault:
            self.tell(fault_line(fault))
        except (Interrupted, KeyboardInterrupt, typer.Abort) as interruption:
            self.tell(_line("interrupted", consequence=words_of(interruption)).rstrip())
        except _UsageError as error:
            self._tell_usage(error, sources)
            return USAGE
        except Exception as error:
            if not switched():
                if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
                    self.tell(say("fault", line=worded("threads.none")))
                    return NOT_COMPLETED
                raise
            import traceback

            traceback.print_exc()
            self.tell(_line("afterwards"))
        # Whatever failed after the outbox was replaced: to say that nothing was replaced would be a lie.
        return DONE if switched() else NOT_COMPLETED

    def end(self, code: int) -> None:
        """Close the account, and print it where it was asked for. Nothing that goes wrong here changes the exit code."""
        if self._account is None:
            return
        try:
            if "--json" in self._arguments:
                print_record(self._account.record(code, self.faults).as_json())
            self._account.end(code, self.faults)
            for fault in self._account.faults:
                tell(say("fault", line=fault))
        except Exception as error:
            tell(_line("account", error=type(error).__name__))

    def _settle(self) -> dict[str, str]:
        """Put what environment and file say in front of the arguments, and open the account of a night; the sources of what
        was put there."""
        arguments = self._arguments
        # What is typed counts also for what is wrong with the settings.
        self._speak()
        if not arguments or arguments[0].startswith("-"):
            return {}
        night = arguments[0] == "run" and not {"--help", "-h"} & {*arguments}
        folder, commands = settings_path(os.environ).parent, all_commands()
        try:
            file = settings_file()
            self._arguments, sources = with_settings(arguments, commands, os.environ, file)
        except OperatorFault:
            # A night that fails of its settings is one to be told of, by what can still be known of them.
            if night:
                self._open(with_settings(arguments, commands, {}, SettingsFile())[0], folder)
            raise
        self._speak()
        if night:
            self._open(self._arguments, folder)
        return sources

    def _speak(self) -> None:
        if (language := typed_value(self._arguments, "lang")) in LANGUAGES:
            speak("zh" if language == "zh" else "en")

    def _open(self, arguments: list[str], folder: Path) -> None:
        from perfbatch.bureau.account import NightAccount

        inbox, outbox, log, notified = (typed_value(arguments, name) for name in ("inbox", "outbox", "log", "notify"))
        self._account = NightAccount(
            Path(log) if log else folder, Path(inbox or "inbox"), Path(outbox or "outbox"), notified
        )

    def _tell_usage(self, error: Exception, sources: Mapping[str, str]) -> None:
        message = error.format_message()  # type: ignore[attr-defined]
        path = error.ctx.command_path if error.ctx else "perfbatch"  # type: ignore[attr-defined]
        if message.startswith("Usage:"):
            # A command named without anything else: its help.
            typer.echo(message, err=True)
            return
        stated = [source for option, source in sources.items() if f"'{option}'" in message]
        self.tell(usage_line(path, message, stated))
        if sys.stderr.isatty() and not stated:
            # Mistyped by somebody who sees it at once: no night.
            self._account = None


def _line(key: str, **stated: object) -> str:
    """One of the program's own faults as it is told."""
    return say("fault", line=say(f"fault.{key}", **stated))
