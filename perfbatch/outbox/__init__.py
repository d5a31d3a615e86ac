"""The switch: whole or not at all; knows no product."""
