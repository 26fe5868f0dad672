"""The tables (DESIGN §4). Private to storage: what leaves it are the domain's values.

Every constraint has a name, since a violated one becomes its domain error by name (`storage.violations`).
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

from domain.clubs import Picking
from domain.drafts import BackfillState
from domain.notices import KEY_LIMIT
from domain.schedule import PostKind, PostState
from domain.scores import HIGHEST, LOWEST, Scale
from domain.works import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Dialect


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, in UTC when read. Refuses a naive one, which SQLite would store without a word."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To UTC; ValueError for a naive datetime."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To aware UTC: SQLite gives naive values back, PostgreSQL aware ones in the session's zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class UpdateState(StrEnum):
    """Where a stored update stands."""

    NEW = "new"
    DONE = "done"
    FAILED = "failed"


def _one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def _part(
    name: str | None, *columns: str, of: str, postgresql: str | None = None, unique: bool = False
) -> Index:
    """An index of those rows alone that fulfil a condition. It serves only statements that repeat it."""
    return Index(
        name, *columns, unique=unique, sqlite_where=text(of), postgresql_where=text(postgresql or of)
    )


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# For tables whose key is not a plain INTEGER: SQLite keeps their rows in its order, so that what one person
# said, or what belongs to one work, lies together and not where it came in time.
BY_KEY: Mapping[str, Any] = {"sqlite_with_rowid": False}

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    # None for whom nobody on Telegram is: forgotten, or named by an import alone.
    Column("telegram_id", BigInteger, unique=True),
    Column("name", Text, nullable=False),
    Column("language", String(16)),
    Column("spoken", String(35)),
    Column("reachable", Boolean, nullable=False, server_default=false()),
    Column("wants_digest", Boolean, nullable=False, server_default=false()),
    # They asked to be forgotten, and can take it back until then.
    Column("forget_at", UtcDateTime),
    # The row is a tombstone since then: scores refer to it, nothing in it says whose they are.
    Column("forgotten_at", UtcDateTime),
    Column("keeps_copy", Boolean, nullable=False, server_default=false()),
    _part("ix_users_forget_at", "forget_at", of="forget_at IS NOT NULL"),
    _part("ix_users_keeps_copy", "id", of="keeps_copy = 1", postgresql="keeps_copy"),
)

clubs = Table(
    "clubs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("introduced", Boolean, nullable=False),
    Column("language", String(16), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("scale", String(16), nullable=False),
    Column("movies", SmallInteger, nullable=False),
    Column("albums", SmallInteger, nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("picking", String(16), nullable=False, server_default=Picking.OPEN.value),
    # Kind -> [day, minute, on]; a kind that is missing has a new club's timing.
    Column("schedule", JSON, nullable=False, server_default="{}"),
    Column("thread_id", BigInteger),
    Column("paused_until", Date),
    Column("asleep", Boolean, nullable=False, server_default=false()),
    Column("keeps_copy", Boolean, nullable=False, server_default=false()),
    _one_of("scale", Scale),
    _one_of("picking", Picking),
    _part("ix_clubs_keeps_copy", "id", of="keeps_copy = 1", postgresql="keeps_copy"),
    CheckConstraint("movies BETWEEN 0 AND 2", name="movies"),
    CheckConstraint("albums BETWEEN 0 AND 2", name="albums"),
)

members = Table(
    "members",
    metadata,
    Column("club_id", ForeignKey(clubs.c.id, ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey(users.c.id), primary_key=True),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
    Column("nameless", Boolean, nullable=False),
    Column("turn", Integer, nullable=False, server_default="0"),
    Column("away_until", Date),
    # What the club's files call them.
    Column("key", String(32), nullable=False, default=lambda: secrets.token_hex(8)),
    # The file they came with, without an account.
    Column("backfill_id", ForeignKey("backfills.id", ondelete="SET NULL")),
    # Also finds the forgotten of all clubs by key.
    UniqueConstraint("key", "club_id"),
    Index(None, "user_id"),
    _part(None, "backfill_id", of="backfill_id IS NOT NULL"),
    **BY_KEY,
)

aliases = Table(
    "aliases",
    metadata,
    # What somebody is called in a file that came from elsewhere.
    Column("key", String(32), primary_key=True),
    Column("club_id", ForeignKey(clubs.c.id, ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey(users.c.id), nullable=False),
    Index(None, "club_id"),
    Index(None, "user_id"),
    **BY_KEY,
)

works = Table(
    "works",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("original_title", Text),
    # The album's credit as printed; lists need it without its parts.
    Column("artist", Text),
    Column("year", SmallInteger),
    # `YYYY`, `YYYY-MM` or `YYYY-MM-DD`: partial dates are kept as given.
    Column("released", String(10)),
    Column("image", Text),
    Column("fetched_at", UtcDateTime, nullable=False),
    _one_of("kind", Kind),
    # Finds what was added by hand.
    Index(None, "title"),
)

movies = Table(
    "movies",
    metadata,
    Column("work_id", ForeignKey(works.c.id, ondelete="CASCADE"), primary_key=True),
    Column("tmdb_id", Integer, unique=True),
    Column("imdb_id", String(16)),
    Column("runtime", Integer),
    Column("overview", Text, nullable=False),
)

albums = Table(
    "albums",
    metadata,
    Column("work_id", ForeignKey(works.c.id, ondelete="CASCADE"), primary_key=True),
    Column("release_group_mbid", String(36), unique=True),
    Column("primary_type", Text),
    Column("secondary_types", JSON, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("tmdb_id", Integer, unique=True),
    Column("mbid", String(36), unique=True),
    Column("name", Text, nullable=False),
    Column("sort_name", Text),
    Column("type", Text),
    Column("country", Text),
)

credits_ = Table(
    "credits",
    metadata,
    Column("work_id", ForeignKey(works.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("person_id", ForeignKey(people.c.id), nullable=False),
    Column("role", String(16), nullable=False),
    Column("billing", Integer, nullable=False),
    Column("character", Text),
    Column("department", Text),
    Column("job", Text),
    _one_of("role", Role),
    **BY_KEY,
)

album_artists = Table(
    "album_artists",
    metadata,
    Column("work_id", ForeignKey(works.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    # Without a person for an artist that no catalogue knows.
    Column("person_id", ForeignKey(people.c.id)),
    Column("name", Text, nullable=False),
    Column("join_phrase", Text, nullable=False),
    **BY_KEY,
)

genres = Table(
    "genres",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

work_genres = Table(
    "work_genres",
    metadata,
    Column("work_id", ForeignKey(works.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("genre_id", ForeignKey(genres.c.id), nullable=False),
    **BY_KEY,
)

work_critics = Table(
    "work_critics",
    metadata,
    Column("work_id", ForeignKey(works.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("value", Text, nullable=False),
    **BY_KEY,
)

weeks = Table(
    "weeks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("club_id", ForeignKey(clubs.c.id, ondelete="CASCADE"), nullable=False),
    Column("iso_year", SmallInteger, nullable=False),
    Column("iso_week", SmallInteger, nullable=False),
    Column("owner_id", ForeignKey(users.c.id)),
    Column("note", Text, nullable=False),
    # The file it came with.
    Column("backfill_id", ForeignKey("backfills.id", ondelete="SET NULL")),
    UniqueConstraint("club_id", "iso_year", "iso_week"),
    CheckConstraint("iso_week BETWEEN 1 AND 53", name="iso_week"),
    _part(None, "owner_id", of="owner_id IS NOT NULL"),
    _part(None, "backfill_id", of="backfill_id IS NOT NULL"),
    sqlite_autoincrement=True,
)

backfills = Table(
    "backfills",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("club_id", ForeignKey(clubs.c.id, ondelete="CASCADE"), nullable=False),
    # None for whoever runs the bot.
    Column("user_id", ForeignKey(users.c.id)),
    Column("made_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    # The lines as read and what was chosen for them.
    Column("draft", JSON, nullable=False),
    Column("stored_at", UtcDateTime),
    # A club's export, compressed, while it is not stored yet; None for lines.
    Column("file", LargeBinary),
    _one_of("state", BackfillState),
    Index(None, "club_id"),
    Index(None, "user_id"),
    _part("ix_backfills_drafts", "made_at", of="state = 'draft'"),
    sqlite_autoincrement=True,
)

picks = Table(
    "picks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("week_id", ForeignKey(weeks.c.id, ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("work_id", ForeignKey(works.c.id), nullable=False),
    Column("picked_by", ForeignKey(users.c.id), nullable=False),
    Column("picked_at", UtcDateTime, nullable=False),
    Column("revealed_at", UtcDateTime),
    Column("removed_at", UtcDateTime),
    Column("replaces", ForeignKey("picks.id")),
    # The list of past weeks it came with.
    Column("backfill_id", ForeignKey(backfills.c.id, ondelete="SET NULL")),
    _one_of("kind", Kind),
    CheckConstraint("position BETWEEN 0 AND 1", name="position"),
    # By the club's weeks: a popular work has picks in every club.
    Index(None, "week_id", "work_id"),
    Index(None, "picked_by"),
    _part(None, "replaces", of="replaces IS NOT NULL"),
    _part(None, "backfill_id", of="backfill_id IS NOT NULL"),
    _part("uq_picks_slot", "week_id", "kind", "position", of="removed_at IS NULL", unique=True),
    sqlite_autoincrement=True,
)

ratings = Table(
    "ratings",
    metadata,
    Column("user_id", ForeignKey(users.c.id), primary_key=True),
    Column("work_id", ForeignKey(works.c.id), primary_key=True),
    Column("score", SmallInteger, nullable=False),
    Column("take", Text, nullable=False),
    Column("has_spoiler", Boolean, nullable=False),
    Column("rated_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    # The list of past weeks it came with.
    Column("backfill_id", ForeignKey(backfills.c.id, ondelete="SET NULL")),
    CheckConstraint(f"score BETWEEN {LOWEST} AND {HIGHEST}", name="score"),
    _part(None, "backfill_id", of="backfill_id IS NOT NULL"),
    **BY_KEY,
)

attendances = Table(
    "attendances",
    metadata,
    Column("pick_id", ForeignKey(picks.c.id, ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey(users.c.id), primary_key=True),
    Index(None, "user_id"),
    **BY_KEY,
)

searches = Table(
    "searches",
    metadata,
    Column("id", Integer, primary_key=True),
    # None for one made before searches knew their club.
    Column("club_id", ForeignKey(clubs.c.id, ondelete="CASCADE"), index=True),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("stale", Boolean, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("hits", JSON, nullable=False),
    _one_of("kind", Kind),
    sqlite_autoincrement=True,
)

messages = Table(
    "messages",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("purpose", String(64), nullable=False),
    Column("week_id", ForeignKey(weeks.c.id, ondelete="CASCADE")),
    Column("sent_at", UtcDateTime, nullable=False),
    Index(None, "week_id"),
    **BY_KEY,
)

posts = Table(
    "posts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("club_id", ForeignKey(clubs.c.id, ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("iso_year", SmallInteger, nullable=False),
    Column("iso_week", SmallInteger, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("lease_until", UtcDateTime),
    Column("attempt", Integer, nullable=False),
    Column("message_id", BigInteger),
    # When it was sent, skipped or failed.
    Column("settled_at", UtcDateTime),
    # Its club is, while it is open: what nobody can be sent any more must not stand before what is due.
    Column("asleep", Boolean, nullable=False, server_default=false()),
    # Also finds a club's latest occurrence of a kind.
    UniqueConstraint("club_id", "kind", "iso_year", "iso_week"),
    CheckConstraint("iso_week BETWEEN 1 AND 53", name="iso_week"),
    _one_of("kind", PostKind),
    _one_of("state", PostState),
    _part(
        "ix_posts_open",
        "due_at",
        of="state IN ('due', 'sending') AND asleep = 0",
        postgresql="state IN ('due', 'sending') AND NOT asleep",
    ),
    # A club has a few open posts, and hundreds that are settled.
    _part("ix_posts_open_of_club", "club_id", "due_at", of="state IN ('due', 'sending')"),
)

notices = Table(
    "notices",
    metadata,
    # What is the matter, in our words: never anybody's.
    Column("key", String(KEY_LIMIT), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("last", UtcDateTime, nullable=False),
    Column("times", Integer, nullable=False),
    Column("message_id", BigInteger),
)

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("raw", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    # When it was done, or set aside with `error_id`.
    Column("settled_at", UtcDateTime),
    Column("error_id", String(64)),
    _one_of("state", UpdateState),
    _part("ix_inbox_new", "update_id", of="state = 'new'"),
    _part("ix_inbox_failed", "settled_at", of="state = 'failed'"),
    **BY_KEY,
)

http_cache = Table(
    "http_cache",
    metadata,
    Column("key", Text, primary_key=True),
    # Before the body, so that looking for expired answers reads no bodies.
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)
