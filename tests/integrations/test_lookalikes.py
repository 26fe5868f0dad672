"""The clients and the ranking against the sandbox's catalogues: what people type finds what they mean."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from domain.errors import CatalogueUnavailable, NotInCatalogue
from domain.search import PAGE_SIZE, QUERY_LIMIT, parse_query
from domain.works import AlbumFacts, Hit, MovieFacts, PartialDate
from integrations.cover_art import CoverArtArchive
from integrations.musicbrainz import MusicBrainzAlbums
from integrations.omdb import Omdb
from integrations.sandbox.catalogues import Catalogues, load_albums, load_movies
from integrations.tmdb import TmdbMovies
from tests.fakes import MemoryCache, RunningClock

THIS_YEAR = 2026
MOVIES = load_movies()
ALBUMS = load_albums()


class Sources:
    """All four clients on one set of look-alikes."""

    def __init__(self, tmdb_key: str | None = None, omdb_key: str | None = None) -> None:
        self.clock = RunningClock()
        self.cache = MemoryCache()
        self.catalogues = Catalogues("http://catalogues.test", self.clock)
        settings = self.catalogues.settings()
        transport = httpx.MockTransport(self.catalogues.handle)
        self.movies = TmdbMovies(
            tmdb_key or settings["TMDB_API_KEY"],
            clock=self.clock,
            cache=self.cache,
            base_url=settings["TMDB_BASE_URL"],
            transport=transport,
        )
        self.albums = MusicBrainzAlbums(
            settings["MUSICBRAINZ_USER_AGENT"],
            clock=self.clock,
            cache=self.cache,
            base_url=settings["MUSICBRAINZ_BASE_URL"],
            transport=transport,
        )
        self.covers = CoverArtArchive(
            clock=self.clock,
            cache=self.cache,
            base_url=settings["COVER_ART_BASE_URL"],
            transport=transport,
        )
        self.critics = Omdb(
            omdb_key or settings["OMDB_API_KEY"],
            clock=self.clock,
            cache=self.cache,
            base_url=settings["OMDB_BASE_URL"],
            transport=transport,
        )

    async def find_movies(self, typed: str) -> tuple[Hit, ...]:
        return (await self.movies.search(parse_query(typed, THIS_YEAR))).value

    async def find_albums(self, typed: str) -> tuple[Hit, ...]:
        return (await self.albums.search(parse_query(typed, THIS_YEAR))).value

    async def aclose(self) -> None:
        for client in (self.movies, self.albums, self.covers, self.critics):
            await client.aclose()


@pytest.fixture
async def sources() -> AsyncIterator[Sources]:
    found = Sources()
    yield found
    await found.aclose()


@pytest.fixture(scope="module")
def library() -> Sources:
    """Shared by tests that only ask, and do so often."""
    return Sources()


SHOWN = [movie for movie in MOVIES if not movie.adult and not movie.video]


async def test_every_bundled_movie_is_on_the_first_page_for_its_titles(library: Sources) -> None:
    missed = [
        title
        for movie in SHOWN
        for title in sorted({movie.title, movie.original_title})
        if str(movie.id)
        not in {hit.ref.key for hit in (await library.find_movies(title[:QUERY_LIMIT]))[:PAGE_SIZE]}
    ]
    assert missed == []


async def test_every_bundled_movie_is_first_with_its_year(library: Sources) -> None:
    missed = []
    for movie in SHOWN:
        typed = f"{movie.title} {movie.year or ''}".strip()
        if len(typed) <= QUERY_LIMIT and (await library.find_movies(typed))[0].ref.key != str(movie.id):
            missed.append(typed)
    assert missed == []


async def test_what_is_no_movie_or_not_for_everybody_is_not_found(library: Sources) -> None:
    hidden = [movie for movie in MOVIES if movie not in SHOWN]
    assert hidden
    for movie in hidden:
        assert str(movie.id) not in {hit.ref.key for hit in await library.find_movies(movie.title)}


@pytest.mark.proof
async def test_every_bundled_album_is_on_the_first_page_for_its_title(library: Sources) -> None:
    missed = [
        album.title
        for album in ALBUMS
        if album.title.casefold() != "greatest hits"
        and album.id not in {hit.ref.key for hit in (await library.find_albums(album.title))[:PAGE_SIZE]}
    ]
    assert missed == []


@pytest.mark.proof
@pytest.mark.parametrize(
    ("pattern", "every"), [("{artist} - {title}", 1), ("{title} – {artist}", 4), ("{artist} {title}", 2)]
)
async def test_every_bundled_album_is_found_with_its_artist(
    library: Sources, pattern: str, every: int
) -> None:
    missed = []
    for album in ALBUMS[::every]:
        typed = pattern.format(artist=album.credit, title=album.title)
        first = (await library.find_albums(typed[:QUERY_LIMIT]))[0]
        if (first.artist, first.title) != (album.credit, album.title.strip()):
            missed.append(typed)
    assert missed == []


async def test_a_search_for_an_album_is_one_request_and_a_fruitless_one_two(sources: Sources) -> None:
    await sources.find_albums("kind of blue")
    assert len(sources.catalogues.calls) == 1
    assert await sources.find_albums("xyzzyx plughh") == ()
    assert len(sources.catalogues.calls) == 3


async def test_a_movie_is_found_though_one_word_is_not_as_the_catalogue_has_it(sources: Sources) -> None:
    assert (await sources.find_movies("shawshank redemtion"))[0].title == "The Shawshank Redemption"
    assert [call.query["query"] for call in sources.catalogues.calls] == [
        "shawshank redemtion",
        "redemtion",
        "shawshank",
    ]
    assert (await sources.find_movies("the godfather part 2"))[0].title == "The Godfather Part II"


async def test_a_long_fruitless_search_for_a_movie_leaves_out_six_words_at_most(sources: Sources) -> None:
    assert await sources.find_movies(" ".join(f"qwx{number}" for number in range(20))) == ()
    assert len(sources.catalogues.calls) == 7
    assert await sources.find_movies("qwxyzzy") == ()
    assert len(sources.catalogues.calls) == 8


@pytest.mark.parametrize(
    "typed", ["宇" * QUERY_LIMIT, "кино " * 40, "ab " * 66, "x" * QUERY_LIMIT, '(":*?\\/' * 25]
)
async def test_no_search_makes_an_address_that_servers_refuse(sources: Sources, typed: str) -> None:
    lengths = []

    def measure(request: httpx.Request) -> httpx.Response:
        lengths.append(len(str(request.url)))
        return httpx.Response(200, json={"count": 0, "release-groups": []})

    albums = MusicBrainzAlbums(
        "test", clock=sources.clock, cache=MemoryCache(), transport=httpx.MockTransport(measure)
    )
    await albums.search(parse_query(f"{typed[: QUERY_LIMIT - 5]} 1999", THIS_YEAR))
    assert lengths
    assert max(lengths) < 8000
    assert isinstance(await sources.find_albums(typed), tuple)


async def test_every_bundled_movie_can_be_opened(library: Sources) -> None:
    for movie in MOVIES:
        facts = (await library.movies.movie(movie.id)).value
        assert isinstance(facts, MovieFacts)
        assert facts.tmdb_id == movie.id
        assert facts.title in {movie.title.strip(), movie.original_title.strip()}
        assert facts.directors == movie.directors
        assert [credit.name for credit in facts.cast] == [role.actor for role in movie.cast]
        assert facts.genres == movie.genres
        assert facts.released == PartialDate.parse(movie.released)
        assert (facts.image is not None) == movie.poster


async def test_a_poster_is_where_the_facts_say(sources: Sources) -> None:
    facts = (await sources.movies.movie(SHOWN[0].id)).value
    assert facts.image is not None
    assert facts.image.startswith("http://catalogues.test/images/")
    assert "/w500/" in facts.image
    assert await sources.catalogues.fetch(facts.image)


async def test_without_a_configuration_there_is_a_movie_without_a_poster(sources: Sources) -> None:
    first = (await sources.movies.movie(SHOWN[0].id)).value
    assert first.image is not None
    await sources.clock.advance(8 * 86400)
    sources.catalogues.faults.refuse("tmdb", times=None)
    assert (await sources.movies.movie(SHOWN[0].id)).value.image == first.image, "a stale one serves as well"

    fresh = Sources()

    async def no_configuration(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/configuration"):
            return httpx.Response(500)
        return await fresh.catalogues.handle(request)

    movies = TmdbMovies(
        "0" * 32,
        clock=fresh.clock,
        cache=fresh.cache,
        base_url="http://catalogues.test/tmdb/3",
        transport=httpx.MockTransport(no_configuration),
    )
    facts = (await movies.movie(SHOWN[0].id)).value
    assert (facts.title, facts.image) == (SHOWN[0].title, None)


async def test_every_bundled_album_can_be_opened(library: Sources) -> None:
    for album in ALBUMS:
        facts = (await library.albums.album(album.id)).value
        assert isinstance(facts, AlbumFacts)
        assert (facts.mbid, facts.title, facts.artist) == (album.id, album.title.strip(), album.credit)
        assert facts.released == PartialDate.parse(album.released)
        assert set(facts.secondary_types) == set(album.secondary_types)
        assert set(facts.genres) <= set(album.genres)


async def test_a_merged_album_is_opened_under_its_new_id(sources: Sources) -> None:
    album = next(album for album in ALBUMS if album.merged_id)
    assert album.merged_id is not None
    assert (await sources.albums.album(album.merged_id)).value.mbid == album.id


async def test_covers_at_chat_size_or_none(sources: Sources) -> None:
    assert {album.cover for album in ALBUMS} >= {"full", "old", "none"}
    for kind in ("full", "old", "none"):
        album = next(album for album in ALBUMS if album.cover == kind)
        address = await sources.covers.front(album.id)
        if kind == "none":
            assert address is None
        else:
            assert address is not None
            assert await sources.catalogues.fetch(address)


async def test_critics(sources: Sources) -> None:
    heat = next(movie for movie in MOVIES if movie.title == "Heat")
    assert heat.imdb_id is not None
    ratings = {rating.source: rating.value for rating in await sources.critics.ratings(heat.imdb_id)}
    assert ratings["Rotten Tomatoes"] == f"{heat.tomatometer}%"
    assert ratings["Metacritic"] == f"{heat.metascore}/100"
    assert await sources.critics.ratings("tt9999999") == ()


async def test_no_bundled_movie_upsets_the_critics(library: Sources) -> None:
    for movie in MOVIES:
        if movie.imdb_id:
            for rating in await library.critics.ratings(movie.imdb_id):
                assert rating.value != "N/A"


async def test_what_no_catalogue_has(sources: Sources) -> None:
    with pytest.raises(NotInCatalogue):
        await sources.movies.movie(1)
    with pytest.raises(NotInCatalogue):
        await sources.albums.album("01234567-0123-0123-0123-012345678901")
    with pytest.raises(NotInCatalogue):
        await sources.albums.album("../artist/x?y")
    assert await sources.covers.front("01234567-0123-0123-0123-012345678901") is None


async def test_a_token_of_version_4_is_accepted_and_a_wrong_key_is_unavailable() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJhIn0.c2lnbmF0dXJl"
    assert await Sources(tmdb_key=token).find_movies("heat")
    with pytest.raises(CatalogueUnavailable):
        await Sources(tmdb_key="nonsense").find_movies("heat")


async def test_a_busy_musicbrainz_is_asked_again(sources: Sources) -> None:
    sources.catalogues.faults.busy(times=2)
    assert (await sources.find_albums("kind of blue"))[0].title == "Kind of Blue"
    assert len(sources.catalogues.calls) == 3


@pytest.mark.parametrize("order", ["refuse", "time_out", "invalid_json", "html"])
async def test_a_source_that_is_down_serves_what_is_known_marked(sources: Sources, order: str) -> None:
    known = await sources.albums.search(parse_query("kind of blue", THIS_YEAR))
    movie = await sources.movies.movie(SHOWN[0].id)
    await sources.clock.advance(40 * 86400)
    getattr(sources.catalogues.faults, order)("musicbrainz", times=None)
    getattr(sources.catalogues.faults, order)("tmdb", times=None)

    again = await sources.albums.search(parse_query("kind of blue", THIS_YEAR))
    assert (again.value, again.stale) == (known.value, True)
    movie_again = await sources.movies.movie(SHOWN[0].id)
    assert (movie_again.value, movie_again.stale) == (movie.value, True)
    with pytest.raises(CatalogueUnavailable):
        await sources.find_albums("something new")
    with pytest.raises(CatalogueUnavailable):
        await sources.find_movies("something new")


MEANT_MOVIES = [
    ("heat", "Heat", 1995),
    ("HEAT", "Heat", 1995),
    ("heat 1995", "Heat", 1995),
    ("heat (1995)", "Heat", 1995),
    ("heat 1996", "Heat", 1995),
    ("heat 2013", "The Heat", 2013),
    ("the heat", "The Heat", 2013),
    ("the matrix", "The Matrix", 1999),
    ("matrix", "The Matrix", 1999),
    ("matrix reloaded", "The Matrix Reloaded", 2003),
    ("amelie", "Amélie", 2001),
    ("le fabuleux destin d'amelie poulain", "Amélie", 2001),
    ("солярис", "Solaris", 1972),
    ("solaris 1972", "Solaris", 1972),
    ("solaris 2002", "Solaris", 2002),
    ("千と千尋の神隠し", "Spirited Away", 2001),
    ("seven samurai", "Seven Samurai", 1954),
    ("blade runner", "Blade Runner", 1982),
    ("blade runner 2049", "Blade Runner 2049", 2017),
    ("2001 a space odyssey", "2001: A Space Odyssey", 1968),
    ("2001: a space odyssey 1968", "2001: A Space Odyssey", 1968),
    ("1917", "1917", 2019),
    ("1917 2019", "1917", 2019),
    ("wonder woman 1984", "Wonder Woman 1984", 2020),
    ("wonder woman", "Wonder Woman", 2017),
    ("dune", "Dune", 2021),
    ("dune 1984", "Dune", 1984),
    ("dune part two", "Dune: Part Two", 2024),
    ("wall-e", "WALL·E", 2008),
    ("crouching tiger hidden dragon", "Crouching Tiger, Hidden Dragon", 2000),
    ("parasite", "Parasite", 2019),
    ("parasite 1982", "Parasite", 1982),
    ("기생충", "Parasite", 2019),
    ("godfather", "The Godfather", 1972),
    ("<b>bold</b>", '<b>Bold</b> & "Quoted": It\'s 5 < 7', 2011),
]
MEANT_ALBUMS = [
    ("kind of blue", "Miles Davis", "Kind of Blue"),
    ("KIND OF BLUE", "Miles Davis", "Kind of Blue"),
    ("miles davis kind of blue", "Miles Davis", "Kind of Blue"),
    ("kind of blue 1959", "Miles Davis", "Kind of Blue"),
    ("davis – kind of blue", "Miles Davis", "Kind of Blue"),
    ("blonde on blonde", "Bob Dylan", "Blonde on Blonde"),
    ("dylan blood on the tracks", "Bob Dylan", "Blood on the Tracks"),
    ("blood on the tracks 1975", "Bob Dylan", "Blood on the Tracks"),
    ("ok computer", "Radiohead", "OK Computer"),
    ("radiohead - ok computer", "Radiohead", "OK Computer"),
    ("ok computer radiohead 1997", "Radiohead", "OK Computer"),
    ("you want it darker", "Leonard Cohen", "You Want It Darker"),
    ("mtv unplugged in new york", "Nirvana", "MTV Unplugged in New York"),
    ("nirvana unplugged", "Nirvana", "MTV Unplugged in New York"),
    ("nevermind", "Nirvana", "Nevermind"),
    ("bleach", "Nirvana", "Bleach"),
    ("abbey road", "The Beatles", "Abbey Road"),
    ("beatles abbey road", "The Beatles", "Abbey Road"),
    ("thriller", "Michael Jackson", "Thriller"),
    ("thriller by michael jackson", "Michael Jackson", "Thriller"),
    ("watch the throne", "JAY‐Z & Kanye West", "Watch the Throne"),
    ("jay-z and kanye west - watch the throne", "JAY‐Z & Kanye West", "Watch the Throne"),
    ("jay-z watch the throne", "JAY‐Z & Kanye West", "Watch the Throne"),
    ("bjork homogenic", "Björk", "Homogenic"),
    ("sigur ros ( )", "Sigur Rós", "( )"),
    ("( )", "Sigur Rós", "( )"),
    ("группа крови", "Кино", "Группа крови"),
    ("кино - группа крови", "Кино", "Группа крови"),
    ("first love", "宇多田ヒカル", "First Love"),
    ("utada hikaru first love", "宇多田ヒカル", "First Love"),
    ("1989", "Taylor Swift", "1989"),
    ("taylor swift 1989", "Taylor Swift", "1989"),
    ("taylor swift – 1989", "Taylor Swift", "1989"),
    ("1999", "Prince", "1999"),
    ("prince 1999", "Prince", "1999"),
    ("25", "Adele", "25"),
    ("adele 25 2015", "Adele", "25"),
    ("beatles white album", "The Beatles", "The Beatles"),
    ("blackstar", "David Bowie", "★"),
    ("kidn of bule miles davis", "Miles Davis", "Kind of Blue"),
]


@pytest.mark.parametrize(("typed", "title", "year"), MEANT_MOVIES)
async def test_the_movie_people_mean_comes_first(library: Sources, typed: str, title: str, year: int) -> None:
    first = (await library.find_movies(typed))[0]
    assert (first.title, first.year) == (title, year)


@pytest.mark.parametrize(("typed", "artist", "title"), MEANT_ALBUMS)
async def test_the_album_people_mean_comes_first(
    library: Sources, typed: str, artist: str, title: str
) -> None:
    first = (await library.find_albums(typed))[0]
    assert (first.artist, first.title) == (artist, title)
