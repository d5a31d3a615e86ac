"""What programs read of a night, and of a check."""
