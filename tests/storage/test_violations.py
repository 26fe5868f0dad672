from __future__ import annotations

import sqlite3

import pytest

from domain.errors import DomainError
from storage.tables import metadata
from storage.violations import ERRORS, constraint_name


class UniqueViolation(Exception):
    """As PostgreSQL's driver tells it."""

    constraint_name = "uq_picks_slot"


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("UNIQUE constraint failed: picks.week_id, picks.kind, picks.position", "uq_picks_slot"),
        ("UNIQUE constraint failed: users.telegram_id", "uq_users_telegram_id"),
        ("UNIQUE constraint failed: members.club_id, members.user_id", "pk_members"),
        ("UNIQUE constraint failed: users.name", None),
        ("CHECK constraint failed: ck_ratings_score", "ck_ratings_score"),
        ("FOREIGN KEY constraint failed", None),
        ("NOT NULL constraint failed: users.name", None),
    ],
)
def test_sqlites_words_are_traced_to_a_constraint(message: str, name: str | None) -> None:
    assert constraint_name(sqlite3.IntegrityError(message)) == name


def test_postgresql_names_the_constraint() -> None:
    adapted = RuntimeError("duplicate key value")
    adapted.__cause__ = UniqueViolation()
    assert constraint_name(adapted) == "uq_picks_slot"


def test_every_mapped_constraint_exists_and_becomes_an_error_people_are_told() -> None:
    tables = metadata.tables.values()
    names = {str(rule.name) for table in tables for rule in table.constraints}
    names |= {str(rule.name) for table in tables for rule in table.indexes}
    assert names >= ERRORS.keys()
    assert all(isinstance(make(), DomainError) for make in ERRORS.values())
