"""What is wrong with what an operator gave a command: options, folders, settings, names."""

from __future__ import annotations

from collections.abc import Mapping

from perfbatch.model.words.wording import Wording

__all__ = ["FAULTS_OF_COMMANDS"]

FAULTS_OF_COMMANDS: Mapping[str, Wording] = {
    # Options of one command
    "options.both": Wording(
        "{option}: does not go with {other}. Give one of the two.", "{option}：不能与 {other} 同用。请只给其中一个。"
    ),
    "rule.unknown": Wording(
        "rule {rule}: not in the rulebook. Use an indicator id or a check's code, e.g. R02.",
        "规则 {rule}：规则中没有。请用指标代码或勾稽关系编号，例 R02。",
    ),
    "parquet.missing": Wording(
        "--parquet: pyarrow is not installed. Install it with `pip install 'perfbatch[parquet]'`, or take CSV.",
        "--parquet：没有安装 pyarrow。请用 `pip install 'perfbatch[parquet]'` 安装，或改用 CSV。",
    ),
    # Folders
    "inbox.none": Wording(
        "{inbox}: is not a folder. Name the folder of filled workbooks with --inbox.",
        "{inbox}：不是文件夹。请用 --inbox 指明存放各部门表格的文件夹。",
    ),
    "inbox.unreadable": Wording(
        "{inbox}: cannot be read ({reason}). Name a folder that exists and can be read (--inbox).",
        "{inbox}：无法读取（{reason}）。请用 --inbox 指明一个存在且可以读取的文件夹。",
    ),
    "outbox.no_folder": Wording(
        "{outbox}: is not a folder. Name the folder for the results with --outbox.",
        "{outbox}：不是文件夹。请用 --outbox 指明存放结果的文件夹。",
    ),
    "outbox.in_inbox": Wording(
        "{outbox}: lies in the inbox, which is only read. Name another folder with --outbox.",
        "{outbox}：在收件文件夹之内，而收件文件夹只供读取。请用 --outbox 另指一个文件夹。",
    ),
    "folder.not_made": Wording(
        "{folder}: cannot be made ({reason}). Name a folder that can be written.",
        "{folder}：无法建立（{reason}）。请指明一个可以写入的文件夹。",
    ),
    "folder.not_written": Wording(
        "{folder}: cannot be written to ({reason}). Close what is open there, or name another folder.",
        "{folder}：无法写入（{reason}）。请关闭其中打开的文件，或改用别的文件夹。",
    ),
    "file.not_written": Wording(
        "{path}: cannot be written ({reason}). Close it where it is open, or name another folder.",
        "{path}：无法写入（{reason}）。请在打开它的程序中关闭，或改用别的文件夹。",
    ),
    "file.no_folder": Wording(
        "{path}: cannot be written (its folder is not there). Name another file.",
        "{path}：无法写入（所在文件夹不存在）。请改用别的文件名。",
    ),
    "file.other_content": Wording(
        "{path}{more}: is there already, with other content. Move it away, name another place with --output, or replace it with "
        "--force.",
        "{path}{more}：已经存在，内容不同。请移走该文件，或用 --output 另指位置，或用 --force 覆盖。",
    ),
    "locale": Wording(
        "locale: its encoding ({encoding}) has no Chinese file names. Set LC_ALL=C.UTF-8 or PYTHONUTF8=1 and run again.",
        "语言环境：其编码（{encoding}）不能表示中文文件名。请设置 LC_ALL=C.UTF-8 或 PYTHONUTF8=1 后重新运行。",
    ),
    # Settings
    "settings.unreadable": Wording(
        "{path}: cannot be read ({reason}). Name a file with {variable}.",
        "{path}：无法读取（{reason}）。请用 {variable} 指明设置文件。",
    ),
    "settings.not_toml": Wording(
        "{path}: not TOML: {reason}. Correct the file, or take the line out.",
        "{path}：不是有效的 TOML：{reason}。请改正该文件，或删去该行。",
    ),
    "settings.no_command": Wording(
        "{path} [{command}]: no such command{meant}. Correct the file, or take the line out.",
        "{path} [{command}]：没有此命令{meant}。请改正该文件，或删去该行。",
    ),
    "settings.no_option": Wording(
        "{place}: no such option{meant}. Correct the file, or take the line out.",
        "{place}：没有此选项{meant}。请改正该文件，或删去该行。",
    ),
    "settings.no_truth": Wording(
        "{place}: {value} is neither true nor false. Correct the file.",
        "{place}：{value} 应为 true 或 false。请改正该文件。",
    ),
    "settings.no_value": Wording(
        "{place}: {value} is no value of --{option}. Correct the file.",
        "{place}：{value} 不能作为 --{option} 的取值。请改正该文件。",
    ),
    "variable.no_truth": Wording(
        "{variable}: {value} is neither true nor false. Set it to 1 or 0, or unset it.",
        "{variable}：{value} 应为 1 或 0。请改正该环境变量，或取消设置。",
    ),
    # init
    "init.there": Wording(
        "{path}: is there already, and is left as it is. Move it away, or start the command in another folder.",
        "{path}：已经存在，未作改动。请移走该文件，或在别的文件夹中运行本命令。",
    ),
    "init.folder": Wording(
        "{path}: cannot be made ({reason}). Name another folder.", "{path}：无法建立（{reason}）。请改用别的文件夹。"
    ),
    "init.control": Wording(
        "{option}: holds a control character. Give it as plain text.", "{option}：含有控制字符。请改为普通文字。"
    ),
    "init.blank": Wording(
        "{option}: is blank. Give it, or leave the option out.", "{option}：取值为空。请填写，或不写该选项。"
    ),
    # schedule
    "schedule.time": Wording(
        "--at: {at} is no time of the day. Give it as HH:MM, e.g. 02:00.",
        "--at：{at} 不是时刻。请写成 时:分，例 02:00。",
    ),
    "schedule.character": Wording(
        "{path}: holds a character that no scheduler can be told. Rename it.",
        "{path}：含有计划任务不能接受的字符。请改名。",
    ),
    "schedule.name": Wording(
        "{path}: is not called perfbatch.toml. Rename it, and unset {variable}.",
        "{path}：文件名不是 perfbatch.toml。请改名，并取消设置 {variable}。",
    ),
    "schedule.missing": Wording(
        "{program}: is not on this machine. Choose another scheduler with --as, or hand over by yourself what is printed.",
        "{program}：本机没有此程序。请用 --as 另选计划任务方式，或把打印的内容自行交给系统。",
    ),
    # explain
    "department.several": Wording(
        "department {wanted}: {count} are called so: {names}. Give the budget code.",
        "部门 {wanted}：有 {count} 个部门与之相符（{names}）。请改用编码。",
    ),
    "department.near": Wording(
        "department {wanted}: no accepted workbook in {inbox} has this code or name. The nearest: {names}.",
        "部门 {wanted}：{inbox} 中已接收的表格里没有这个编码或名称。相近的有：{names}。",
    ),
    "department.none": Wording(
        "department {wanted}: no accepted workbook in {inbox} has this code or name. Check the code or the inbox.",
        "部门 {wanted}：{inbox} 中已接收的表格里没有这个编码或名称。请核对编码，或看是否在别的收件文件夹。",
    ),
    "indicator.several": Wording(
        "indicator {wanted}: {count} are called so: {names}. Give the id.",
        "指标 {wanted}：有 {count} 项与之相符（{names}）。请改用代码。",
    ),
    "indicator.near": Wording(
        "indicator {wanted}: not in the rulebook. The nearest: {names}.",
        "指标 {wanted}：规则中没有。相近的有：{names}。",
    ),
    "indicator.none": Wording(
        "indicator {wanted}: not in the rulebook. `perfbatch rulebook show` lists all of them.",
        "指标 {wanted}：规则中没有。全部指标见 `perfbatch rulebook show`。",
    ),
    # diff and history
    "run.alone": Wording(
        "run {run}: is given alone. Give both runs, or none for the last two.",
        "运行 {run}：只给了一次运行。请给出两次运行，或都不写（比较最近两次）。",
    ),
    "run.unknown": Wording(
        "run {run}: the history has no such run. The latest on record: {latest}.",
        "运行 {run}：历史记录中没有这次运行。最近的有：{latest}。",
    ),
    "run.several": Wording(
        "run {run}: {count} runs begin so. The latest on record: {latest}.",
        "运行 {run}：有 {count} 次运行以此开头。最近的有：{latest}。",
    ),
    "run.none": Wording("none ({history})", "无（{history}）"),
    "runs.apart": Wording(
        "runs {first}, {second}: have no form in common. Compare runs over the same form (`perfbatch history` lists them).",
        "运行 {first}、{second}：没有共同的表。请比较同一种表的两次运行（清单见 `perfbatch history`）。",
    ),
    "runs.single": Wording(
        "{history}: has no two runs of one form and year. Compare after the next night.",
        "{history}：没有同一种表、同一年度的两次运行。请在下一次运行后再比较。",
    ),
    "history.missing": Wording(
        "{history}: is not there. Name the outbox of a night with --outbox.",
        "{history}：不存在。请用 --outbox 指明存放结果的文件夹。",
    ),
    # import
    "import.missing": Wording(
        "{path}: is not there. Name Word reports (.docx, .doc), or folders of them.",
        "{path}：不存在。请指明 Word 报告（.docx、.doc）或存放报告的文件夹。",
    ),
    "import.none": Wording(
        "{path}: holds no Word report. Name Word reports (.docx, .doc), or folders of them.",
        "{path}：没有 Word 报告。请指明 Word 报告（.docx、.doc）或存放报告的文件夹。",
    ),
    "import.in_inbox": Wording(
        "{output}: is the inbox, or lies in it. Name another folder with --output; look through the protocols first.",
        "{output}：是收件文件夹，或在其内。请用 --output 另指文件夹，核对导入记录后再放入收件文件夹。",
    ),
    # cards
    "cards.nobody": Wording(
        "{inbox}: no workbook of it was accepted, so there is no card to print. See `perfbatch run` for what became of its files.",
        "{inbox}：没有一份表格被接收，无一览表可印。各文件的处理情况见 `perfbatch run` 的输出。",
    ),
    "office.missing": Wording(
        "--pdf: LibreOffice is not installed. Install it (its program is soffice), or print the workbook from Excel or WPS.",
        "--pdf：没有安装 LibreOffice。请安装（程序名为 soffice），或用 Excel、WPS 打印表格。",
    ),
    "office.failed": Wording(
        "{path}: LibreOffice made no PDF of it. Print the workbook from Excel or WPS: leave --pdf out.",
        "{path}：LibreOffice 未能生成 PDF。请去掉 --pdf，用 Excel 或 WPS 打印表格。",
    ),
    "office.slow": Wording(
        "{path}: LibreOffice took too long over it. Print the workbook from Excel or WPS: leave --pdf out.",
        "{path}：LibreOffice 用时过长。请去掉 --pdf，用 Excel 或 WPS 打印表格。",
    ),
    # Parts of the above
    "part.more": Wording(" (and {count} more)", "（另有 {count} 个）"),
    "part.or": Wording(" or ", " 或 "),
    "part.meant": Wording(" (is {name} meant)", "（是否为 {name}）"),
}
