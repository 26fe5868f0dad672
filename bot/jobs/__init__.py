"""What the scheduler wakes for; what is due is decided elsewhere."""
