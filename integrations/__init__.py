"""The outside world over httpx."""
