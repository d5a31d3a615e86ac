"""The three readings of “每超过一个百分点扣” for a fraction of a percentage point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

__all__ = ["READINGS", "READING_NAMES", "READING_WORDS", "Reading"]

Reading = Literal["pro_rata", "whole", "ceil"]
READINGS: tuple[Reading, ...] = ("pro_rata", "whole", "ceil")

READING_WORDS: Mapping[str, str] = {
    "pro_rata": "按比例折算",
    "whole": "不足 1 个百分点的不扣",
    "ceil": "不足 1 个百分点的按 1 个百分点扣",
}
"""As the printed standard says it."""

READING_NAMES: Mapping[Reading, str] = {
    "pro_rata": "不足一个百分点按比例扣分",
    "whole": "不足一个百分点不扣分",
    "ceil": "不足一个百分点按一个百分点扣分",
}
"""As an explanation says it."""
