"""Why a night, or another command, could not be completed."""

from __future__ import annotations

from collections.abc import Mapping

from perfbatch.model.words.wording import Wording

__all__ = ["FAULTS_OF_NIGHTS"]

FAULTS_OF_NIGHTS: Mapping[str, Wording] = {
    # The outbox
    "outbox.kept": Wording("The outbox still holds the files of the run before.", "结果文件夹仍是上一次运行的结果。"),
    "outbox.unreadable": Wording(
        "{outbox}: cannot be read ({reason}). {kept}", "{outbox}：无法读取（{reason}）。{kept}"
    ),
    "outbox.not_made": Wording(
        "{outbox}: cannot be made ({reason}). Name another outbox.",
        "{outbox}：无法建立（{reason}）。请另指结果文件夹。",
    ),
    "outbox.busy": Wording(
        "{outbox}: another run is publishing there. Wait for it to end and run again.",
        "{outbox}：另一次运行正在写出结果。请等其结束后重新运行。",
    ),
    "outbox.not_locked": Wording(
        "{outbox}: cannot be locked ({reason}). {kept}", "{outbox}：无法加锁（{reason}）。{kept}"
    ),
    "outbox.no_locks": Wording("no file locks there", "该处不支持文件锁"),
    "outbox.not_written": Wording(
        "{outbox}: cannot be written to ({reason}). {kept}", "{outbox}：无法写入（{reason}）。{kept}"
    ),
    "output.not_written": Wording(
        "{output}: cannot be written ({reason}). {kept}", "{output}：无法写出（{reason}）。{kept}"
    ),
    "output.open": Wording(
        "{path}: cannot be replaced, it may be open in Excel or WPS ({reason}). Close it and run again. {kept}",
        "{path}：无法替换，可能正在 Excel 或 WPS 中打开（{reason}）。请关闭后重新运行。{kept}",
    ),
    "output.not_replaced": Wording(
        "{path}: cannot be replaced ({reason}). {kept}", "{path}：无法替换（{reason}）。{kept}"
    ),
    "outbox.not_restored": Wording(
        "{outbox}: the files of the run before could not all be put back ({reason}). They are in {before}; close open files and "
        "run again.",
        "{outbox}：上一次运行的结果未能全部放回（{reason}）。这些文件在 {before}，请关闭打开的文件后重新运行。",
    ),
    "cache.not_written": Wording(
        "{path}: could not be written ({reason}). The night is published; the next one does again what this one could not keep. "
        "Remove the file if this is told again.",
        "{path}：未能写入（{reason}）。结果已经发布，未保存的部分下次运行时重做。再次提示的，请删除该文件。",
    ),
    # What is too little to replace a night
    "night.empty": Wording(
        "{inbox}: files: 0 tonight, {before} on the last night. Look whether it is the right folder, or give --allow-empty. "
        "{kept}",
        "{inbox}：本次 0 个文件，上次 {before} 个。请核对文件夹是否正确；确系如此的，请加 --allow-empty。{kept}",
    ),
    "night.fewer": Wording(
        "{inbox}: {rulebook}departments accepted: {tonight} tonight, {before} on the last night. Look what became of the others "
        "(`perfbatch check`), or give --allow-fewer. {kept}",
        "{inbox}：{rulebook}本次接收 {tonight} 个部门，上次 {before} 个。请查明其余部门的情况（`perfbatch check`）；确系如此的，请加 "
        "--allow-fewer。{kept}",
    ),
    "night.rulebook": Wording("{rulebook}: ", "{rulebook}："),
    # The history
    "history.changed": Wording(
        "{history}: changed while it was read. Run the command again.", "{history}：读取期间有变动。请重新运行本命令。"
    ),
    "history.odd": Wording(
        "{path}: holds what no run has written (table {table}, at {place}). Restore it from a backup or move it away.",
        "{path}：含有并非本程序写入的内容（表 {table}，{place}）。请用备份恢复，或移走该文件。",
    ),
    "history.odd_explanation": Wording(
        "{path}: explanation: holds what no run has written ({place}). Restore it from a backup or move it away.",
        "{path}：说明表含有并非本程序写入的内容（{place}）。请用备份恢复，或移走该文件。",
    ),
    "history.unusable": Wording(
        "{path}: cannot be used as the history ({reason}). Restore it from a backup or move it away.",
        "{path}：不能用作历史记录（{reason}）。请用备份恢复，或移走该文件。",
    ),
    "history.unreadable": Wording(
        "{path}: cannot be used as the history ({reason}). Make it readable or move it away.",
        "{path}：不能用作历史记录（{reason}）。请改为可以读取，或移走该文件。",
    ),
    "history.no_file": Wording(
        "{path}: cannot be used as the history (not a regular file). Move it away.",
        "{path}：不能用作历史记录（不是普通文件）。请移走该文件。",
    ),
    "history.empty": Wording(
        "{path}: cannot be used as the history (it is empty). Move it away.",
        "{path}：不能用作历史记录（文件是空的）。请移走该文件。",
    ),
    "history.foreign": Wording(
        "{path}: is not a history of perfbatch. Move it away.", "{path}：不是 perfbatch 的历史记录。请移走该文件。"
    ),
    "history.version": Wording(
        "{path}: written by another version of perfbatch ({version}). Use that version.",
        "{path}：由另一版本的 perfbatch 写成（{version}）。请使用该版本。",
    ),
    "history.set_apart": Wording(
        "{damage} It counts as none, and is kept as {kept_as}.",
        "{damage}本次按没有历史记录处理，原文件另存为 {kept_as}。",
    ),
    # Processes
    "threads.none": Wording(
        "No further thread or process can be started. Raise the limit of processes (ulimit -u), or give --workers 1.",
        "不能再启动线程或进程。请提高进程数上限（ulimit -u），或加 --workers 1。",
    ),
    "reading.no_process": Wording("Workbooks cannot be read: {reason}. {remedy}", "无法读取表格：{reason}。{remedy}"),
    "reading.stopped": Wording(
        "Workbooks cannot be read: the reading processes do not run ({reason}).",
        "无法读取表格：读取进程不能运行（{reason}）。",
    ),
    "reading.invalid": Wording(
        "Workbooks cannot be read: what a reading process answers is not valid ({reason}).",
        "无法读取表格：读取进程的答复无效（{reason}）。",
    ),
    "notices.invalid": Wording(
        "Notices cannot be made: what a process answers is not valid ({reason}).",
        "无法生成整改通知：进程的答复无效（{reason}）。",
    ),
    "import.invalid": Wording(
        "Reports cannot be imported: a process does not answer as it should ({reason}).",
        "无法导入报告：进程的答复无效（{reason}）。",
    ),
    "process.late": Wording("longer than the limit of wall-clock time", "超过时限"),
    "process.too_much": Wording("the result is larger than the limit", "结果超过限制"),
    "process.ended": Wording("ended with {status}", "进程已结束，状态 {status}"),
    "process.not_started": Wording("cannot start {program} ({reason})", "不能启动 {program}（{reason}）"),
    "process.left": Wording("the executor was left by an exception", "程序因异常中止"),
    # The cluster
    "cluster.address": Wording(
        "--cluster {address}: is not a scheduler's address. Give it as tcp://HOST:PORT.",
        "--cluster {address}：不是调度程序的地址。请写成 tcp://主机:端口。",
    ),
    "cluster.extra": Wording(
        "--cluster: needs the package distributed. Install perfbatch[cluster].",
        "--cluster：需要 distributed 程序包。请安装 perfbatch[cluster]。",
    ),
    "cluster.unguarded": Wording(
        "--cluster: this version of distributed cannot be kept from running what a worker sends. Use another version of it.",
        "--cluster：此版本的 distributed 会执行工作节点发来的内容，无法阻止。请改用别的版本。",
    ),
    "cluster.silent": Wording(
        "{address}: no scheduler answers there. Start the cluster, or run without --cluster.",
        "{address}：没有调度程序应答。请启动集群，或不用 --cluster 运行。",
    ),
    "cluster.workers_silent": Wording(
        "{address}: the workers do not answer. Restart the cluster, or run without --cluster.",
        "{address}：工作节点没有应答。请重新启动集群，或不用 --cluster 运行。",
    ),
    "cluster.a_worker_invalid": Wording(
        "{address}: what a worker answers is not valid ({error}). Look at its program, or run without --cluster.",
        "{address}：有工作节点的答复无效（{error}）。请检查其程序，或不用 --cluster 运行。",
    ),
    "cluster.worker_invalid": Wording(
        "{worker}: what the worker answers is not valid ({error}). Look at its program, or run without --cluster.",
        "{worker}：该工作节点的答复无效（{error}）。请检查其程序，或不用 --cluster 运行。",
    ),
    "cluster.empty": Wording(
        "{address}: the cluster has no workers. Start some, or run without --cluster.",
        "{address}：集群中没有工作节点。请启动工作节点，或不用 --cluster 运行。",
    ),
    "cluster.no_program": Wording(
        "{worker}: the worker has no perfbatch ({error}). Install perfbatch {version} there as it is here.",
        "{worker}：该工作节点没有 perfbatch（{error}）。请在该处安装与本机相同的 perfbatch {version}。",
    ),
    "cluster.other_program": Wording(
        "{worker}: the worker has perfbatch {its}, this is {ours}. Install perfbatch {version} there as it is here.",
        "{worker}：该工作节点的 perfbatch 是 {its}，本机是 {ours}。请在该处安装与本机相同的 perfbatch {version}。",
    ),
    "cluster.other_rules": Wording(
        "{worker}: the worker's {file} is another one (sha256 {its}, here {ours}). Install perfbatch {version} there as it is here.",
        "{worker}：该工作节点的 {file} 与本机不同（sha256 {its}，本机 {ours}）。请在该处安装与本机相同的 perfbatch {version}。",
    ),
    "cluster.dropped": Wording("{address} has dropped the work", "{address} 放弃了工作"),
    "cluster.deserted": Wording("{address} has no workers left", "{address} 已没有工作节点"),
    # The scheduler of the system
    "schedule.not_written": Wording(
        "{folder}: cannot be written to ({reason}). The schedule is as it was.",
        "{folder}：无法写入（{reason}）。计划任务没有变动。",
    ),
    "schedule.not_run": Wording(
        "{program}: cannot be run ({error}). Nothing is changed.", "{program}：无法运行（{error}）。没有任何变动。"
    ),
    "schedule.refused": Wording(
        "{command}: {reason}. The schedule is as it was.", "{command}：{reason}。计划任务没有变动。"
    ),
    "schedule.exit_code": Wording("exit code {code}", "退出码 {code}"),
    # The account of a night, and what came of telling of it
    "notify.answered": Wording("answered {status}", "对方应答 {status}"),
    "notify.no_answer": Wording("no answer within {seconds} s", "{seconds} 秒内没有应答"),
    "notify.unreachable": Wording("{error}, {reason}", "未能连接（{error}，{reason}）"),
    "notify.not_run": Wording("cannot be run ({reason})", "无法运行（{reason}）"),
    "notify.not_ended": Wording("not ended within {seconds} s", "{seconds} 秒内没有结束"),
    "account.no_folder": Wording("{folder}: cannot be made ({reason}).", "{folder}：无法建立（{reason}）。"),
    "account.not_written": Wording("{path}: cannot be written ({reason}).", "{path}：无法写入（{reason}）。"),
    "account.not_notified": Wording(
        "--notify: {outcome}. The night is what it was.", "--notify：{outcome}。本次运行的结果不受影响。"
    ),
}
