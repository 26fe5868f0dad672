"""Nothing that is asked takes longer for others having been here longer.

Scores lie by person, posts of clubs that sleep out of the way; every index serves a question, or a removal.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = "state IN ('due', 'sending')"
_COPIES = ("clubs", "users")
# Table and column of indexes in which most rows had nothing to say.
_MOSTLY_NULL = (
    ("members", "backfill_id"),
    ("weeks", "backfill_id"),
    ("picks", "backfill_id"),
    ("picks", "replaces"),
    ("ratings", "backfill_id"),
)
_UNASKED = (
    ("credits", "person_id"),
    ("album_artists", "person_id"),
    ("work_genres", "genre_id"),
    ("picks", "work_id"),
    ("ratings", "work_id"),
)
_KEYED = (
    "members",
    "aliases",
    "credits",
    "album_artists",
    "work_genres",
    "work_critics",
    "ratings",
    "attendances",
    "messages",
    "inbox",
)
_NEW = (
    ("aliases", "user_id"),
    ("attendances", "user_id"),
    ("backfills", "user_id"),
    ("picks", "picked_by"),
    ("works", "title"),
)
_PARTIAL = (
    ("ix_backfills_drafts", "backfills", "made_at", "state = 'draft'"),
    ("ix_inbox_failed", "inbox", "settled_at", "state = 'failed'"),
    ("ix_weeks_owner_id", "weeks", "owner_id", "owner_id IS NOT NULL"),
)


def upgrade() -> None:
    """Make the indexes, sort the scores, and note with open posts whose club sleeps."""
    for table, column in (*_UNASKED, *_MOSTLY_NULL, ("picks", "week_id")):
        op.drop_index(f"ix_{table}_{column}", table)
    _lay_by_key(by_key=True)
    for table, column in _MOSTLY_NULL:
        _part(f"ix_{table}_{column}", table, column, f"{column} IS NOT NULL")
    for table, column in _NEW:
        op.create_index(f"ix_{table}_{column}", table, [column])
    for name, table, column, of in _PARTIAL:
        _part(name, table, column, of)
    for table in _COPIES:
        _part(f"ix_{table}_keeps_copy", table, "id", "keeps_copy = 1", "keeps_copy")
    op.create_index("ix_picks_week_id_work_id", "picks", ["week_id", "work_id"])

    op.add_column("posts", sa.Column("asleep", sa.Boolean(), nullable=False, server_default=sa.false()))
    asleep = "SELECT asleep FROM clubs WHERE clubs.id = posts.club_id"
    op.execute(f"UPDATE posts SET asleep = ({asleep}) WHERE {_OPEN}")  # noqa: S608 - texts of ours
    op.drop_index("ix_posts_open", "posts")
    _part("ix_posts_open", "posts", "due_at", f"{_OPEN} AND asleep = 0", f"{_OPEN} AND NOT asleep")


def downgrade() -> None:
    """Have the old ones back."""
    op.drop_index("ix_posts_open", "posts")
    with op.batch_alter_table("posts") as posts:
        posts.drop_column("asleep")
    _part("ix_posts_open", "posts", "due_at", _OPEN)

    op.drop_index("ix_picks_week_id_work_id", "picks")
    for table in _COPIES:
        op.drop_index(f"ix_{table}_keeps_copy", table)
    for name, table, _, _ in _PARTIAL:
        op.drop_index(name, table)
    for table, column in (*_NEW, *_MOSTLY_NULL):
        op.drop_index(f"ix_{table}_{column}", table)
    _lay_by_key(by_key=False)
    for table, column in (*_UNASKED, *_MOSTLY_NULL, ("picks", "week_id")):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _lay_by_key(*, by_key: bool) -> None:
    """Have SQLite keep rows in the order of their primary key, or in that of their coming."""
    if op.get_bind().dialect.name == "sqlite":
        for table in _KEYED:
            with op.batch_alter_table(
                table, recreate="always", table_kwargs={"sqlite_with_rowid": not by_key}
            ):
                pass


def _part(name: str, table: str, column: str, of: str, postgresql: str | None = None) -> None:
    """An index of the rows that fulfil a condition."""
    op.create_index(
        name,
        table,
        [column],
        sqlite_where=sa.text(of),
        postgresql_where=sa.text(postgresql or of),
    )
