"""Taking pickles apart that somebody else may have made: they can name this package's own shapes and nothing that acts."""

from __future__ import annotations

import datetime
import functools
import importlib
import pickle
from typing import Any

__all__ = ["PackageUnpickler"]


class PackageUnpickler(pickle.Unpickler):
    """Takes built-in values, dates and instances of this package's classes. Raises `pickle.UnpicklingError` for anything else.

    So a worker that a file has taken over, or whoever writes to the cache, can name nothing else.
    """

    def find_class(self, module_name: str, global_name: str) -> Any:
        return _allowed(module_name, global_name)


@functools.cache
def _allowed(module_name: str, global_name: str) -> type:
    if module_name == "perfbatch" or module_name.startswith("perfbatch."):
        found = getattr(importlib.import_module(module_name), global_name, None)
        if isinstance(found, type):
            return found
    elif module_name == "datetime" and global_name in ("date", "datetime"):
        return datetime.date if global_name == "date" else datetime.datetime
    raise pickle.UnpicklingError(f"{module_name}.{global_name}")
