"""What a person sees and presses on Telegram."""
