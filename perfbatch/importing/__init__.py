"""Reports that came as Word files → the form refilled, and a protocol of what was found where."""
