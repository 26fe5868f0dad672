"""What whoever runs the bot imports from the disk is entered by nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a backfill be nobody's."""
    with op.batch_alter_table("backfills") as backfills:
        backfills.alter_column("user_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    """Forget who those belong to that are nobody's; what came with them stays."""
    for name in ("members", "weeks", "picks", "ratings"):
        op.execute(
            f"UPDATE {name} SET backfill_id = NULL"  # noqa: S608 - names of ours
            " WHERE backfill_id IN (SELECT id FROM backfills WHERE user_id IS NULL)"
        )
    op.execute("DELETE FROM backfills WHERE user_id IS NULL")
    with op.batch_alter_table("backfills") as backfills:
        backfills.alter_column("user_id", existing_type=sa.Integer(), nullable=False)
