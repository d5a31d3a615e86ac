"""What lint finds in a rulebook: fault and remedy, behind the place that leads there."""

from __future__ import annotations

from collections.abc import Mapping

from perfbatch.model.words.wording import Wording

__all__ = ["FAULTS_IN_RULES"]

FAULTS_IN_RULES: Mapping[str, Wording] = {
    # Fields, points, grades
    "lint.kind": Wording("there is no [kinds.{kind}]; add it", "没有 [kinds.{kind}]；请补上"),
    "lint.no_choices": Wording("none given; list what may be chosen", "没有列出选项；请列出可选的内容"),
    "lint.since": Wording(
        "the form has no revision {since} yet; raise the rulebook's revision",
        "本表还没有第 {since} 版；请提高规则的 revision",
    ),
    "lint.part": Wording(
        "the table {table} has no column {part}; correct the id", "表 {table} 没有 {part} 列；请改正代码"
    ),
    "lint.total": Wording(
        "points add up to {total}, not {wanted}; correct the groups' points",
        "各组分值合计 {total}，应为 {wanted}；请改正各组分值",
    ),
    "lint.group_total": Wording(
        "its indicators' points add up to {total}, not {wanted}; correct them",
        "所属指标分值合计 {total}，应为 {wanted}；请改正",
    ),
    "lint.group": Wording("there is no group {group}; correct the id", "没有组 {group}；请改正代码"),
    # Indicators and checks
    "lint.source": Wording(
        "names no source; name the clause of the form or the regulation", "没有写明依据；请写明本表或制度的条款"
    ),
    "lint.no_ratio": Wording(
        "part_of_whole and last_year_denominator need a ratio; give one or leave them out",
        "part_of_whole 和 last_year_denominator 须有 ratio；请给出 ratio，或删去这两项",
    ),
    "lint.figure_needed": Wording("a {kind} rule needs a ratio or figure", "{kind} 规则须有 ratio 或 figure"),
    "lint.figure_idle": Wording("a {kind} rule takes none", "{kind} 规则不用 ratio 或 figure"),
    "lint.cap": Wording(
        "{maximum} caps nothing, all points are {total}; set it lower",
        "{maximum} 起不到上限的作用，总分为 {total}；请改低",
    ),
    "lint.cap_id": Wording("an indicator has this id; choose another", "指标已用此代码；请另取代码"),
    "lint.deviation": Wording(
        "a {kind} rule looks at no figure that could deviate; take the deviation out",
        "{kind} 规则不看比率或数值，无从偏离；请删去 deviation",
    ),
    "lint.target_type": Wording(
        "the form has no {role} {target_type}; correct it", "本表的 {role} 没有 {target_type}；请改正"
    ),
    "lint.ratio": Wording("must be numerator / denominator; set brackets", "应为 分子 / 分母；请加括号"),
    "lint.table": Wording("there is no unit table {tables}; correct the id", "没有单位表 {tables}；请改正代码"),
    "lint.brackets": Wording("{error}; write {{{{ for a bracket", "{error}；花括号须写成 {{{{"),
    "lint.word": Wording("nothing is called {{{word}}}; there are {words}", "没有 {{{word}}}；现有 {words}"),
    "lint.no_cell": Wording(
        "no field {field}; name the cell that the finding points at", "没有字段 {field}；请写明问题所指的单元格"
    ),
    "lint.expression": Wording("{fault}; in `{source}`", "{fault}；见 `{source}`"),
    "lint.type": Wording(
        "a {wanted} is wanted, this is a {inferred}; in `{source}`", "应为{wanted}，此处是{inferred}；见 `{source}`"
    ),
    # The shape of a rulebook
    "shape.extra": Wording("Extra inputs are not permitted; {remedy}", "规则中没有此键；{remedy}"),
    "shape.choice": Wording(
        "Input should be {expected}, not {given}{hint}", "应为 {expected} 之一，现为 {given}{hint}"
    ),
    "shape.nearest": Wording("; the nearest is {name}", "；相近的有 {name}"),
    # Expressions
    "expression.no_field": Wording("no field {name} in the scope {scope}{hint}", "{scope} 范围内没有字段 {name}{hint}"),
    "expression.nearest": Wording(" (the nearest is {name})", "（相近的有 {name}）"),
    "expression.compare": Wording("cannot compare {left} {op} {right}", "不能比较 {left} {op} {right}"),
    "expression.type": Wording("a {wanted} is wanted, this is a {inferred}", "应为{wanted}，此处是{inferred}"),
    "expression.type.number": Wording("number", "数字"),
    "expression.type.text": Wording("text", "文字"),
    "expression.type.condition": Wording("condition", "条件"),
    "expression.no_member": Wording(
        "nothing is called {owner}.{field} in the scope {scope}", "{scope} 范围内没有 {owner}.{field}"
    ),
    "expression.no_indicator": Wording("no indicator {name} in the scope {scope}", "{scope} 范围内没有指标 {name}"),
    "expression.no_part": Wording("{name} is not a part of any total", "{name} 不是任何合计的组成项"),
    "expression.no_date": Wording("{name} is no field with a date{hint}", "{name} 不是日期栏目{hint}"),
    "expression.no_deadline": Wording(
        "the rulebook has no deadline to count the days from", "规则没有报送截止日期（deadline），无从计算逾期天数"
    ),
    "expression.no_sum": Wording(
        "nothing to sum in {owner}.{field} in the scope {scope}", "{scope} 范围内 {owner}.{field} 没有可以相加的内容"
    ),
    "expression.one_name": Wording("{name} stands for more than a name here", "此处的 {name} 代表的不只是一个名称"),
    "expression.long": Wording("longer than {most} characters", "超过 {most} 个字符"),
    "expression.no_syntax": Wording("not an expression: {reason}", "不是表达式：{reason}"),
    "expression.none": Wording("not an expression", "不是表达式"),
    "expression.deep": Wording("nested deeper than {most}", "嵌套超过 {most} 层"),
    "expression.foreign": Wording("{part} is not part of the language", "不能使用 {part}"),
    "expression.no_constant": Wording("{value} is not a plain number or text", "{value} 不是普通的数字或文字"),
    "expression.no_function": Wording("no such function; there are {names}", "没有此函数；现有 {names}"),
    "expression.arguments": Wording("{name}() takes {count}: {meaning}", "{name}() 须有 {count} 个参数：{meaning}"),
    "expression.argument": Wording("{name}() takes a {kind}: {meaning}", "{name}() 的参数应为 {kind}：{meaning}"),
    "expression.at": Wording("`at` must be a field", "`at` 应为字段"),
    # Rules
    "lint.count": Wording(
        "no field {field}; name a count field or {breaches}", "没有字段 {field}；请写明计数字段或 {breaches}"
    ),
    "lint.whole": Wording(
        "no field {field}; name the field that counts all of them", "没有字段 {field}；请写明总数字段"
    ),
    "lint.items": Wording(
        "the items' points add up to {total}, not {wanted}; correct them", "各项分值合计 {total}，应为 {wanted}；请改正"
    ),
    "lint.item_twice": Wording("duplicate item {items}; number them anew", "项目 {items} 重复；请重新编号"),
    "lint.band_empty": Wording(
        "the band from {low} to {high} is empty; correct its bounds", "区间 {low} 至 {high} 是空的；请改正上下限"
    ),
    "lint.band_overlap": Wording(
        "the bands overlap at {at}; each value belongs to one band", "区间在 {at} 处重叠；每个值只能属于一个区间"
    ),
    "lint.band_gap": Wording(
        "no band covers the values from {end} to {start}; add a band", "{end} 至 {start} 之间没有区间；请补上"
    ),
    "lint.band_bound": Wording(
        "no band covers {end}; let one of the two bands have it", "没有区间包含 {end}；请归入相邻的一个区间"
    ),
    "lint.band_low": Wording(
        "no band covers values down to {bound}; extend the lowest", "没有区间延伸到下限 {bound}；请扩展最低的区间"
    ),
    "lint.band_high": Wording(
        "no band covers values up to {bound}; extend the highest", "没有区间延伸到上限 {bound}；请扩展最高的区间"
    ),
    "lint.any": Wording("any", "任意值"),
    "lint.within": Wording(
        "points must lie in 0 … {points} and reach {points}; correct them",
        "得分应在 0 至 {points} 之间，最高为 {points}；请改正",
    ),
    # The form
    "lint.file_name": Wording(
        "{name} does not do as a file name; use small letters, digits and hyphens",
        "{name} 不能用作文件名；请只用小写字母、数字和连字符",
    ),
    "lint.version": Wording("is empty; give the form's version", "为空；请写明表的版本"),
    "lint.year": Wording(
        "says {named}, and fiscal_year is {year}; correct one of the two",
        "写的是 {named} 年，而 fiscal_year 是 {year}；请改正其一",
    ),
    "lint.deadline": Wording(
        "{deadline} lies before the end of {year}; correct the day", "{deadline} 早于 {year} 年末；请改正日期"
    ),
    "lint.summary_sheet": Wording(
        "{sheet} is taken, or no name for a sheet; choose another",
        "{sheet} 已被占用，或不能用作工作表名；请改用别的名称",
    ),
    "lint.summary_block": Wording("no unit table is called {name}; {remedy}", "没有单位表 {name}；{remedy}"),
    "lint.sheet_sign": Wording(
        "Excel takes no {signs} in a sheet's name; leave it out", "Excel 的工作表名不能含有 {signs}；请删去"
    ),
    "lint.sheet_space": Wording(
        "{name} begins or ends with a space or apostrophe; leave it out", "{name} 的首尾是空格或单引号；请删去"
    ),
    "lint.sheet_taken": Wording(
        "{name} is taken ({by}); choose another name", "{name} 已被占用（{by}）；请改用别的名称"
    ),
    "lint.sheet_twice": Wording(
        "{name} is the sheet of section {section} too; choose another name",
        "{name} 也是部分 {section} 的工作表；请改用别的名称",
    ),
    "lint.cell_name": Wording(
        "Excel reads it as a cell or a truth value; choose a longer id",
        "Excel 会把它读成单元格或真假值；请改用更长的代码",
    ),
    "lint.own_name": Wording(
        "the program has this name for something else; choose another id", "程序已将此名另作他用；请改用别的代码"
    ),
    "lint.choices_long": Wording(
        "{count} characters; a drop-down holds {most}, shorten them",
        "共 {count} 个字符；下拉列表最多 {most} 个，请缩短",
    ),
    "lint.label": Wording("is empty; give the words that stand beside the cell", "为空；请写明单元格旁的文字"),
    "lint.block_twice": Wording(
        "{count} blocks have it; choose another id for one of them", "有 {count} 个表块用此代码；请改用别的代码"
    ),
    "lint.id_twice": Wording("a {owner} has it too; choose another id", "{owner} 也用此代码；请改用别的代码"),
    "lint.layout_twice": Wording(
        "{count} blocks have the layout {layout}; there is room for one", "有 {count} 个 {layout} 表块；只能有一个"
    ),
    "lint.no_unit_rows": Wording(
        "missing, and there are tables with a row per unit; say what their rows are called",
        "有按机构分行的表而缺此项；请写明各行名称",
    ),
    "lint.no_own_score": Wording(
        "people score it, and the form has no cell for the department's own score; add a scorecard, or a rule that computes it",
        "该指标由人评分，而表中没有填写自评得分的单元格；请补上评分表，或写明计分规则",
    ),
    "lint.no_evidence": Wording(
        "indicators ask for evidence and no block has the layout evidence; add it",
        "有指标要求佐证，但没有 evidence 表块；请补上",
    ),
    "lint.no_fields": Wording(
        "a block without fields; add one, or remove the block", "有表块没有字段；请补上字段，或删去该表块"
    ),
    "lint.no_preset_column": Wording(
        "missing beside preset_rows; name the column that they fill", "有 preset_rows 而缺此项；请写明填入哪一列"
    ),
    "lint.preset_column": Wording("the table has no column {column}; {remedy}", "表中没有 {column} 列；{remedy}"),
    "lint.headings": Wording(
        "headings are the first columns of the table, in their order: {names}",
        "标题列应为表中最前的若干列，依次为：{names}",
    ),
    "lint.no_rows": Wording("has no rows; give preset_rows or blank_rows", "没有行；请给出 preset_rows 或 blank_rows"),
    "lint.preset": Wording("{value} is no choice of {column}; {remedy}", "{value} 不是 {column} 的选项；{remedy}"),
    # What the form's parts are
    "lint.key": Wording(
        "{key} may hold blanks, and the key has several fields; name fields of the kind code",
        "{key} 可能为空，而主键有多个字段；请用 code 类字段",
    ),
    "lint.key_kind": Wording(
        "{key} holds figures, days or long texts; name a field by which one is known from another",
        "{key} 为数值、日期或长文本；请用能够区分的字段",
    ),
    "lint.targets": Wording(
        "the form has no table of rows called {name}; {remedy}", "本表没有名为 {name} 的多行表；{remedy}"
    ),
    "lint.no_grades": Wording("none are given, and there are scores; give the bands", "有得分而没有等次；请写明各等次"),
    "lint.no_each": Wording("nothing is called {name}; {remedy}", "没有 {name}；{remedy}"),
    "lint.matrix_twice": Wording(
        "{count} have the id {name}; choose another for one of them", "{name} 重复 {count} 次；请改用别的代码"
    ),
    "lint.matrix_name": Wording("the table has no {name}; {remedy}", "表中没有 {name}；{remedy}"),
    "lint.matrix_ring": Wording("is a part of itself; leave it out", "合计包含自身；请删去"),
    "lint.matrix_kind": Wording(
        "a column to be filled in without a kind; give one, or a formula", "填报列没有类型；请写明类型，或给出算式"
    ),
    "lint.matrix_show": Wording("indicator and show go together; give both", "indicator 与 show 应同时写明"),
    "lint.matrix_self": Wording(
        "an indicator has one score of the department's own; name its row", "一项指标只有一个自评得分；请写明所在行"
    ),
    "lint.matrix_cells": Wording(
        "two cells come to the id {name}; choose other ids", "有两个单元格的代码同为 {name}；请改用别的代码"
    ),
    "lint.matrix_figures": Wording(
        "{name} is no column of figures to be filled in; name such a column",
        "{name} 不是填报数值的列；请用填报数值的列",
    ),
    "lint.matrix_required": Wording(
        "{name} has no cell in this column; leave it out", "{name} 在本列没有单元格；请删去"
    ),
    "lint.matrix_gap": Wording(
        "the row {row} has no cell of {name}; name the rows that have it in only",
        "{row} 行没有 {name} 的单元格；请用 only 写明有此格的行",
    ),
    "lint.matrix_room": Wording(
        "{count} columns, and a sheet with a scorecard has room for {most}; give the table a sheet of its own",
        "有 {count} 列，而评分表所在工作表只容 {most} 列；请另设工作表",
    ),
    "lint.matrix_own": Wording(
        "its own score stands in {owner} already; keep one of them", "其自评得分已在 {owner}；请只保留一处"
    ),
    "lint.cover": Wording(
        "a cover holds cards, and this is of the layout {layout}; move it to another sheet",
        "封面只放 card 表块，而此表块为 {layout}；请移至其他工作表",
    ),
    "lint.matrix_formula": Wording(
        "is no arithmetic over the columns of the row; use + - * / on their ids",
        "不是本行各列的四则运算；请用列代码和 + - * /",
    ),
    "lint.required_when": Wording(
        "a block of the layout {layout} takes none; it stands with the fields of cards and of tables of rows",
        "{layout} 表块不用此项；只用于 card、matrix 和 rows 表块的字段",
    ),
    "lint.rows_and_scorecard": Wording(
        "a form has a scorecard or indicators row by row; leave one of them out", "评分表与逐行指标不能并用；请删去其一"
    ),
    "lint.rows_twice": Wording("the group {group} has rows of {other} already", "{group} 的各行已归 {other}"),
    "lint.rows_points": Wording(
        "the group {group} has no points left for its rows; correct the points of its other indicators",
        "{group} 没有分值可分给各行；请改正其他指标的分值",
    ),
    "lint.rows_choice": Wording("says nothing of {choice}; name its group", "没有写明 {choice} 归哪个一级指标"),
    "lint.rows_case": Wording(
        "gives points, or a range, or says not_applicable: one of them",
        "points、range、not_applicable 应且只应写明一项",
    ),
    "lint.rows_range": Wording("its first end is larger than its second", "区间的前一数大于后一数"),
    "lint.no_texts": Wording("{name} holds numbers; name a column of texts", "{name} 为数值列；请写明文字列"),
    "lint.scope_table": Wording(
        'the scope "row" and a table go together; write scope = "row:<table>"',
        "范围“表中各行”应与表名同时写明，如 row:<表代码>",
    ),
    "lint.no_row_table": Wording(
        "the form has no table of rows called {name}; {remedy}", "本表没有名为 {name} 的多行表；{remedy}"
    ),
    "lint.role": Wording("no field {where} is called {name}; {remedy}", "{where}没有字段 {name}；{remedy}"),
    "lint.role.card": Wording("of a card", "信息卡中"),
    "lint.role.scorecard": Wording("of the scorecard", "评分表中"),
    "lint.role.evidence": Wording("of the evidence list", "佐证清单中"),
    "lint.role.units": Wording("of a table with a row per unit", "单位表中"),
    "lint.role.table": Wording("of the table {table}", "表 {table} 中"),
    "lint.no_numbers": Wording(
        "{name} holds no numbers; name a field that does", "{name} 不是数字字段；请改用数字字段"
    ),
    "lint.own_grade": Wording("the form has no field {name}; name the field", "本表没有字段 {name}；请写明字段"),
    "lint.grade_missing": Wording("the grade {name} is missing; {remedy}", "缺少等次 {name}；{remedy}"),
    "lint.no_grade": Wording("{choice} is no grade; {remedy}", "{choice} 不是等次；{remedy}"),
    # Remedies without a nearest name
    "lint.do.id": Wording("correct the id", "请改正代码"),
    "lint.do.field": Wording("name the field", "请写明字段"),
    "lint.do.table": Wording("name a block with the layout rows", "请写明 rows 版式的表块"),
    "lint.do.targets": Wording("name the table of the targets", "请写明目标表"),
    "lint.do.choice": Wording("add it to the choices", "请加入选项"),
    "lint.do.add": Wording("add it", "请补上"),
    "lint.do.drop": Wording("leave it out", "请删去"),
}
