"""aiogram as it is shipped, with a handler that only answers; given the base URL."""

import asyncio
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery


async def answer(query: CallbackQuery) -> None:
    await query.answer("Recorded: 4½")


async def main(base_url: str) -> None:
    bot = Bot(
        "123456:a-token-for-the-bench-that-opens-nothing",
        session=AiohttpSession(api=TelegramAPIServer.from_base(base_url)),
    )
    dispatcher = Dispatcher()
    dispatcher.callback_query.register(answer)
    await dispatcher.start_polling(bot, polling_timeout=50)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
