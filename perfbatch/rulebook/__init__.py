"""The rulebook: one form of one year as data, and the expression language that its rules are written in."""
