"""Pure functions from the domain's values to views."""
