"""Searches belong to the club they were made in; older ones to none, and their buttons keep working."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("searches") as searches:
        searches.add_column(sa.Column("club_id", sa.Integer(), nullable=True))
        searches.create_foreign_key("fk_searches_club_id", "clubs", ["club_id"], ["id"], ondelete="CASCADE")
        searches.create_index("ix_searches_club_id", ["club_id"])


def downgrade() -> None:
    with op.batch_alter_table("searches") as searches:
        searches.drop_index("ix_searches_club_id")
        searches.drop_constraint("fk_searches_club_id", type_="foreignkey")
        searches.drop_column("club_id")
