"""Memory that is free inside the process, given back to the system."""

from __future__ import annotations

__all__ = ["give_back"]


def give_back() -> None:
    """Give back what the C library holds free between what is in use; where it knows no such call, nothing happens."""
    import ctypes

    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return
    trim(0)
