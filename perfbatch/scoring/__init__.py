"""Scoring: indicators → computed and verified scores, grades and ranks, with the remarks and the trace behind each."""
