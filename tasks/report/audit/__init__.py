"""The audit: what in a database contradicts what, by rules, metrics and foils."""
