"""What the command line's parser says of a line that is none of ours, in the language of the terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from perfbatch.terminal.catalogue import say

__all__ = ["usage_fault", "usage_line"]

# The parser has English words and next to no data: an option's name stands in the sentence alone. Its sentences are few, and
# one that is not among them is shown as it is. A second pattern of the same key is an older parser's.
_SENTENCES = (
    (r"No such option: (?P<option>.+) \(Possible options: (?P<near>.+)\)", "option.near"),
    (r"No such option: (?P<option>.+)", "option.none"),
    (r"Option (?P<option>'.+') requires an argument", "option.bare"),
    (r"Option (?P<option>'.+') does not take a value", "option.flag"),
    (r"No such command (?P<command>.+)\. Did you mean (?P<near>.+)\?", "command.near"),
    (r"No such command (?P<command>.+)", "command.none"),
    (r"Missing command", "command.missing"),
    (r"Missing option (?P<option>.+)", "missing.option"),
    (r"Missing argument (?P<argument>.+)", "missing.argument"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((?P<words>.+)\)", "words"),
    (r"Invalid value for (?P<option>'.+?'): (?P<why>.+)", "value"),
)
_REASONS = (
    (r"Input should be a valid integer, unable to parse string as an integer", "integer"),
    (r"'.*' is not a valid integer(?: range)?", "integer"),
    (r"Input should be greater than or equal to (?P<bound>\d+)", "least"),
    (r"Input should be less than or equal to (?P<bound>\d+)", "most"),
    (r"(?:Value error, )?(?P<value>'.*') does not match the formats? (?P<formats>.+)", "format"),
    (r"(?:Value error, )?(?P<value>'.*') is not one of (?P<choices>.+)", "choice"),
)


def usage_line(path: str, message: str, sources: Sequence[str]) -> str:
    """What the parser says of a command (`path`), where else than on the line the value came from, and where to read on."""
    stated = "".join(say("usage.source", source=source) for source in sources)
    return say("usage", path=path, fault=usage_fault(message), source=stated)


def usage_fault(message: str) -> str:
    """A sentence of the parser's, without its full stop."""
    sentence = message.rstrip(".")
    key, values = _recognised(sentence, _SENTENCES)
    if not key:
        return sentence
    if "why" in values:
        reason, stated = _recognised(values["why"], _REASONS)
        if reason:
            values["why"] = say(f"usage.why.{reason}", **stated)
    return say(f"usage.{key}", **values)


def _recognised(sentence: str, patterns: Sequence[tuple[str, str]]) -> tuple[str, dict[str, str]]:
    """The key of a sentence and what it names; "" and nothing for one that is not known."""
    for pattern, key in patterns:
        if match := re.fullmatch(pattern, sentence, re.DOTALL):
            return key, match.groupdict()
    return "", {}
