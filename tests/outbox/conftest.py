"""The small district, for the tests of this room."""

from tests.districts import district, empty_night, rulebook, values

__all__ = ["district", "empty_night", "rulebook", "values"]
