"""A polite client of the look-alikes: it has the keys, says who it is and waits a second between requests."""

from __future__ import annotations

from typing import Any

import httpx

from integrations.sandbox.catalogues import Catalogues
from tests.fakes import RunningClock

HOST = "http://catalogues.test"


class Asker:
    def __init__(self, catalogues: Catalogues, clock: RunningClock) -> None:
        self.catalogues = catalogues
        self.clock = clock
        self.settings = catalogues.settings()

    async def get(self, path: str, **query: Any) -> httpx.Response:
        """The answer as it comes: no redirect is followed."""
        headers = {"User-Agent": self.settings["MUSICBRAINZ_USER_AGENT"]}
        url = path if path.startswith("http") else HOST + path
        params = {name: str(value) for name, value in query.items()} or None
        return await self.catalogues.handle(httpx.Request("GET", url, params=params, headers=headers))

    async def tmdb(self, path: str, **query: Any) -> Any:
        answer = await self.get(f"/tmdb/3{path}", api_key=self.settings["TMDB_API_KEY"], **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def movies(self, words: str, **query: Any) -> list[Any]:
        results: list[Any] = (await self.tmdb("/search/movie", query=words, **query))["results"]
        return results

    async def musicbrainz(self, path: str, **query: Any) -> Any:
        await self.clock.sleep(1)
        answer = await self.get(f"/musicbrainz/ws/2{path}", fmt="json", **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def albums(self, query: str, limit: int = 100) -> list[Any]:
        found: list[Any] = (await self.musicbrainz("/release-group", query=query, limit=limit))[
            "release-groups"
        ]
        return found

    async def titles(self, query: str) -> set[str]:
        return {hit["title"] for hit in await self.albums(query)}

    async def omdb(self, **query: Any) -> httpx.Response:
        return await self.get("/omdb/", apikey=self.settings["OMDB_API_KEY"], **query)

    async def follow(self, path: str) -> tuple[list[int], httpx.Response]:
        """The statuses on the way, and the last answer."""
        answer = await self.get(path)
        statuses = [answer.status_code]
        while answer.is_redirect:
            answer = await self.get(answer.headers["Location"])
            statuses.append(answer.status_code)
        return statuses, answer
