"""How large a workbook may be, and what reading it may take: every bound of the intake stands here.

The limits guard the machine, not the form. The template has 19 parts, 0.25 MB inflated, 15:1; of 2,254 good workbooks of public
test suites none has more than 1,033 parts, 5.3 MB inflated or a ratio of 97.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what is opened (F07 past them) and of the process that opens it (F08).

    Package: `file_bytes`, `inflated_bytes` in bytes; `members` of the package; `ratio` of inflated to packed size of a part,
    looked at from `ratio_from` inflated bytes on, because small parts of repeated markup pack far better than any data;
    `control_bytes`: inflated bytes of a part that is held whole (workbook, relationships, styles); `kept_bytes`: inflated
    bytes up to which a package's parts are all held while it is read, to inflate them once.

    Markup: `depth` of nested elements; `attributes` of one element (F03 past both: no writer does that).

    Workbook: `sheets`; of those that are read `cells`: rows x columns of the rectangle that a sheet's cells span, taken from the
    cells, styled empty ones left out (readers do too); `held_cells`: cells of a sheet that hold something; `stored_cells`: cells of all of
    them, styled empty ones among them; `rows` of a table; `shared_strings` and `styles` (Excel's own bound is 65,490);
    `expanded_text`: characters of all shared strings, each as often as cells refer to it; `merges`, `hyperlinks` of a sheet
    (Excel's own bound for links is 65,530); `names`: defined names.

    Reading a file: `address_space` in bytes, `cpu_seconds`, `wall_seconds`; `reply_bytes`: what reading may yield.
    """

    file_bytes: int = 64 * _MB
    members: int = 2_000
    inflated_bytes: int = 256 * _MB
    ratio: int = 200
    ratio_from: int = 100_000
    control_bytes: int = 32 * _MB
    kept_bytes: int = 16 * _MB
    depth: int = 256
    attributes: int = 1_000
    sheets: int = 200
    cells: int = 5_000_000
    held_cells: int = 500_000
    stored_cells: int = 5_000_000
    rows: int = 10_000
    shared_strings: int = 1_000_000
    expanded_text: int = 64_000_000
    styles: int = 65_490
    merges: int = 100_000
    hyperlinks: int = 65_530
    names: int = 50_000
    address_space: int = 1024 * _MB
    cpu_seconds: int = 20
    wall_seconds: float = 20.0
    reply_bytes: int = 64 * _MB
