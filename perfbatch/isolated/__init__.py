"""Work in processes that may die: of a file, of memory, of time."""
