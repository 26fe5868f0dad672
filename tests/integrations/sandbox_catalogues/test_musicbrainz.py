from __future__ import annotations

import httpx
import pytest

from integrations.sandbox.catalogues import Album, Catalogues
from tests.fakes import RunningClock
from tests.integrations.sandbox_catalogues.asking import HOST, Asker


def album(catalogues: Catalogues, title: str, credit: str | None = None) -> Album:
    return next(a for a in catalogues.albums if a.title == title and credit in {None, a.credit})


async def test_the_album_everybody_means_is_not_the_first_hit(ask: Asker, catalogues: Catalogues) -> None:
    hits = await ask.albums("kind of blue")
    assert [hit["score"] for hit in hits[:6]] == [100] * 6
    meant = album(catalogues, "Kind of Blue")
    assert hits[0]["id"] != meant.id
    assert meant.id in {hit["id"] for hit in hits if hit["score"] == 100}


async def test_an_artist_alone_scores_all_the_same(ask: Asker) -> None:
    hits = await ask.albums("artist:(bob AND dylan)")
    assert {hit["score"] for hit in hits} == {100}
    assert hits[0]["title"] == "Blood on the Tracks: The New York Sessions"
    assert hits[0]["releases"][0]["status"] == "Bootleg"


async def test_optional_words_make_nearly_everything_a_hit(ask: Asker) -> None:
    strict = (await ask.musicbrainz("/release-group", query="you AND want AND it AND darker"))["count"]
    loose = (await ask.musicbrainz("/release-group", query="you want it darker"))["count"]
    assert strict == 3
    assert loose > 2 * strict


@pytest.mark.parametrize(
    ("query", "found", "not_found"),
    [
        ('releasegroup:"kind of blue"', "Kind of Blue", "Blue"),
        (
            "releasegroup:(kind AND of AND blue) AND NOT secondarytype:*",
            "Kind of Blue",
            "Kind of Blue Remixed",
        ),
        ("blue -secondarytype:remix", "Kind of Blue", "Kind of Blue Remixed"),
        ("+blue +artist:mitchell", "Blue", "Kind of Blue"),
        ('artistname:"jay-z" && watch', "Watch the Throne", "Collision Course"),
        ("artist:(jay\\-z AND kanye)", "Watch the Throne", "My Beautiful Dark Twisted Fantasy"),
        ("artist:bjork AND primarytype:album", "Homogenic", "Nevermind"),
        ('creditname:"snoop doggy dogg"', "Doggystyle", "Illmatic"),
        ('artistname:"snoop dogg"', "Doggystyle", "Illmatic"),
        ("artist:кино", "Группа крови", "Nevermind"),
        ("artist:宇多田ヒカル", "First Love", "Nevermind"),
        ("releasegroup:\\( AND artist:sigur", "( )", "Ágætis byrjun"),
        ("artist:AC\\/DC", "Back in Black", "Nevermind"),
        ("firstreleasedate:1959 AND artist:davis", "Kind of Blue", "Bitches Brew"),
        ('firstreleasedate:"1959-08-17"', "Kind of Blue", "Mingus Ah Um"),
        ("firstreleasedate:[1959 TO 1960] AND artist:davis", "Sketches of Spain", "Bitches Brew"),
        ("firstreleasedate:[2020 TO *]", "folklore", "Nevermind"),
        ("nevermnd~", "Nevermind", "Bleach"),
        ("nevermnd~1", "Nevermind", "Bleach"),
        ("never*", "Nevermind", "Bleach"),
        ('"blue kind"~2', "Kind of Blue", "Blue"),
        ("status:bootleg AND dylan", "Minnesota Party Tapes", "Desire"),
        ("releasegroup:bleach^4 artist:nirvana", "Bleach", "Abbey Road"),
        ("(blue OR bleach) AND artist:(davis OR nirvana)", "Bleach", "Blue"),
        ("type:live AND nirvana", "MTV Unplugged in New York", "Nevermind"),
        ("tag:grunge", "Nevermind", "Thriller"),
    ],
)
async def test_the_query_language(ask: Asker, query: str, found: str, not_found: str) -> None:
    titles = await ask.titles(query)
    assert found in titles
    assert not_found not in titles


async def test_a_boost_lifts(ask: Asker, catalogues: Catalogues) -> None:
    hits = await ask.albums("releasegroup:bleach^4 OR artist:nirvana")
    assert hits[0]["id"] == album(catalogues, "Bleach", "Nirvana").id
    assert hits[1]["title"] == "Bleach"
    assert hits[2]["score"] < 50


async def test_ids_can_be_asked_for(ask: Asker, catalogues: Catalogues) -> None:
    bleach = album(catalogues, "Bleach", "Nirvana")
    assert await ask.titles(f"rgid:{bleach.id}") == {"Bleach"}
    mine = await ask.titles(f"arid:{bleach.credits[0].artist.id}")
    assert "Nevermind" in mine
    assert "All of Us" not in mine, "the other Nirvana has another id"
    assert await ask.titles(f"reid:{bleach.release_ids[3]}") == {"Bleach"}


@pytest.mark.parametrize(
    "query",
    [
        "(blue",
        "blue)",
        '"blue',
        "AC/DC",
        "blue AND",
        "AND blue",
        "nonsense:blue",
        "blue [1 2]",
        "a:",
        "^4",
        "-",
    ],
)
async def test_a_query_that_does_not_parse(ask: Asker, query: str) -> None:
    answer = await ask.get("/musicbrainz/ws/2/release-group", query=query, fmt="json")
    assert answer.status_code == 400
    assert "error" in answer.json()


@pytest.mark.parametrize("query", ["", "   ", '""', "()"])
async def test_a_query_for_nothing_finds_nothing(ask: Asker, query: str) -> None:
    assert await ask.albums(query) == []


async def test_what_is_unknown_is_left_out_of_hits_and_empty_in_lookups(
    ask: Asker, catalogues: Catalogues
) -> None:
    (hit,) = await ask.albums('releasegroup:"demos & offcuts"')
    assert hit["first-release-date"] == ""
    assert "primary-type" not in hit
    (untitled,) = await ask.albums("releasegroup:untitled")
    assert "primary-type" not in untitled
    assert "secondary-types" not in untitled
    (dateless,) = await ask.albums("releasegroup:sessions AND releasegroup:complete")
    assert "first-release-date" not in dateless
    (silent,) = await ask.albums("releasegroup:signal")
    assert (silent["count"], "releases" in silent) == (0, False)

    body = await ask.musicbrainz(f"/release-group/{album(catalogues, 'Untitled').id}", inc="artist-credits")
    assert (body["primary-type"], body["secondary-types"], body["artist-credit"][0]["artist"]["type"]) == (
        None,
        [],
        None,
    )
    assert (await ask.musicbrainz(f"/release-group/{dateless['id']}"))["first-release-date"] == ""


async def test_join_phrases(ask: Asker) -> None:
    (hit,) = await ask.albums("releasegroup:getz")
    assert [part.get("joinphrase") for part in hit["artist-credit"]] == [" & ", " feat. ", None]
    body = await ask.musicbrainz(f"/release-group/{hit['id']}", inc="artist-credits")
    assert [part["joinphrase"] for part in body["artist-credit"]] == [" & ", " feat. ", ""]


async def test_a_lookup_has_only_what_it_was_asked_for(ask: Asker, catalogues: Catalogues) -> None:
    path = f"/release-group/{album(catalogues, 'Kind of Blue').id}"
    plain = await ask.musicbrainz(path)
    assert not {"artist-credit", "genres", "tags", "rating", "relations", "releases"} & set(plain)
    full = await ask.musicbrainz(path, inc="artist-credits genres tags ratings url-rels releases")
    assert {"artist-credit", "genres", "tags", "rating", "relations", "releases"} <= set(full)
    assert {genre["name"] for genre in full["genres"]} == {"jazz", "modal jazz", "cool jazz"}
    assert 0 <= full["rating"]["value"] <= 5


async def test_a_merged_id_leads_to_the_other(ask: Asker, catalogues: Catalogues) -> None:
    moon = album(catalogues, "The Dark Side of the Moon")
    answer = await ask.get(
        f"/musicbrainz/ws/2/release-group/{moon.merged_id}", fmt="json", inc="genres ratings"
    )
    assert answer.status_code == 301
    await ask.clock.sleep(1)
    there = await ask.get(answer.headers["Location"])
    assert there.json()["id"] == moon.id
    assert {"genres", "rating"} <= set(there.json())


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/release-group/nonsense", 400),
        ("/release-group/9C3DEFB0-BACC-5613-98DB-85C0106891BB", 400),
        ("/release-group/01234567-0123-0123-0123-012345678901", 404),
        ("/artist/01234567-0123-0123-0123-012345678901", 404),
        ("/recording", 404),
        ("/release-group", 404),
    ],
)
async def test_what_is_not_there(ask: Asker, path: str, status: int) -> None:
    answer = await ask.get(f"/musicbrainz/ws/2{path}", fmt="json")
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "help"}


async def test_an_inc_nobody_knows(ask: Asker, catalogues: Catalogues) -> None:
    mbid = album(catalogues, "Bleach").id
    answer = await ask.get(f"/musicbrainz/ws/2/release-group/{mbid}", fmt="json", inc="genres foobar")
    assert answer.status_code == 400
    assert answer.json()["error"] == "foobar is not a valid inc parameter for the release-group resource."


async def test_artists(ask: Asker) -> None:
    found = (await ask.musicbrainz("/artist", query="kanye"))["artists"]
    assert [artist["name"] for artist in found] == ["Kanye West"]
    by_alias = (await ask.musicbrainz("/artist", query='alias:"Hikaru Utada"'))["artists"]
    assert [artist["name"] for artist in by_alias] == ["宇多田ヒカル"]
    one = await ask.musicbrainz(f"/artist/{found[0]['id']}", inc="release-groups")
    assert one["sort-name"] == "West, Kanye"
    assert "Watch the Throne" in {group["title"] for group in one["release-groups"]}


async def test_browsing_has_no_artist_without_asking(ask: Asker, catalogues: Catalogues) -> None:
    artist = album(catalogues, "Nevermind").credits[0].artist.id
    page = await ask.musicbrainz("/release-group", artist=artist, limit=2, offset=1)
    assert (len(page["release-groups"]), page["release-group-offset"]) == (2, 1)
    assert page["release-group-count"] > 3
    assert "artist-credit" not in page["release-groups"][0]
    eps = await ask.musicbrainz("/release-group", artist=artist, type="single", inc="artist-credits")
    assert [group["title"] for group in eps["release-groups"]] == ["Smells Like Teen Spirit"]
    assert eps["release-groups"][0]["artist-credit"][0]["name"] == "Nirvana"


async def test_pages_do_not_overlap(ask: Asker) -> None:
    pages = [
        await ask.musicbrainz("/release-group", query="artist:nirvana", limit=3, offset=offset)
        for offset in (0, 3)
    ]
    ids = [hit["id"] for page in pages for hit in page["release-groups"]]
    assert len(set(ids)) == 6


async def test_who_does_not_say_who_it_is_is_refused(catalogues: Catalogues) -> None:
    for agent in ("", "python-httpx/0.28", "WrongOpinions/1.0"):
        answer = await catalogues.handle(
            httpx.Request(
                "GET", f"{HOST}/musicbrainz/ws/2/artist?query=x&fmt=json", headers={"User-Agent": agent}
            )
        )
        assert answer.status_code == 403


async def test_more_than_one_request_a_second_is_too_many(ask: Asker, clock: RunningClock) -> None:
    async def status() -> int:
        return (await ask.get("/musicbrainz/ws/2/artist", query="nirvana", fmt="json")).status_code

    assert await status() == 200
    assert await status() == 503
    await clock.sleep(0.5)
    assert await status() == 503
    await clock.sleep(0.5)
    assert await status() == 200
    for _ in range(5):
        await clock.sleep(1)
        assert await status() == 200


async def test_a_little_jitter_is_forgiven_but_not_saved_up(ask: Asker, clock: RunningClock) -> None:
    statuses = []
    for _ in range(4):
        statuses.append((await ask.get("/musicbrainz/ws/2/artist", query="nirvana", fmt="json")).status_code)
        await clock.sleep(0.95)
    assert statuses == [200, 200, 200, 503]


async def test_the_refusal_says_when_to_come_back(ask: Asker) -> None:
    await ask.get("/musicbrainz/ws/2/artist", query="nirvana", fmt="json")
    answer = await ask.get("/musicbrainz/ws/2/artist", query="nirvana", fmt="json")
    assert answer.headers["Retry-After"] == "1"
    assert "exceeding the allowable rate limit" in answer.json()["error"]
