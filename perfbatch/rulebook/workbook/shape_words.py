"""What is wrong with the shape of a value, in the words of whoever fills the workbook of rules."""

from __future__ import annotations

from pydantic_core import ErrorDetails

from perfbatch.rulebook.vocabulary import SHEETS, title_of

__all__ = ["shape_words"]

_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": "小写字母开头，只含小写字母、数字、下划线",
    r"^[RC]\d\d$": "R 或 C 加两位数字，例：R02",
    r"^\d+$": "数字",
}


def shape_words(fault: ErrorDetails) -> str:
    """One fault that pydantic found, with what was expected."""
    given, bounds = fault["input"], fault.get("ctx", {})
    match fault["type"]:
        case "missing" if fault["loc"][-1] in SHEETS:
            key = str(fault["loc"][-1])
            return f"没有{title_of(key)}；应在“{SHEETS[key]}”表中填写"
        case "missing":
            return "没有填写；此项必填"
        case "string_pattern_mismatch":
            pattern = str(bounds.get("pattern", ""))
            return f"“{given}”不合写法；应为{_PATTERNS.get(pattern, pattern)}"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            sign = {"greater_than": ">", "greater_than_equal": "≥", "less_than": "<", "less_than_equal": "≤"}
            bound = next((bounds[key] for key in ("gt", "ge", "lt", "le") if key in bounds), "")
            return f"{given} 超出范围；应{sign[fault['type']]} {bound}"
        case "too_short" | "string_too_short":
            return "内容不足；至少一条"
        case "string_too_long":
            return f"“{given}”过长；最多 {bounds.get('max_length', '')} 字"
        case "extra_forbidden":
            return "规则中没有这一项；应留空"
    return fault["msg"]
