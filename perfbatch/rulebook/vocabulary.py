"""The parts of a rulebook in Chinese: sheets, columns, choices. One table for the workbook form and for the words of changes.

A part that has no entry keeps its own name; a test names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from perfbatch.rulebook.kinds.registry import KINDS

__all__ = ["SHEETS", "TABLE_NAMES", "TITLES", "WORDS", "title_of", "word_of"]

TABLE_NAMES: Mapping[str, str] = {
    "": "规则",
    "sections": "工作表",
    "blocks": "表块",
    "fields": "栏目",
    "kinds": "栏目类型",
    "groups": "一级指标",
    "grades": "等次",
    "indicators": "指标",
    "checks": "勾稽关系",
}
"""What an entry of a table is called."""

SHEETS: Mapping[str, str] = {
    "": "规则",
    "kinds": "栏目类型",
    "sections": "工作表",
    "blocks": "表块",
    "fields": "字段",
    "total": "字段",
    "preset_rows": "预置行",
    "groups": "一级指标",
    "grades": "等次",
    "indicators": "指标",
    "rule": "计分",
    "checks": "勾稽",
    "summary": "汇总表",
}
"""The sheet of the workbook form by the key whose entries stand on it; what has none stands on the sheet that it belongs to."""

TITLES: Mapping[str, str] = {
    # The rulebook.
    "id": "代码",
    "title": "标题",
    "district": "地区",
    "issuer": "发文单位",
    "form_id": "表格代码",
    "form_version": "表格版本",
    "revision": "表样修订号",
    "fiscal_year": "年度",
    "deadline": "报送截止日期",
    "source": "依据",
    "total_points": "总分",
    "not_applicable": "不适用的处理",
    "unit_rows": "机构行",
    "report_name": "评价名称",
    "summary": "汇总表",
    "summary_name": "汇总文件名",
    "entity": "填报主体",
    "entity.noun": "称谓",
    "entity.key": "识别栏目",
    "entity.name": "名称栏目",
    "entity.group": "归属栏目",
    "entity.group_name": "归属名称栏目",
    "roles": "栏目用途",
    "roles.budget_code": "部门预算编码",
    "roles.unit_name": "部门名称",
    "roles.fiscal_year": "年度",
    "roles.report_date": "报告日期",
    "roles.self_total": "自评总分",
    "roles.self_grade": "自评等次",
    "roles.sub_unit": "机构名称",
    "roles.item_id": "评分表·指标代码",
    "roles.item_max": "评分表·分值",
    "roles.item_self": "评分表·自评得分",
    "roles.item_reason": "评分表·扣分原因",
    "roles.evidence_id": "核对清单·依据代码",
    "roles.evidence_answer": "核对清单·核对结果",
    "roles.targets": "绩效目标表",
    "roles.target_type": "绩效目标·类别",
    "roles.target": "绩效目标·目标",
    "roles.target_actual": "绩效目标·完成情况",
    "roles.explanations": "说明表",
    "roles.explained_check": "说明表·对应检查",
    "roles.explained_place": "说明表·所在位置",
    "roles.explanation": "说明表·说明内容",
    # Kinds, sheets, blocks, fields.
    "kinds": "栏目类型",
    "sections": "工作表",
    "blocks": "表块",
    "fields": "栏目",
    "total": "总分栏目",
    "preset_rows": "预置行",
    "unit": "单位",
    "minimum": "下限",
    "maximum": "上限",
    "decimals": "小数位数",
    "step": "尾差步长",
    "max_length": "最多字数",
    "number_format": "数字格式",
    "help": "填写提示",
    "sheet": "工作表名称",
    "intro": "说明文字",
    "layout": "版式",
    "columns": "并列栏数",
    "preset_column": "预置栏目",
    "blank_rows": "空白行数",
    "note": "备注文字",
    "yes": "“是”的写法",
    "no": "“否”的写法",
    "lines": "签字行",
    "label": "名称",
    "kind": "类型",
    "required": "必填",
    "signed": "可为负数",
    "personal": "个人信息",
    "fixed": "固定内容",
    "choices": "可选项",
    "since": "起始修订号",
    "under": "上级表头",
    "parts": "分项",
    "value": "预置内容",
    "count": "数量",
    "heading": "左侧标题",
    "headings": "标题列",
    "values": "各列预置内容",
    # Groups, grades, indicators and how they are scored.
    "groups": "一级指标",
    "grades": "等次",
    "indicators": "指标",
    "name": "名称",
    "points": "分值",
    "below": "上限（不含）",
    "above": "下限（不含）",
    "group": "一级指标",
    "subgroup": "二级指标",
    "standard": "评分标准",
    "sources": "依据（可多条）",
    "ratio": "计算方法",
    "ratio_name": "比率名称",
    "figure": "计算方法（百分数）",
    "target_types": "对应的绩效目标类别",
    "part_of_whole": "分子是分母的一部分",
    "last_year_denominator": "分母为上年数",
    "over_zero": "分母为零的说明",
    "editable": "组内可调分值",
    "rule": "评分规则",
    "rule.kind": "计分方法",
    "text": "文字",
    **{key: title for kind in KINDS for key, title in kind.titles.items()},
    # Checks.
    "checks": "勾稽关系",
    "code": "问题代码",
    "scope": "范围",
    "table": "所在多行表",
    "severity": "级别",
    "holds": "勾稽关系",
    "when": "适用条件",
    "at": "标注位置",
    "tolerance": "比较",
    "expected": "应为",
    "each": "逐项",
    "each_table": "逐表各栏",
    "each_total": "逐表各合计",
    "each_part": "逐表各分项",
    "each_against": "逐项对照",
    "zero_is_filled": "填零也算已填",
    "nature": "类别",
    "trial": "试行",
    "message": "问题说明",
    "remedy": "处理办法",
}
"""A key's title; `owner.key` where it is another one there."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "kind": {
        "text": "文本",
        "longtext": "长文本",
        "code": "编码",
        "year": "年度",
        "date": "日期",
        "choice": "选择",
        "amount": "金额",
        "count": "整数",
        "area": "面积",
        "number": "数值",
        "score": "分数",
        "percent": "百分数",
        "id": "代码",
        **{get_args(kind.model_fields["kind"].annotation)[0]: kind.word for kind in KINDS},
    },
    "layout": {
        "card": "栏目卡",
        "unit_table": "机构表",
        "rows": "明细表",
        "scorecard": "评分表",
        "evidence": "核对清单",
        "signature": "签字栏",
        "matrix": "矩阵表",
    },
    "not_applicable": {"manual": "自评分暂列", "full": "计满分", "exclude": "剔除后折算"},
    **{key: choices for kind in KINDS for key, choices in kind.choices.items()},
    "scope": {
        "department": "部门",
        "entity": "填报主体",
        "unit": "各机构",
        "item": "各指标",
        "target": "各绩效目标",
        "row": "表中各行",
    },
    "severity": {"error": "错误", "warning": "提醒", "info": "说明"},
    "tolerance": {"interval": "允许尾差", "exact": "完全相等"},
    "nature": {"balance": "基本平衡", "verification": "核实性"},
}
"""Key → choice → what people call it."""


def title_of(key: str, owner: str = "") -> str:
    """What people call a key; `owner` is the key that it stands under."""
    return TITLES.get(f"{owner}.{key}") or TITLES.get(key, key)


def word_of(key: str, value: Any) -> str:
    """What people call a choice."""
    return WORDS.get(key, {}).get(str(value), str(value))
