"""What is kept: SQLAlchemy Core over SQLite or PostgreSQL. No row or connection leaves this package."""
