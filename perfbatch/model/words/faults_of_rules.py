"""What is wrong with a rulebook, a roster or the form that is made of them."""

from __future__ import annotations

from collections.abc import Mapping

from perfbatch.model.words.wording import Wording

__all__ = ["FAULTS_OF_RULES"]

FAULTS_OF_RULES: Mapping[str, Wording] = {
    # Rulebooks
    "rulebook.faulty": Wording("{file}: {fault}{more}. {remedy}", "{file}：{fault}{more}。{remedy}"),
    "rulebook.correct": Wording(
        "Correct the file and run `perfbatch rulebook lint`.", "请改正该文件，并运行 `perfbatch rulebook lint` 核对。"
    ),
    "rulebook.correct_all": Wording(
        "Correct the file and run `perfbatch rulebook lint` for the whole list.",
        "请改正该文件；全部问题见 `perfbatch rulebook lint`。",
    ),
    "rulebook.alike": Wording(
        "--rulebook {rulebook}: has the {what} of {other} ({value}). Change `{key}`, or give one of the two.",
        "--rulebook {rulebook}：与 {other} 的{what}相同（{value}）。请修改 `{key}`，或只给其中一个。",
    ),
    "rulebook.alike.id": Wording("id", "代码"),
    "rulebook.alike.form": Wording("form and version", "表和版本"),
    "rulebook.alike.summary": Wording("summary", "汇总表文件名"),
    "rulebook.folder_empty": Wording(
        "{path}: the folder holds no rulebook. Name a rulebook file (.toml, .xlsx), or a folder of them.",
        "{path}：文件夹中没有规则文件。请指明规则文件（.toml、.xlsx）或存放规则文件的文件夹。",
    ),
    "rulebook.folder": Wording(
        "{path}: the folder holds {count} rulebooks. Name one rulebook file (.toml, .xlsx) of it.",
        "{path}：文件夹中有 {count} 个规则文件。请指明其中一个（.toml、.xlsx）。",
    ),
    "rulebook.unknown": Wording(
        "{place}: is neither a file nor the id of a built-in rulebook ({known}). Name a rulebook file (.toml, .xlsx) or a "
        "built-in id.",
        "{place}：既不是文件，也不是内置规则的代码（{known}）。请指明规则文件（.toml、.xlsx）或内置规则的代码。",
    ),
    "rulebook.nearest": Wording("the nearest is {name}", "相近的有 {name}"),
    "rulebook.known": Wording("there are {names}", "现有 {names}"),
    "rulebook.unreadable": Wording(
        "{file}: cannot be read ({reason}). Name a rulebook file (.toml or .xlsx).",
        "{file}：无法读取（{reason}）。请指明规则文件（.toml 或 .xlsx）。",
    ),
    "rulebook.old_excel": Wording(
        "{file}: is an .xls or protected by a password. Save it as .xlsx without a password.",
        "{file}：是 .xls 文件或设有密码。请取消密码，另存为 .xlsx。",
    ),
    "rulebook.not_toml": Wording(
        "{file}: not TOML: {reason}{sign}. Correct the file and run `perfbatch rulebook lint`.",
        "{file}：不是有效的 TOML：{reason}{sign}。请改正该文件，并运行 `perfbatch rulebook lint` 核对。",
    ),
    "rulebook.full_width": Wording(
        "; there stands the full-width {sign}, write {plain}", "；此处是全角的 {sign}，请改为 {plain}"
    ),
    "rulebook.too_deep": Wording(
        "{file}: not TOML: nested too deep. Correct the file and run `perfbatch rulebook lint`.",
        "{file}：不是有效的 TOML：嵌套过深。请改正该文件，并运行 `perfbatch rulebook lint` 核对。",
    ),
    "rulebook.utf16": Wording(
        "{file}: is saved as UTF-16 (“Unicode”). Save it as UTF-8.",
        "{file}：按 UTF-16（“Unicode”）保存。请另存为 UTF-8。",
    ),
    "rulebook.gbk": Wording(
        "{file}: is saved as GBK (“ANSI”): line {line}. Save it as UTF-8.",
        "{file}：按 GBK（“ANSI”）保存：第 {line} 行。请另存为 UTF-8。",
    ),
    "rulebook.not_utf8": Wording(
        "{file}: is not UTF-8: line {line}. Save it as UTF-8.",
        "{file}：不是 UTF-8 编码：第 {line} 行。请另存为 UTF-8。",
    ),
    "rulebook.no_rules": Wording(
        "{file}: is not a workbook of rules: it has no sheet {sheet}. Write a workbook of rules with `perfbatch rulebook export`, "
        "and change that one.",
        "{file}：不是规则工作簿，没有工作表“{sheet}”。请用 `perfbatch rulebook export` 导出规则工作簿，在其上修改。",
    ),
    "rulebook.no_workbook": Wording(
        "{file}: cannot be read as a workbook ({reason}). Write a workbook of rules with `perfbatch rulebook export`, and change "
        "that one.",
        "{file}：不能作为工作簿读取（{reason}）。请用 `perfbatch rulebook export` 导出规则工作簿，在其上修改。",
    ),
    "new_year.there": Wording(
        "{path}: is there already. Name another file with --output, or give --force.",
        "{path}：已经存在。请用 --output 另指文件，或加 --force 覆盖。",
    ),
    "new_year.not_written": Wording(
        "{path}: cannot be written ({reason}). Name another file.", "{path}：无法写入（{reason}）。请改用别的文件名。"
    ),
    "new_year.deadline": Wording(
        "--deadline: {deadline} lies before the end of {year}. Give a later day.",
        "--deadline：{deadline} 早于 {year} 年末。请改为其后的日期。",
    ),
    # The blank form
    "form.units_negative": Wording(
        "--units: {units} subordinate units. Give 0 or more.", "--units：下属单位 {units} 个。请填 0 或以上的数。"
    ),
    "form.units_few": Wording(
        "--units: {units} rows, and {given} units are given. Give more.",
        "--units：只有 {units} 行，而下属单位有 {given} 个。请填更大的数。",
    ),
    "form.choices": Wording(
        "{rulebook}: {field}: choices too long for a drop-down, or with a comma. Shorten the choices.",
        "{rulebook}：{field}：选项过长或含有逗号，下拉列表放不下。请缩短选项。",
    ),
    "form.name": Wording(
        "{rulebook}: {field}: Excel takes it for a cell. Choose an id without such a number.",
        "{rulebook}：{field}：Excel 会把它当作单元格。请改用不带这种数字的代码。",
    ),
    # The roster
    "roster.empty": Wording(
        "{roster}: lists no department. Fill in a row for every department.",
        "{roster}：没有列出部门。请每个部门填一行。",
    ),
    "roster.itself": Wording("roster", "名录"),
    "roster.no_sheet": Wording(
        "{path}: has no sheet {sheets}. Start from a blank roster.",
        "{path}：没有工作表 {sheets}。请从空白名录填起（`perfbatch template --blank-roster`）。",
    ),
    "roster.unreadable": Wording(
        "{path}: cannot be read as a workbook ({reason}). Name a roster .xlsx.",
        "{path}：不能作为工作簿读取（{reason}）。请指明 .xlsx 名录。",
    ),
    "roster.no_heading": Wording(
        "{path} [{sheet}]: has no heading row with {column}. Start from a blank roster.",
        "{path} [{sheet}]：没有含“{column}”的表头行。请从空白名录填起（`perfbatch template --blank-roster`）。",
    ),
    # Cells of the roster
    "roster.heading_twice": Wording(
        "{place}: the heading {heading} stands twice. Keep one of the columns.",
        "{place}：表头“{heading}”重复。请只留一列。",
    ),
    "roster.no_column": Wording(
        "{place}: has no column {columns}. Add the column.", "{place}：缺少“{columns}”列。请补上该列。"
    ),
    "roster.code_number": Wording(
        "{place}: the code {value} is a number, its leading zeros may be lost. Format it as text.",
        "{place}：编码 {value} 是数字，前面的 0 可能已丢失。请改为文本格式。",
    ),
    "roster.code_blank": Wording(
        "{place}: the code is blank. Fill it in or delete the row.", "{place}：编码为空。请补填，或删去该行。"
    ),
    "roster.code_twice": Wording(
        "{place}: the code {code} stands in row {row} too. Keep one of the rows.",
        "{place}：编码 {code} 与第 {row} 行重复。请只留一行。",
    ),
    "roster.name_blank": Wording("{place}: the name is blank. Fill it in.", "{place}：名称为空。请补填。"),
    "roster.long": Wording(
        "{place}: {text}… is longer than the form's {most} characters. Shorten it.",
        "{place}：“{text}……”超过表中规定的 {most} 字。请缩短。",
    ),
    "roster.units_many": Wording(
        "{place}: {units} subordinate units, the form has room for {most}. Put small units together.",
        "{place}：下属单位 {units} 个，表中只能列 {most} 个。请合并较小的单位。",
    ),
    "roster.unit_itself": Wording(
        "{place}: {unit} is the department itself. List its subordinate units only.",
        "{place}：{unit} 是部门本身。请只列下属单位。",
    ),
    "roster.unit_twice": Wording("{place}: {unit} stands twice. Keep it once.", "{place}：{unit} 重复。请只列一次。"),
    "roster.no_number": Wording(
        "{place}: {value} is not a number. Give a plain number or leave it blank.",
        "{place}：{value} 不是数字。请填数字，或留空。",
    ),
    "roster.bounds": Wording(
        "{place}: {value} must lie in {least} … {most}. Correct the number or its unit.",
        "{place}：{value} 应在 {least} 至 {most} 之间。请核对数字及其单位。",
    ),
    "roster.not_whole": Wording(
        "{place}: {value} is not a whole number. Correct the number.", "{place}：{value} 不是整数。请改正。"
    ),
    "roster.review_twice": Wording(
        "{place}: {indicator} of {code} stands in row {row} too. Keep one of the rows.",
        "{place}：{code} 的 {indicator} 与第 {row} 行重复。请只留一行。",
    ),
    "roster.score_blank": Wording(
        "{place}: the score is blank. Fill it in or delete the row.", "{place}：得分为空。请补填，或删去该行。"
    ),
    "roster.review_reason": Wording(
        "{place}: the reason is blank. State why the score was changed.", "{place}：理由为空。请写明调整得分的理由。"
    ),
    "roster.waiver_reason": Wording(
        "{place}: the reason is blank. State why the finding may stand.", "{place}：理由为空。请写明豁免的理由。"
    ),
    "roster.no_date": Wording(
        "{place}: {value} is not a date. Give the last day, like 2021-12-31.",
        "{place}：{value} 不是日期。请填写截止日期，例 2021-12-31。",
    ),
    "roster.no_verdict": Wording(
        "{place}: {value} is no verdict. Write {opinions}.", "{place}：{value} 不是规定的意见。请填写 {opinions}。"
    ),
}
