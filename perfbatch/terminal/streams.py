"""Standard output and standard error that cannot fail: what they do not take is dropped, and may be asked for afterwards.

A reader that has gone (`| head`), a full disk or a terminal that was closed must end no night, and least of all one that is
published already.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, TextIO, cast

__all__ = ["Outlet", "unfailing_streams"]


class Outlet(io.RawIOBase):
    """A raw stream in front of another. After the first failure all that is written is dropped."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self.fault: OSError | None = None
        """Why what was written was not taken; None where it was, or nobody was left to read it."""
        self._gone = False

    def write(self, content: Any, /) -> int:
        if not self._gone:
            try:
                taken = self._raw.write(content)
                if taken is None:
                    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
                return taken
            except BrokenPipeError:
                self._gone = True
            except OSError as error:
                self._gone, self.fault = True, error
        return memoryview(content).nbytes

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._raw.isatty()

    def fileno(self) -> int:
        return self._raw.fileno()


@contextlib.contextmanager
def unfailing_streams() -> Iterator[Outlet | None]:
    """Within, `sys.stdout` and `sys.stderr` cannot fail, and show what they can of any text; gives the outlet of the former,
    None where it is none that could (somebody captures it)."""
    _open_missing()
    kept = sys.stdout, sys.stderr
    outlets = []
    for name in ("stdout", "stderr"):
        stream, outlet = _unfailing(getattr(sys, name))
        setattr(sys, name, stream)
        outlets.append(outlet)
    try:
        yield outlets[0]
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout, sys.stderr = kept


def _open_missing() -> None:
    """A program may be started without its streams (`>&-`): the next file that it opens would be taken for them."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # `open` takes the lowest free number: that of the stream that is closed.
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _unfailing(stream: TextIO) -> tuple[TextIO, Outlet | None]:
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)
    if not isinstance(raw, io.RawIOBase):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
        return stream, None
    stream.flush()
    outlet = Outlet(raw)
    text = io.TextIOWrapper(
        # Without a buffer where there was none (PYTHONUNBUFFERED).
        cast("BinaryIO", outlet if raw is buffer else io.BufferedWriter(outlet)),
        encoding=stream.encoding,
        # A terminal or pipe that cannot show Chinese must not stop the night.
        errors="backslashreplace",
        line_buffering=getattr(stream, "line_buffering", False),
        write_through=getattr(stream, "write_through", False),
    )
    return text, outlet
