"""How large a workbook may be. The limits guard the machine, not the form: no real submission comes near them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what is opened.

    `file_bytes`, `inflated_bytes`: bytes. `ratio`: inflated ÷ packed size of a part, looked at from `ratio_from` inflated
    bytes on, because small parts of repeated markup pack far better than any data. `control_bytes`: inflated bytes of
    the workbook, relationship and style parts, which are held whole. `cells`: rows × columns that a sheet spans.
    `held_cells`: cells of a sheet that hold something. `rows`: rows of a table.
    """

    file_bytes: int = 64 * _MB
    members: int = 2_000
    inflated_bytes: int = 256 * _MB
    ratio: int = 200
    ratio_from: int = 100_000
    control_bytes: int = 32 * _MB
    sheets: int = 200
    cells: int = 5_000_000
    held_cells: int = 500_000
    rows: int = 10_000
