"""A night for programs: one JSON object on standard output."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import typer

__all__ = ["print_record"]


def print_record(record: Mapping[str, Any]) -> None:
    """One object, and nothing else."""
    typer.echo(json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False))
