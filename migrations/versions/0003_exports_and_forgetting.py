"""Exports, imports, being forgotten: people without an account, and what a club's files call its members."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MEMBERS = sa.table(
    "members", sa.column("club_id", sa.Integer), sa.column("user_id", sa.Integer), sa.column("key", sa.String)
)


def upgrade() -> None:
    """Make the new columns; every member gets a key that says nothing about them."""
    with op.batch_alter_table("users") as users:
        users.alter_column("telegram_id", existing_type=sa.BigInteger(), nullable=True)
        users.add_column(sa.Column("forget_at", sa.DateTime(timezone=True), nullable=True))
        users.add_column(sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True))
        users.add_column(sa.Column("keeps_copy", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_users_forget_at",
        "users",
        ["forget_at"],
        sqlite_where=sa.text("forget_at IS NOT NULL"),
        postgresql_where=sa.text("forget_at IS NOT NULL"),
    )
    with op.batch_alter_table("clubs") as clubs:
        clubs.add_column(sa.Column("keeps_copy", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("backfills") as backfills:
        backfills.add_column(sa.Column("file", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("members") as members:
        members.add_column(sa.Column("key", sa.String(length=32), nullable=True))
        members.add_column(sa.Column("backfill_id", sa.Integer(), nullable=True))
    _give_keys()
    with op.batch_alter_table("members") as members:
        members.alter_column("key", existing_type=sa.String(length=32), nullable=False)
        members.create_unique_constraint("uq_members_key_club_id", ["key", "club_id"])
    for name in ("members", "weeks"):
        with op.batch_alter_table(name) as table:
            if name == "weeks":
                table.add_column(sa.Column("backfill_id", sa.Integer(), nullable=True))
            table.create_foreign_key(
                f"fk_{name}_backfill_id", "backfills", ["backfill_id"], ["id"], ondelete="SET NULL"
            )
            table.create_index(f"ix_{name}_backfill_id", ["backfill_id"])
    op.execute("UPDATE inbox SET raw = '' WHERE state = 'done'")
    op.execute("""UPDATE backfills SET draft = '{"entries": [], "bad": []}' WHERE state <> 'draft'""")
    op.create_table(
        "aliases",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["clubs.id"], name="fk_aliases_club_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_aliases_user_id"),
        sa.PrimaryKeyConstraint("key", "club_id", name="pk_aliases"),
    )
    op.create_index("ix_aliases_club_id", "aliases", ["club_id"])


def downgrade() -> None:
    """Drop them. People without an account get a Telegram id that nobody can have."""
    op.drop_table("aliases")
    for name in ("weeks", "members"):
        with op.batch_alter_table(name) as table:
            table.drop_index(f"ix_{name}_backfill_id")
            table.drop_constraint(f"fk_{name}_backfill_id", type_="foreignkey")
            table.drop_column("backfill_id")
            if name == "members":
                table.drop_constraint("uq_members_key_club_id", type_="unique")
                table.drop_column("key")
    with op.batch_alter_table("backfills") as backfills:
        backfills.drop_column("file")
    with op.batch_alter_table("clubs") as clubs:
        clubs.drop_column("keeps_copy")
    op.execute("UPDATE users SET telegram_id = -id WHERE telegram_id IS NULL")
    op.drop_index("ix_users_forget_at", "users")
    with op.batch_alter_table("users") as users:
        users.drop_column("keeps_copy")
        users.drop_column("forgotten_at")
        users.drop_column("forget_at")
        users.alter_column("telegram_id", existing_type=sa.BigInteger(), nullable=False)


def _give_keys() -> None:
    connection = op.get_bind()
    columns = _MEMBERS.c
    for club_id, user_id in connection.execute(sa.select(columns.club_id, columns.user_id)).all():
        connection.execute(
            sa.update(_MEMBERS)
            .where(columns.club_id == club_id, columns.user_id == user_id)
            .values(key=secrets.token_hex(8))
        )
