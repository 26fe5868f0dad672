"""What a button names by its number keeps that number to itself, also once it is gone.

SQLite gives the number of the newest row away again when that row is deleted; PostgreSQL never does.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAMED = ("weeks", "backfills", "picks", "searches")


def upgrade() -> None:
    """Count on, whatever is deleted."""
    _rebuild(count_on=True)


def downgrade() -> None:
    """Count as SQLite does by itself."""
    _rebuild(count_on=False)


def _rebuild(*, count_on: bool) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in NAMED:
            with op.batch_alter_table(
                table, recreate="always", table_kwargs={"sqlite_autoincrement": count_on}
            ):
                pass
