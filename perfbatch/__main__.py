"""`python -m perfbatch`."""

from perfbatch.cli import main

main()
