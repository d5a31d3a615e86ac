"""What the operator has set once: `perfbatch.toml`, the environment, the options; one value for each, and where it came from.

An option on the command line goes before `PERFBATCH_…` in the environment, that before `perfbatch.toml`, and that before the
default. What environment and file say is put in front of the operator's own arguments, as if it had been typed: so it is
parsed, bounded and refused as an option is, and there is no second way in which an option could be understood.
"""

from perfbatch.settings.file import FILE_NAME, SETTINGS_VARIABLE, SettingsFile, read_settings_file, settings_path
from perfbatch.settings.resolving import Command, Option, Setting, settings_of, typed_value, with_settings

__all__ = [
    "FILE_NAME",
    "SETTINGS_VARIABLE",
    "Command",
    "Option",
    "Setting",
    "SettingsFile",
    "read_settings_file",
    "settings_of",
    "settings_path",
    "typed_value",
    "with_settings",
]
