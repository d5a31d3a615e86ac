"""Nights that failed since the last summary: that they did is told in the next one, where nobody has to look for it."""

from __future__ import annotations

from collections.abc import Sequence

from perfbatch.model.figures import moment_text
from perfbatch.model.nights import FailedNight

__all__ = ["failure_text", "failures_text"]

_NAMED = 3


def failure_text(night: FailedNight) -> str:
    """When it began, and how it ended."""
    ended = "中途被终止" if night.exit_code is None else f"退出码 {night.exit_code}"
    return f"{moment_text(night.begun)}（{ended}）"


def failures_text(failed: Sequence[FailedNight]) -> str:
    """All of them in a line, the latest by name; "" where there are none."""
    if not failed:
        return ""
    named = "、".join(failure_text(night) for night in failed[-_NAMED:])
    more = "，最近的是：" if len(failed) > _NAMED else "："
    return f"上次汇总之后有 {len(failed)} 次运行未完成{more}{named}。原因见运行日志（perfbatch-日期.log）。"
