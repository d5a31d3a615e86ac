"""What earlier runs saw, and what changed since."""
