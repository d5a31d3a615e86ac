"""The whole district as columns: frames, quantities, scopes, the checks, the result of a night."""
