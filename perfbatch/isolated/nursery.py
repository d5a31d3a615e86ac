"""What runs in the process that workers are forked from: it loads their tasks once, and gives birth on demand (see `birth`).

It loads what the tasks need and nothing else, starts no thread (a fork copies none, but their locks) and never touches a file of a
department: only its children do. It speaks with the parent alone, over a socket that no child keeps. A child has no descriptors
but the two pipes of its own, which came for it.
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import os
import signal
import socket
import struct
import sys
import time

from perfbatch.isolated.worker import GIVEN, HEADER, RAISED, REPLY, serve_on

__all__ = ["COMMAND", "END", "FORK", "PID", "STATUS", "STILL_THERE", "serve"]

COMMAND = struct.Struct(">BQ")
"""What is wanted, and of which child: `FORK` (0; the two pipes come with it), `END`."""

FORK, END = range(2)

PID = struct.Struct(">Q")
"""What `FORK` gives: the child's process id."""

STATUS = struct.Struct(">i")
"""What `END` gives, as `subprocess` has it."""

STILL_THERE = -(2**31)
"""The status of a child that was killed, and that the system does not let go of."""

_END_SECONDS = 5.0
_REQUESTS, _REPLIES, _KEPT = 3, 4, 5
_MOST_OPEN = 65_536
_OBJECTS = 20_000


def serve() -> None:
    """The life of a nursery: load the module of tasks that it was started for, then one command after the other until the parent
    is gone."""
    parent = socket.socket(fileno=os.dup(0))
    importlib.import_module(sys.argv[2])
    # What is there now is for all children: a collection in one of them would copy all of it.
    gc.collect()
    gc.freeze()
    # A file makes thousands of objects and hardly a circle: looking through them at every seven hundred finds nothing.
    gc.set_threshold(_OBJECTS)
    _answer(GIVEN, b"")
    while (command := _next(parent)) is not None:
        what, process, pipes = command
        if what == FORK:
            _fork(parent, *pipes)
        else:
            _answer(GIVEN, STATUS.pack(_end(process)))


def _next(parent: socket.socket) -> tuple[int, int, list[int]] | None:
    content, pipes, _, _ = socket.recv_fds(parent, COMMAND.size, 2)
    while 0 < len(content) < COMMAND.size:
        more = parent.recv(COMMAND.size - len(content))
        content = content + more if more else b""
    return (*COMMAND.unpack(content), pipes) if content else None


def _answer(kind: int, content: bytes) -> None:
    os.write(1, HEADER.pack(REPLY.size + len(content)) + REPLY.pack(kind, True, 0) + content)


def _fork(parent: socket.socket, requests: int, replies: int) -> None:
    try:
        process = os.fork()
    except OSError as error:
        _answer(RAISED, f"cannot fork ({error.strerror})".encode())
        process = -1
    if process == 0:
        parent.close()
        _live(requests, replies)
    os.close(requests)
    os.close(replies)
    if process > 0:
        _answer(GIVEN, PID.pack(process))


def _live(requests: int, replies: int) -> None:
    """A child's life. It never comes back: what is above it is the parent's code."""
    status = 1
    try:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        # Copies beyond the places that they are put at, in whatever order they came.
        own = [nowhere, nowhere, nowhere, requests, replies]
        beyond = [fcntl.fcntl(stream, fcntl.F_DUPFD, _KEPT) for stream in own]
        for place, stream in enumerate(beyond):
            os.dup2(stream, place, inheritable=place < _REQUESTS)
        os.closerange(_KEPT, min(os.sysconf("SC_OPEN_MAX"), _MOST_OPEN))
        serve_on(_REQUESTS, _REPLIES)
        status = 0
    finally:
        os._exit(status)


def _end(process: int) -> int:
    """The status of a child that the parent has killed already. Nobody else has its id meanwhile: it is let go of here."""
    until = time.monotonic() + _END_SECONDS
    while True:
        try:
            gone, status = os.waitpid(process, os.WNOHANG)
        except ChildProcessError:
            return -signal.SIGKILL
        if gone:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            return STILL_THERE
        time.sleep(0.001)
