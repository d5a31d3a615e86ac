"""Setting a file aside: it cannot be read as a submission, and the night goes on without it."""

from __future__ import annotations

from perfbatch.model.catalogue import set_aside_words

__all__ = ["SetAside"]


class SetAside(Exception):
    """One file is not taken: `code` is an F-code, `what` the Chinese detail that its message names.

    `rulebook` is the id of the rulebook whose form it is, "" where nobody could tell. `message` and `remedy` are ready to show.
    Survives pickling, so that a reader in another process can raise it.
    """

    def __init__(self, code: str, what: str = "", rulebook: str = "") -> None:
        super().__init__(code, what, rulebook)
        self.code = code
        self.what = what
        self.rulebook = rulebook

    @property
    def message(self) -> str:
        """The code's message with the detail in place."""
        return set_aside_words(self.code, self.what)[0]

    @property
    def remedy(self) -> str:
        """What the department should do."""
        return set_aside_words(self.code, self.what)[1]

    def __str__(self) -> str:
        return f"{self.code} {self.message}"
