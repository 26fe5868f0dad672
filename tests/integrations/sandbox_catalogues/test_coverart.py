from __future__ import annotations

import io

import pytest
from PIL import Image

from integrations.sandbox.catalogues import Album, Catalogues
from tests.integrations.sandbox_catalogues.asking import HOST, Asker


def with_cover(catalogues: Catalogues, cover: str) -> Album:
    return next(album for album in catalogues.albums if album.cover == cover)


@pytest.mark.parametrize(
    ("what", "edge"), [("front", 1200), ("front-250", 250), ("front-500", 500), ("front-1200", 1200)]
)
async def test_a_front_is_three_hops_away(ask: Asker, catalogues: Catalogues, what: str, edge: int) -> None:
    statuses, answer = await ask.follow(f"/coverart/release-group/{with_cover(catalogues, 'full').id}/{what}")
    assert statuses == [307, 302, 200]
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (edge, edge)


async def test_the_index_and_its_images(ask: Asker, catalogues: Catalogues) -> None:
    album = with_cover(catalogues, "full")
    statuses, answer = await ask.follow(f"/coverart/release-group/{album.id}")
    assert statuses == [307, 302, 200]
    index = answer.json()
    assert index["release"] == f"https://musicbrainz.org/release/{album.release_ids[0]}"
    (front,) = index["images"]
    assert front["front"] is True
    assert isinstance(front["id"], int)
    assert set(front["thumbnails"]) == {"250", "500", "1200", "small", "large"}
    for url in (front["image"], *front["thumbnails"].values()):
        assert url.startswith("http://")
        assert await catalogues.fetch(url)


async def test_an_old_entry_has_two_thumbnails_and_a_text_for_an_id(
    ask: Asker, catalogues: Catalogues
) -> None:
    _, answer = await ask.follow(f"/coverart/release-group/{with_cover(catalogues, 'old').id}")
    (front,) = answer.json()["images"]
    assert set(front["thumbnails"]) == {"small", "large"}
    assert isinstance(front["id"], str)


async def test_image_addresses_are_http_even_where_the_door_is_https(ask: Asker) -> None:
    catalogues = Catalogues("https://catalogues.test", ask.clock)
    _, answer = await Asker(catalogues, ask.clock).follow(
        f"/coverart/release-group/{with_cover(catalogues, 'full').id}"
    )
    assert answer.json()["images"][0]["image"].startswith("http://catalogues.test/")
    assert await catalogues.fetch(answer.json()["images"][0]["image"])


async def test_none_is_an_html_page(ask: Asker, catalogues: Catalogues) -> None:
    bare = [album for album in catalogues.albums if album.cover == "none" or not album.releases]
    for album in bare:
        for what in ("", "/front-500"):
            answer = await ask.get(f"/coverart/release-group/{album.id}{what}")
            assert answer.status_code == 404
            assert "<h1>Not Found</h1>" in answer.text
            assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/release-group/xyz", 400),
        ("/release-group/01234567-0123-0123-0123-012345678901", 404),
        ("/release/01234567-0123-0123-0123-012345678901", 404),
        ("/nonsense", 404),
        ("/", 404),
    ],
)
async def test_what_is_not_there(ask: Asker, path: str, status: int) -> None:
    answer = await ask.get(f"/coverart{path}")
    assert (answer.status_code, "html" in answer.headers["Content-Type"]) == (status, True)


async def test_other_sides_and_foreign_images_are_not_there(ask: Asker, catalogues: Catalogues) -> None:
    album = with_cover(catalogues, "full")
    assert (await ask.get(f"/coverart/release-group/{album.id}/back")).status_code == 404
    assert (await ask.get(f"/coverart/release/{album.release_ids[0]}/123-500.jpg")).status_code == 404
    assert await catalogues.fetch(f"{HOST}/images/items/mbid-x/mbid-x.jpg") is None
    assert await catalogues.fetch("http://elsewhere.test/images/x.jpg") is None
