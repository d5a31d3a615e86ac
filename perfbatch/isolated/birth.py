"""How a worker's process comes about and ends, as the parent sees it: an interpreter of its own, or a fork of a small process.

A fork costs 3 ms where an interpreter and its imports cost 200, and nothing of this process is in it: what is forked is a nursery
(see `nursery`), which is started as a worker is and never reads a file. Where the system has no fork, or no descriptors can be sent
to another process, each worker is an interpreter of its own.

A forked worker is not this process' child: whether it runs is told by its pipe, and how it ended by the nursery, which keeps its
process id from being given to anybody else until then.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from typing import IO, Protocol

from perfbatch.isolated.answer import AnswerInvalid, CallFault, WorkersUnavailable, received
from perfbatch.model.words.catalogue import worded
from perfbatch.model.words.reasons import reason
from perfbatch.model.words.wording import words_of

__all__ = ["FORKS", "Birth", "Forked", "Nursery", "Spawned"]

FORKS = hasattr(os, "fork") and hasattr(socket, "send_fds") and hasattr(select, "poll")
"""Whether workers are forked."""

_START_SECONDS = 60.0
_ANSWER_BYTES = 1_000
_WORKER, _NURSERY = "perfbatch.isolated.worker", "perfbatch.isolated.nursery"


class Birth(Protocol):
    """A worker's process, once it has `begun`."""

    requests: IO[bytes]
    replies: IO[bytes]

    @property
    def pid(self) -> int:
        """The process' id."""

    @property
    def running(self) -> bool:
        """Whether it runs, as far as can be told."""

    def kill(self) -> None:
        """Kill it and whatever it started."""

    def wait(self) -> int:
        """How it ended, once it is killed, as `subprocess` has it."""


class Spawned:
    """An interpreter of its own, which runs `program` as a worker. Raises `WorkersUnavailable`."""

    def __init__(self, program: str) -> None:
        self._process = _interpreter(program, _WORKER, "", subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.requests: IO[bytes] = self._process.stdin
        self.replies: IO[bytes] = self._process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        if self._process.returncode is None:
            _kill(self._process.pid)

    def wait(self) -> int:
        return self._process.wait()


class Nursery:
    """The process that workers are forked from, started when it is needed, and again where it has died."""

    def __init__(self, program: str, tasks: str) -> None:
        """`tasks`: the module that it loads."""
        self._program = program
        self._tasks = tasks
        self._lock = threading.Lock()
        self._mother: _Mother | None = None

    def start(self) -> None:
        """Start it, and do not wait for it. Raises `WorkersUnavailable`."""
        with self._lock:
            self._running()

    def fork(self) -> Forked:
        """A worker. Raises `WorkersUnavailable`, `AnswerInvalid`."""
        with self._lock:
            mother = self._running()
        return mother.fork()

    @property
    def pid(self) -> int | None:
        """The process that runs now, if one does."""
        return self._mother.process.pid if self._mother is not None and self._mother.running else None

    def kill(self) -> None:
        """End it at once: who waits for a worker waits for nothing."""
        mother = self._mother
        if mother is not None:
            mother.kill()

    def end(self) -> None:
        """End it, when all its workers are gone."""
        with self._lock:
            if self._mother is not None:
                self._mother.end()
                self._mother = None

    def _running(self) -> _Mother:
        if self._mother is None or not self._mother.running:
            if self._mother is not None:
                self._mother.end()
            self._mother = _Mother(self._program, self._tasks)
        return self._mother


class _Mother:
    """One life of a nursery. One thread speaks with it at a time."""

    def __init__(self, program: str, tasks: str) -> None:
        self._ours, theirs = socket.socketpair()
        try:
            with theirs:
                self.process = _interpreter(program, _NURSERY, tasks, theirs.fileno())
        except WorkersUnavailable:
            self._ours.close()
            raise
        # One that never answers is killed, and whoever waits reads the end of its pipe.
        self._loaded = False
        self._lock = threading.Lock()

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def fork(self) -> Forked:
        from perfbatch.isolated import nursery

        with self._lock, contextlib.ExitStack() as ours:
            if not self._loaded:
                self._answer()
                self._loaded = True
            theirs_in, requests = os.pipe()
            ours.callback(os.close, theirs_in)
            keep = contextlib.ExitStack()
            keep.callback(os.close, requests)
            with keep:
                replies, theirs_out = os.pipe()
                ours.callback(os.close, theirs_out)
                keep.callback(os.close, replies)
                self._send(nursery.COMMAND.pack(nursery.FORK, 0), theirs_in, theirs_out)
                (process,) = nursery.PID.unpack(self._answer(nursery.PID.size))
                keep.pop_all()
        return Forked(self, process, os.fdopen(requests, "wb"), os.fdopen(replies, "rb"))

    def end_of(self, process: int) -> int:
        """How a child ended that is killed already. Where the nursery is gone nobody can say more than that."""
        from perfbatch.isolated import nursery

        try:
            with self._lock:
                self._send(nursery.COMMAND.pack(nursery.END, process))
                (status,) = nursery.STATUS.unpack(self._answer(nursery.STATUS.size))
        except (OSError, WorkersUnavailable, AnswerInvalid):
            return -signal.SIGKILL
        return int(status)

    def _send(self, command: bytes, *pipes: int) -> None:
        try:
            socket.send_fds(self._ours, [command], pipes)
        except OSError:
            raise self._gone() from None

    def _answer(self, size: int = 0) -> bytes:
        assert self.process.stdout is not None
        watch = threading.Timer(_START_SECONDS, self.kill)
        watch.daemon = True
        watch.start()
        try:
            content = received(self.process.stdout, _ANSWER_BYTES).content
        except (OSError, EOFError):
            raise self._gone() from None
        except CallFault as fault:
            raise WorkersUnavailable(words_of(fault)) from None
        finally:
            watch.cancel()
        if len(content) != size:
            raise AnswerInvalid("an answer of another size")
        return content

    def _gone(self) -> WorkersUnavailable:
        self.kill()
        return WorkersUnavailable(worded("process.ended", status=self.process.wait()))

    def kill(self) -> None:
        if self.process.returncode is None:
            _kill(self.process.pid)

    def end(self) -> None:
        self.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._ours.close()


class Forked:
    """A child of a nursery."""

    def __init__(self, mother: _Mother, pid: int, requests: IO[bytes], replies: IO[bytes]) -> None:
        self.pid = pid
        self.requests = requests
        self.replies = replies
        self._mother = mother
        self._status: int | None = None

    @property
    def running(self) -> bool:
        if self._status is not None or self.replies.closed:
            return False
        # Its end of the pipe is closed when it ends, by whatever.
        waiting = select.poll()
        waiting.register(self.replies, 0)
        return not waiting.poll(0)

    def kill(self) -> None:
        if self._status is None:
            _kill(self.pid)

    def wait(self) -> int:
        if self._status is None:
            self._status = self._mother.end_of(self.pid)
        return self._status


def _interpreter(program: str, role: str, tasks: str, stdin: int) -> subprocess.Popen[bytes]:
    """An interpreter that runs `program` as the module `role`. Raises `WorkersUnavailable`."""
    try:
        return subprocess.Popen(
            [sys.executable, "-c", program, role, tasks, *sys.path],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "RUST_BACKTRACE": "0", "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=os.name == "posix",
        )
    except OSError as error:
        raise WorkersUnavailable(worded("process.not_started", program=sys.executable, reason=reason(error))) from None


def _kill(process: int) -> None:
    """Kill a process that leads a group, with the group."""
    with contextlib.suppress(OSError):
        if os.name != "posix":
            os.kill(process, signal.SIGTERM)
            return
        try:
            os.killpg(process, signal.SIGKILL)
        except ProcessLookupError:
            # Born, and not yet come so far as to lead one.
            os.kill(process, signal.SIGKILL)
