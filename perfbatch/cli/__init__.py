"""The command line: parse, call, print. Exit codes: 0 done; 1 not completed; 2 usage; 3 findings (see each command)."""

# The commands stand in the help in the order in which they are imported.
from perfbatch.cli import run, departments, cards, forms, importing, past, bureau, configured, rulebooks  # noqa: F401, I001
from perfbatch.cli.application import app
from perfbatch.cli.start import main

__all__ = ["app", "main"]
