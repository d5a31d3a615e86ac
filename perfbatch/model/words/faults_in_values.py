"""What lint finds in single values of a rulebook, and in what cannot be scored, matched or shown."""

from __future__ import annotations

from collections.abc import Mapping

from perfbatch.model.words.wording import Wording

__all__ = ["FAULTS_IN_VALUES"]

FAULTS_IN_VALUES: Mapping[str, Wording] = {
    # Kinds and fields
    "lint.bounds": Wording(
        "{minimum} is above the maximum {maximum}; correct one of the two",
        "{minimum} 大于上限 {maximum}；请改正其中之一",
    ),
    "lint.large": Wording("figures are counted up to {most}; come closer to 0", "数值最大只能计到 {most}；请改小"),
    "lint.step": Wording("{step} is no step; give a number above 0", "{step} 不能作为尾差步长；请改为大于 0 的数"),
    "lint.length": Wording(
        "a cell holds 1 to {most} characters; correct the number", "单元格可容 1 至 {most} 个字符；请改正"
    ),
    "lint.number_format": Wording("is empty; give a number format, such as 0.00", "为空；请给出数字格式，例如 0.00"),
    "lint.format_sign": Wording(
        "Excel takes no {sign} there; put text in quotes", "Excel 不接受其中的 {sign}；文字请加引号"
    ),
    "lint.format_blank": Wording(
        "{code} shows no figure; give a number format, such as 0.00", "{code} 显示不出数值；请给出数字格式，例如 0.00"
    ),
    "lint.constant": Wording(
        "asks for no field of the form; name the fields that it holds against each other",
        "没有用到表中任何栏目；请写明要核对的栏目",
    ),
    "lint.tautology": Wording(
        "holds a thing against itself; correct one of the sides", "两边相同，无从核对；请改正其中一边"
    ),
    "lint.choice_blank": Wording(
        "the choice {choice} is blank, or begins or ends with a blank; write it without",
        "选项 {choice} 为空，或首尾有空格；请改正",
    ),
    "lint.choice_nothing": Wording(
        "{choice} is read as nothing stated, never as a choice; word it otherwise",
        "“{choice}”读作未填内容，不能作为选项；请换一种写法",
    ),
    "lint.choice_sign": Wording(
        "{choice} has a {sign}, which a drop-down takes for its own; word it otherwise",
        "“{choice}”中的 {sign} 在下拉列表中另有含义；请换一种写法",
    ),
    "lint.choice_twice": Wording("{choice} stands there twice; leave one out", "“{choice}”出现两次；请删去一个"),
    # Texts
    "lint.text_sign": Wording(
        "holds {sign}, which no cell shows; take it out", "含有单元格不能显示的字符 {sign}；请删去"
    ),
    "lint.text_long": Wording(
        "{count} characters; a cell holds {most}, shorten the text", "共 {count} 个字符；单元格最多 {most} 个，请缩短"
    ),
    "lint.blank": Wording("is empty; give the words that stand there", "为空；请填写"),
    # Totals, rows per unit, answers
    "lint.parts_ring": Wording("the total is a part of itself; correct the parts", "合计成了自身的分项；请改正分项"),
    "lint.part_twice": Wording("{part} stands there twice; leave one out", "{part} 出现两次；请删去一个"),
    "lint.part_of_two": Wording(
        "{part} is a part of {total} already; a part belongs to one total",
        "{part} 已是 {total} 的分项；分项只属于一个合计",
    ),
    "lint.unit_rows_word": Wording(
        "only the third may say {{n}} (its number) or {{k}} (one less), and nothing else in brackets; correct the texts",
        "只有第三项可以写 {{n}}（序号）或 {{k}}（序号减一），花括号内不能有别的内容；请改正",
    ),
    "lint.unit_rows_alike": Wording(
        "rows would be called alike; tell the first two apart and put {{k}} into the third",
        "各行名称会相同；前两项应不同，第三项应写 {{k}}",
    ),
    "lint.answer": Wording(
        "{answer} does not do as an answer of a drop-down; give a word without commas or quotes",
        "{answer} 不能作为下拉列表的答案；请用不含逗号、引号的文字",
    ),
    "lint.answers_alike": Wording(
        "yes and no are both {answer}; tell them apart", "yes 与 no 都是“{answer}”；两者应不同"
    ),
    # Indicators, grades, checks
    "lint.apart": Wording(
        "those of the {key} {name} do not stand together; put them one after the other",
        "同属“{name}”（{key}）的指标没有排在一起；请依次排列",
    ),
    "lint.name_twice": Wording(
        "{name} stands twice under {subgroup}, and rows are matched by name; give them different names",
        "“{subgroup}”下有两个“{name}”，而各行按名称对应；请用不同的名称",
    ),
    "lint.cents": Wording(
        "{points} has more than two decimals, and scores are kept to 0.01; round it",
        "{points} 超过两位小数，而得分只保留两位；请取整到 0.01",
    ),
    "lint.two_figures": Wording("there is a ratio already; keep one of the two", "已有 ratio；二者只留其一"),
    "lint.no_input": Wording(
        "names no field where a finding could point; begin each side of the ratio, or the figure, with a field",
        "没有写明栏目，问题无处标注；ratio 的分子、分母（或 figure）应以栏目开头",
    ),
    "lint.grade_reach": Wording(
        "no total reaches it, totals go from 0 to {total}; correct its bounds",
        "总分在 0 至 {total} 之间，达不到这一等次；请改正界限",
    ),
    "lint.domain": Wording(
        "domain: from {low} to {high} there is nothing; correct one of the two",
        "domain：{low} 至 {high} 之间没有数值；请改正其中之一",
    ),
    "lint.band_outside": Wording(
        "the band from {low} to {high} lies outside of the domain; leave it out or widen the domain",
        "{low} 至 {high} 一段在 domain 之外；请删去，或放宽 domain",
    ),
    "lint.check_id": Wording(
        "takes letters, digits, points and underscores, a letter first; correct it",
        "只能用字母、数字、点和下划线，且以字母开头；请改正",
    ),
    "lint.title_comma": Wording(
        "has a comma, and departments choose the check from a drop-down; write it without",
        "含有半角逗号，而部门从下拉列表中选择检查；请改用全角",
    ),
    "lint.each": Wording("nothing is called {name}; {remedy}", "没有 {name}；{remedy}"),
    "lint.word_form": Wording(
        "{word} takes no format; write it alone in its brackets", "{word} 不能带格式；花括号内只写名称"
    ),
    "lint.role_twice": Wording(
        "{name} plays another part too; a field plays one", "{name} 还用作别的用途；一个栏目只有一种用途"
    ),
    "lint.key_twice": Wording("{key} stands there twice; leave one out", "{key} 出现两次；请删去一个"),
}
