"""What the first rows of a table of units are called, on whatever form: the sum of all, and the office itself."""

from __future__ import annotations

__all__ = ["PRINTED_NAMES"]

PRINTED_NAMES = (("汇总", "合计", "局机关及二级机构汇总"), ("局机关", "本级", "机关本级"))
"""Per row, from the first, the names that mean the same."""
