"""One line to the operator."""

from __future__ import annotations

import typer

__all__ = ["tell"]


def tell(fault: str) -> None:
    """One line to stderr, whatever a file is called."""
    from perfbatch.model.legible import cell_text

    typer.echo(cell_text(" ".join(fault.splitlines())), err=True)
