"""Local stand-ins for everything the bot talks to."""
