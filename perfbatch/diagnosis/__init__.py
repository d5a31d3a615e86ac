"""What a finding means: which check spoke, what else follows from it, and what mistake would explain the difference."""
