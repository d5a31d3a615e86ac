"""What the system and libraries give as a reason, and its Chinese."""

from __future__ import annotations

import re
import sqlite3
import tomllib
from collections.abc import Mapping

from perfbatch.model.words.wording import Worded

__all__ = ["REASONS", "reason", "reason_of_reader", "toml_reason"]

REASONS: Mapping[str, str] = {
    # The system
    "Operation not permitted": "系统不允许此操作",
    "No such file or directory": "文件或文件夹不存在",
    "Input/output error": "磁盘读写出错",
    "No such device or address": "设备不存在",
    "Bad file descriptor": "文件已关闭",
    "Resource temporarily unavailable": "资源暂时不可用",
    "Cannot allocate memory": "内存不足",
    "Permission denied": "没有权限",
    "Device or resource busy": "文件或设备正被占用",
    "File exists": "同名文件已存在",
    "Invalid cross-device link": "不在同一个磁盘上",
    "No such device": "设备不存在",
    "Not a directory": "不是文件夹",
    "Is a directory": "是文件夹，不是文件",
    "Invalid argument": "系统不接受此参数",
    "Too many open files in system": "系统打开的文件过多",
    "Too many open files": "打开的文件过多",
    "Text file busy": "文件正被占用",
    "File too large": "文件超过系统限制",
    "No space left on device": "磁盘空间已满",
    "Read-only file system": "磁盘只读",
    "File name too long": "文件名过长",
    "No locks available": "系统没有可用的文件锁",
    "Directory not empty": "文件夹不是空的",
    "Too many levels of symbolic links": "符号链接循环",
    "Connection refused": "连接被拒绝",
    "Connection timed out": "连接超时",
    "No route to host": "网络不通",
    "Network is unreachable": "网络不通",
    "Stale file handle": "网络文件夹已断开",
    "Disk quota exceeded": "磁盘配额已用完",
    # SQLite
    "file is not a database": "不是数据库文件",
    "database disk image is malformed": "数据库已损坏",
    "database or disk is full": "磁盘空间已满",
    "database is locked": "数据库正被占用",
    "attempt to write a readonly database": "数据库只读",
    "unable to open database file": "数据库文件打不开",
    "disk I/O error": "磁盘读写出错",
    # TOML
    "Expected '=' after a key in a key/value pair": "键名后面缺少等号",
    "Expected ']' at the end of a table declaration": "表名后面缺少 ]",
    "Expected ']]' at the end of an array declaration": "表名后面缺少 ]]",
    "Expected newline or end of document after a statement": "一行中写了多项，或值后面有多余的内容",
    "Invalid initial character for a key part": "键名有误",
    "Invalid statement": "此行不成语句",
    "Invalid value": "值有误（文字须加英文引号）",
    "Unclosed array": "方括号没有闭合",
    "Unclosed inline table": "花括号没有闭合",
    "Unterminated string": "引号没有闭合",
    "Cannot overwrite a value": "同一个键写了两次",
    "Unescaped '\\' in a string": "文字中的反斜杠须写两个",
}
"""Reason in English, as it comes → in Chinese. One that is not among them stands as it is."""

_NUMBER = re.compile(r" \(os error \d+\)$|^\[Errno \d+\] | ?: '.*'$")
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def _of(text: str) -> Worded:
    return Worded(text, REASONS.get(text, text))


def reason(error: BaseException) -> Worded:
    """Why something failed, in one line, whatever the exception says."""
    if isinstance(error, sqlite3.Error):
        return _of(str(error))
    text = (error.strerror if isinstance(error, OSError) else None) or f"{type(error).__name__}: {error}"
    return _of(" ".join(text.split()))


def reason_of_reader(error: Exception) -> Worded:
    """Why a workbook could not be opened, as the library that reads it says."""
    text = str(error)
    return Worded(text, REASONS.get(_NUMBER.sub("", text), "文件已损坏，或不是 Excel 工作簿"))


def toml_reason(error: tomllib.TOMLDecodeError | UnicodeDecodeError) -> Worded:
    """Why a text is no TOML, and where."""
    text = str(error)
    if isinstance(error, UnicodeDecodeError):
        return Worded(text, "不是 UTF-8 编码")
    place = _PLACE.search(text)
    if place is None:
        return _of(text)
    where = f"第 {place[1]} 行第 {place[2]} 列" if place[1] else "文件末尾"
    return Worded(text, f"{where}，{_of(text[: place.start()]).zh}")
