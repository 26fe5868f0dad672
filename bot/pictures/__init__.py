"""Pictures, drawn with Pillow from domain values."""
