"""Backups of the SQLite database: how they are made, kept, checked and restored."""
