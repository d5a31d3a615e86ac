"""perfbatch: a nightly batch over a folder of departments' self-evaluation workbooks."""

__version__ = "0.1.0"
