"""The first tables: people, clubs, works, weeks with their picks and scores, the inbox, cached answers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "clubs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("introduced", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("scale", sa.String(length=16), nullable=False),
        sa.Column("movies", sa.SmallInteger(), nullable=False),
        sa.Column("albums", sa.SmallInteger(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.CheckConstraint("scale IN ('stars', 'half_stars', 'ten')", name=op.f("ck_clubs_scale")),
        sa.CheckConstraint("albums BETWEEN 0 AND 2", name=op.f("ck_clubs_albums")),
        sa.CheckConstraint("movies BETWEEN 0 AND 2", name=op.f("ck_clubs_movies")),
        sa.PrimaryKeyConstraint("id", name="pk_clubs"),
        sa.UniqueConstraint("chat_id", name="uq_clubs_chat_id"),
    )
    op.create_table(
        "genres",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_genres"),
        sa.UniqueConstraint("name", name="uq_genres_name"),
    )
    op.create_table(
        "http_cache",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_http_cache"),
    )
    op.create_index("ix_http_cache_expires_at", "http_cache", ["expires_at"])
    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_id", sa.String(length=64), nullable=True),
        sa.CheckConstraint("state IN ('new', 'done', 'failed')", name=op.f("ck_inbox_state")),
        sa.PrimaryKeyConstraint("update_id", name="pk_inbox"),
    )
    op.create_index(
        "ix_inbox_new",
        "inbox",
        ["update_id"],
        sqlite_where=sa.text("state = 'new'"),
        postgresql_where=sa.text("state = 'new'"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tmdb_id", sa.Integer(), nullable=True),
        sa.Column("mbid", sa.String(length=36), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("mbid", name="uq_people_mbid"),
        sa.UniqueConstraint("tmdb_id", name="uq_people_tmdb_id"),
    )
    op.create_table(
        "searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hits", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('movie', 'album')", name=op.f("ck_searches_kind")),
        sa.PrimaryKeyConstraint("id", name="pk_searches"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("spoken", sa.String(length=35), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("telegram_id", name="uq_users_telegram_id"),
    )
    op.create_table(
        "works",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("original_title", sa.Text(), nullable=True),
        sa.Column("artist", sa.Text(), nullable=True),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("released", sa.String(length=10), nullable=True),
        sa.Column("image", sa.Text(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('movie', 'album')", name=op.f("ck_works_kind")),
        sa.PrimaryKeyConstraint("id", name="pk_works"),
    )
    op.create_table(
        "album_artists",
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("join_phrase", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_album_artists_person_id"),
        sa.ForeignKeyConstraint(
            ["work_id"], ["works.id"], name="fk_album_artists_work_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("work_id", "position", name="pk_album_artists"),
    )
    op.create_index("ix_album_artists_person_id", "album_artists", ["person_id"])
    op.create_table(
        "albums",
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("release_group_mbid", sa.String(length=36), nullable=True),
        sa.Column("primary_type", sa.Text(), nullable=True),
        sa.Column("secondary_types", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name="fk_albums_work_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("work_id", name="pk_albums"),
        sa.UniqueConstraint("release_group_mbid", name="uq_albums_release_group_mbid"),
    )
    op.create_table(
        "credits",
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("billing", sa.Integer(), nullable=False),
        sa.Column("character", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("job", sa.Text(), nullable=True),
        sa.CheckConstraint("role IN ('cast', 'crew')", name=op.f("ck_credits_role")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_credits_person_id"),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name="fk_credits_work_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("work_id", "position", name="pk_credits"),
    )
    op.create_index("ix_credits_person_id", "credits", ["person_id"])
    op.create_table(
        "members",
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nameless", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["clubs.id"], name="fk_members_club_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_members_user_id"),
        sa.PrimaryKeyConstraint("club_id", "user_id", name="pk_members"),
    )
    op.create_table(
        "movies",
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("tmdb_id", sa.Integer(), nullable=True),
        sa.Column("imdb_id", sa.String(length=16), nullable=True),
        sa.Column("runtime", sa.Integer(), nullable=True),
        sa.Column("overview", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name="fk_movies_work_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("work_id", name="pk_movies"),
        sa.UniqueConstraint("tmdb_id", name="uq_movies_tmdb_id"),
    )
    op.create_table(
        "ratings",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("take", sa.Text(), nullable=False),
        sa.Column("has_spoiler", sa.Boolean(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 10", name=op.f("ck_ratings_score")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_ratings_user_id"),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name="fk_ratings_work_id"),
        sa.PrimaryKeyConstraint("user_id", "work_id", name="pk_ratings"),
    )
    op.create_index("ix_ratings_work_id", "ratings", ["work_id"])
    op.create_table(
        "weeks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("iso_year", sa.SmallInteger(), nullable=False),
        sa.Column("iso_week", sa.SmallInteger(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("iso_week BETWEEN 1 AND 53", name=op.f("ck_weeks_iso_week")),
        sa.ForeignKeyConstraint(["club_id"], ["clubs.id"], name="fk_weeks_club_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_weeks_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_weeks"),
        sa.UniqueConstraint("club_id", "iso_year", "iso_week", name="uq_weeks_club_id_iso_year_iso_week"),
    )
    op.create_table(
        "work_critics",
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_id"], ["works.id"], name="fk_work_critics_work_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("work_id", "position", name="pk_work_critics"),
    )
    op.create_table(
        "work_genres",
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("genre_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["genre_id"], ["genres.id"], name="fk_work_genres_genre_id"),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name="fk_work_genres_work_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("work_id", "position", name="pk_work_genres"),
    )
    op.create_index("ix_work_genres_genre_id", "work_genres", ["genre_id"])
    op.create_table(
        "messages",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["week_id"], ["weeks.id"], name="fk_messages_week_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name="pk_messages"),
    )
    op.create_index("ix_messages_week_id", "messages", ["week_id"])
    op.create_table(
        "picks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("picked_by", sa.Integer(), nullable=False),
        sa.Column("picked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('movie', 'album')", name=op.f("ck_picks_kind")),
        sa.CheckConstraint("position BETWEEN 0 AND 1", name=op.f("ck_picks_position")),
        sa.ForeignKeyConstraint(["picked_by"], ["users.id"], name="fk_picks_picked_by"),
        sa.ForeignKeyConstraint(["replaces"], ["picks.id"], name="fk_picks_replaces"),
        sa.ForeignKeyConstraint(["week_id"], ["weeks.id"], name="fk_picks_week_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name="fk_picks_work_id"),
        sa.PrimaryKeyConstraint("id", name="pk_picks"),
    )
    op.create_index("ix_picks_replaces", "picks", ["replaces"])
    op.create_index("ix_picks_week_id", "picks", ["week_id"])
    op.create_index("ix_picks_work_id", "picks", ["work_id"])
    op.create_index(
        "uq_picks_slot",
        "picks",
        ["week_id", "kind", "position"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "attendances",
        sa.Column("pick_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["pick_id"], ["picks.id"], name="fk_attendances_pick_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_attendances_user_id"),
        sa.PrimaryKeyConstraint("pick_id", "user_id", name="pk_attendances"),
    )


def downgrade() -> None:
    """Drop the tables, children first; their indexes go with them."""
    op.drop_table("attendances")
    op.drop_table("picks")
    op.drop_table("messages")
    op.drop_table("work_genres")
    op.drop_table("work_critics")
    op.drop_table("weeks")
    op.drop_table("ratings")
    op.drop_table("movies")
    op.drop_table("members")
    op.drop_table("credits")
    op.drop_table("albums")
    op.drop_table("album_artists")
    op.drop_table("works")
    op.drop_table("users")
    op.drop_table("searches")
    op.drop_table("people")
    op.drop_table("inbox")
    op.drop_table("http_cache")
    op.drop_table("genres")
    op.drop_table("clubs")
