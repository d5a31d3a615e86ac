"""A bureau's own folder: set up once, run by the system's clock, and an account of every night beside its settings."""
