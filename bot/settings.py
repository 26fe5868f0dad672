"""Settings, from the environment or `.env`; `.env.example` documents each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.backups import Retention

TOKEN_SHAPE = re.compile(r"\d+:[A-Za-z0-9_-]+")


def _token(value: SecretStr) -> SecretStr:
    if TOKEN_SHAPE.fullmatch(value.get_secret_value()) is None:
        raise ValueError("is not a bot token; @BotFather gives one like 123456:ABC-DEF…")
    return value


def _http_url(value: str) -> str:
    if re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value) is None:
        raise ValueError("must be an address that begins with http:// or https://")
    return value.rstrip("/")


def _database_url(value: str) -> str:
    if re.match(r"(sqlite(\+aiosqlite)?:///|postgresql(\+asyncpg)?://)\S", value) is None:
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return value


def _zone(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValueError("is no time zone of the tz database; they look like Europe/Berlin") from None


HttpUrl = Annotated[str, AfterValidator(_http_url)]
Count = Annotated[int, Field(ge=0)]


class Settings(BaseSettings):
    """Everything an owner can set."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    telegram_token: Annotated[SecretStr, AfterValidator(_token)]
    telegram_base_url: HttpUrl = "https://api.telegram.org"
    tmdb_api_key: SecretStr | None = None
    tmdb_base_url: HttpUrl = "https://api.themoviedb.org/3"
    musicbrainz_base_url: HttpUrl = "https://musicbrainz.org/ws/2"
    musicbrainz_user_agent: Annotated[str, NoDecode, Field(pattern=r"^\S+/\S+ .*\S")] = (
        "WrongOpinions/0.1 ( its owner has set no contact )"
    )
    cover_art_base_url: HttpUrl = "https://coverartarchive.org"
    omdb_api_key: SecretStr | None = None
    omdb_base_url: HttpUrl = "https://www.omdbapi.com"
    database_url: Annotated[str, AfterValidator(_database_url)] = "sqlite:///data/wrong-opinions.db"
    owner_id: int | None = None
    owner_zone: Annotated[ZoneInfo, BeforeValidator(_zone)] = ZoneInfo("UTC")
    backup_folder: Path | None = None
    backup_keep_days: Count = 14
    backup_keep_weeks: Count = 8
    backup_keep_months: Count = 12
    backup_recipient: Annotated[str, Field(pattern=r"^age1[0-9a-z]+$")] | None = None
    backup_identity: Path | None = None
    backup_copy_folder: Path | None = None
    backup_to_owner: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"
    health_port: Annotated[int, Field(ge=1, le=65535)] | None = None

    def secrets(self) -> tuple[str, ...]:
        """What no log line may show: keys, the token, the database's password."""
        keys = (self.telegram_token, self.tmdb_api_key, self.omdb_api_key)
        password = urlsplit(self.database_url).password
        return (
            *(key.get_secret_value() for key in keys if key is not None),
            *([password] if password else []),
        )

    def retention(self) -> Retention:
        """Which backups are kept. BadSettings where it would be none."""
        try:
            return Retention(self.backup_keep_days, self.backup_keep_weeks, self.backup_keep_months)
        except ValueError as error:
            raise BadSettings(f"BACKUP_KEEP_DAYS: {error} (see .env.example)") from None


class BadSettings(Exception):
    """The settings cannot be used; the text names the first wrong one and says why, in one line."""


def load() -> Settings:
    """Read the settings. BadSettings."""
    try:
        return Settings()
    except (UnicodeDecodeError, OSError):
        raise BadSettings(".env: cannot be read; it must be a text file in UTF-8") from None
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        name = str(problem["loc"][0]).upper()
        reason = (
            "is not set" if problem["type"] == "missing" else problem["msg"].removeprefix("Value error, ")
        )
        raise BadSettings(f"{name}: {reason} (see .env.example)") from None
