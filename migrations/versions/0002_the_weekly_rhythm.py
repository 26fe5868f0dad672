"""The weekly rhythm: schedules and posts, turns, private digests, and past weeks entered as a list."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_IN_ORDER_OF_JOINING = """
    UPDATE members SET turn = (
        SELECT count(*) FROM members AS earlier
        WHERE earlier.club_id = members.club_id
          AND (earlier.joined_at < members.joined_at
               OR (earlier.joined_at = members.joined_at AND earlier.user_id < members.user_id))
    )
"""

# A club of one is not told what it does itself.
_QUIET_IN_PRIVATE = """
    UPDATE clubs SET schedule = '{
        "new_week": [1, 540, false], "pick_reminder": [2, 1080, false],
        "handover": [3, 1080, false], "score_reminder": [5, 1080, false], "digest": [7, 1260, true]
    }' WHERE private
"""


def upgrade() -> None:
    """Make the new tables and columns; rosters are ordered as they were joined."""
    op.create_table(
        "backfills",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'stored', 'undone')", name=op.f("ck_backfills_state")),
        sa.ForeignKeyConstraint(["club_id"], ["clubs.id"], name="fk_backfills_club_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_backfills_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_backfills"),
    )
    op.create_index("ix_backfills_club_id", "backfills", ["club_id"])
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("iso_year", sa.SmallInteger(), nullable=False),
        sa.Column("iso_week", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("iso_week BETWEEN 1 AND 53", name=op.f("ck_posts_iso_week")),
        sa.CheckConstraint(
            "kind IN ('new_week', 'pick_reminder', 'handover', 'score_reminder', 'digest')",
            name=op.f("ck_posts_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('due', 'sending', 'sent', 'skipped', 'failed')", name=op.f("ck_posts_state")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["clubs.id"], name="fk_posts_club_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.UniqueConstraint(
            "club_id", "kind", "iso_year", "iso_week", name="uq_posts_club_id_kind_iso_year_iso_week"
        ),
    )
    for name, columns in (("ix_posts_open", ["due_at"]), ("ix_posts_open_of_club", ["club_id", "due_at"])):
        op.create_index(
            name,
            "posts",
            columns,
            sqlite_where=sa.text("state IN ('due', 'sending')"),
            postgresql_where=sa.text("state IN ('due', 'sending')"),
        )
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("reachable", sa.Boolean(), nullable=False, server_default=sa.false()))
        users.add_column(sa.Column("wants_digest", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("clubs") as clubs:
        clubs.add_column(sa.Column("picking", sa.String(length=16), nullable=False, server_default="open"))
        clubs.add_column(sa.Column("schedule", sa.JSON(), nullable=False, server_default="{}"))
        clubs.add_column(sa.Column("thread_id", sa.BigInteger(), nullable=True))
        clubs.add_column(sa.Column("paused_until", sa.Date(), nullable=True))
        clubs.add_column(sa.Column("asleep", sa.Boolean(), nullable=False, server_default=sa.false()))
        clubs.create_check_constraint(op.f("ck_clubs_picking"), "picking IN ('open', 'turns')")
    op.execute(_QUIET_IN_PRIVATE)
    with op.batch_alter_table("members") as members:
        members.add_column(sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
        members.add_column(sa.Column("away_until", sa.Date(), nullable=True))
    op.execute(_IN_ORDER_OF_JOINING)
    op.create_index("ix_members_user_id", "members", ["user_id"])
    for name in ("picks", "ratings"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("backfill_id", sa.Integer(), nullable=True))
            table.create_foreign_key(
                f"fk_{name}_backfill_id", "backfills", ["backfill_id"], ["id"], ondelete="SET NULL"
            )
            table.create_index(f"ix_{name}_backfill_id", ["backfill_id"])


def downgrade() -> None:
    """Drop them; what was picked and scored stays."""
    for name in ("ratings", "picks"):
        with op.batch_alter_table(name) as table:
            table.drop_index(f"ix_{name}_backfill_id")
            table.drop_constraint(f"fk_{name}_backfill_id", type_="foreignkey")
            table.drop_column("backfill_id")
    op.drop_index("ix_members_user_id", "members")
    with op.batch_alter_table("members") as members:
        members.drop_column("away_until")
        members.drop_column("turn")
    with op.batch_alter_table("clubs") as clubs:
        clubs.drop_constraint(op.f("ck_clubs_picking"), type_="check")
        for column in ("asleep", "paused_until", "thread_id", "schedule", "picking"):
            clubs.drop_column(column)
    with op.batch_alter_table("users") as users:
        users.drop_column("wants_digest")
        users.drop_column("reachable")
    op.drop_table("posts")
    op.drop_table("backfills")
