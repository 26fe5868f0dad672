"""What a person sees and presses on Telegram."""

__version__ = "0.1.0"
