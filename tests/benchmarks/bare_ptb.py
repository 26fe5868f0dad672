"""python-telegram-bot as it is shipped, with a handler that only answers; given the base URL."""

from __future__ import annotations

import os
import sys

os.environ["PTB_TIMEDELTA"] = "true"

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes


async def answer(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("Recorded: 4½")


if __name__ == "__main__":
    application = (
        Application.builder()
        .token("123456:a-token-for-the-bench-that-opens-nothing")
        .base_url(f"{sys.argv[1]}/bot")
        .concurrent_updates(True)
        .build()
    )
    application.add_handler(CallbackQueryHandler(answer))
    application.run_polling(timeout=50)
