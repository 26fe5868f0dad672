"""A strict stand-in for Telegram's Bot API and for the people who use it."""

from .core import LoggedCall, TelegramSandbox
from .flood import FloodLimits
from .model import Chat, User
from .people import Person
from .views import Button, MessageView, PhotoView
from .wire import Answer, ConnectionDropped, Upload
from .world import Event, Press

__all__ = [
    "Answer",
    "Button",
    "Chat",
    "ConnectionDropped",
    "Event",
    "FloodLimits",
    "LoggedCall",
    "MessageView",
    "Person",
    "PhotoView",
    "Press",
    "TelegramSandbox",
    "Upload",
    "User",
]
