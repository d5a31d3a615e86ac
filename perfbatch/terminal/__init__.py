"""What the terminal shows. English for whoever runs the server; Chinese for what a department reads (check, explain).

Whatever comes from a workbook or a file name is printed inert: escaped, never as markup or control characters.
"""

from perfbatch.terminal.department import print_check, print_scorecard, print_trace
from perfbatch.terminal.night import print_changes, print_night
from perfbatch.terminal.rules import print_rulebook

__all__ = ["print_changes", "print_check", "print_night", "print_rulebook", "print_scorecard", "print_trace"]
