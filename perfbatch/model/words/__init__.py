"""What is said to whoever runs the program, in both its languages: the one catalogue."""
