"""The kinds of rules by which an indicator is scored: a file for each, a line in `registry.py`.

A kind answers for itself: what it reads, what it asks, how it says so in words, what it scores, how it explains a score, what it
puts into the cells of the blank workbook, what makes it unsound. No module outside of this package names one of them.
"""
