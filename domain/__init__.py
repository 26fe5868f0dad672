"""The club's rules, on the standard library alone."""
