"""A wrong setting stops the start with one line that names it and keeps what it was set to to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.__main__ import main
from bot.settings import BadSettings, Settings, load
from domain.backups import Retention

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_a_token_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    settings = load()
    assert settings.telegram_token.get_secret_value() == TOKEN
    assert settings.telegram_base_url == "https://api.telegram.org"
    assert settings.tmdb_base_url == "https://api.themoviedb.org/3"
    assert settings.musicbrainz_base_url == "https://musicbrainz.org/ws/2"
    assert settings.cover_art_base_url == "https://coverartarchive.org"
    assert settings.omdb_base_url == "https://www.omdbapi.com"
    assert settings.database_url == "sqlite:///data/wrong-opinions.db"
    assert (settings.tmdb_api_key, settings.omdb_api_key, settings.owner_id) == (None, None, None)
    assert settings.health_port is None
    assert (settings.log_level, settings.log_format) == ("INFO", "console")


def test_a_settings_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(f"TELEGRAM_TOKEN={TOKEN}\nOWNER_ID=7\nLOG_LEVEL=DEBUG\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("LOG_LEVEL", "WARNING")
    settings = load()
    assert (settings.owner_id, settings.log_level) == (7, "WARNING")


def test_what_is_left_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    for name in ("TMDB_API_KEY", "OMDB_API_KEY", "OWNER_ID", "LOG_LEVEL", "DATABASE_URL"):
        monkeypatch.setenv(name, "")
    assert load() == Settings(telegram_token=TOKEN)


def test_an_address_may_end_in_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_BASE_URL", "http://127.0.0.1:8081/telegram/")
    assert load().telegram_base_url == "http://127.0.0.1:8081/telegram"


WRONG = [
    ("TELEGRAM_TOKEN", "hunter2-hunter2"),
    ("TELEGRAM_TOKEN", f"{TOKEN} and more"),
    ("TELEGRAM_TOKEN", f"bot{TOKEN}"),
    ("TELEGRAM_BASE_URL", "api.telegram.example"),
    ("TELEGRAM_BASE_URL", "ftp://api.telegram.example"),
    ("TMDB_BASE_URL", "https:///3"),
    ("TMDB_BASE_URL", "https://tmdb.example/3?api_key=hunter2"),
    ("MUSICBRAINZ_BASE_URL", "nonsense://musicbrainz.example"),
    ("MUSICBRAINZ_USER_AGENT", "hunter2"),
    ("COVER_ART_BASE_URL", "cover art"),
    ("OMDB_BASE_URL", "/omdb-hunter2"),
    ("DATABASE_URL", "mysql://somebody:hunter2@db.example/wrong"),
    ("DATABASE_URL", "hunter2.db"),
    ("OWNER_ID", "@hunter2"),
    ("OWNER_ID", "7.5"),
    ("OWNER_ZONE", "Europe/hunter2"),
    ("OWNER_ZONE", "../hunter2"),
    ("BACKUP_KEEP_DAYS", "hunter2"),
    ("BACKUP_KEEP_WEEKS", "-8"),
    ("BACKUP_KEEP_MONTHS", "1.5"),
    ("BACKUP_RECIPIENT", "ssh-hunter2"),
    ("BACKUP_TO_OWNER", "hunter2"),
    ("LOG_LEVEL", "LOUD"),
    ("LOG_LEVEL", "hunter2"),
    ("LOG_FORMAT", "hunter2"),
    ("HEALTH_PORT", "70000"),
    ("HEALTH_PORT", "hunter2"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_is_named_in_one_line_without_its_value(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("TMDB_API_KEY", KEY)
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as stopped:
        load()
    line = str(stopped.value)
    assert line.startswith(f"{name}: ")
    assert len(line.splitlines()) == 1
    for secret in (value, TOKEN, KEY, "hunter2"):
        assert secret not in line
    assert stopped.value.__cause__ is None
    assert stopped.value.__suppress_context__


def test_a_missing_token_is_named() -> None:
    with pytest.raises(BadSettings, match=r"^TELEGRAM_TOKEN: is not set"):
        load()


def test_a_settings_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(f"TELEGRAM_TOKEN={TOKEN}\xff".encode("latin-1"))
    with pytest.raises(BadSettings, match=r"^\.env: ") as stopped:
        load()
    assert TOKEN not in str(stopped.value)
    assert stopped.value.__suppress_context__


def test_every_setting_can_be_wrong_or_is_free_text() -> None:
    free = {"TMDB_API_KEY", "OMDB_API_KEY", "BACKUP_FOLDER", "BACKUP_IDENTITY", "BACKUP_COPY_FOLDER"}
    assert {name for name, _ in WRONG} | free == {name.upper() for name in Settings.model_fields}


def test_keeping_no_backup_at_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    for name in ("BACKUP_KEEP_DAYS", "BACKUP_KEEP_WEEKS", "BACKUP_KEEP_MONTHS"):
        monkeypatch.setenv(name, "0")
    with pytest.raises(BadSettings, match=r"^BACKUP_KEEP_DAYS: .* would keep none"):
        load().retention()
    monkeypatch.setenv("BACKUP_KEEP_WEEKS", "1")
    assert load().retention() == Retention(days=0, weeks=1, months=0)


def test_the_start_stops_with_that_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("OWNER_ID", "me-hunter2")
    assert main(["run"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert shown.err.startswith("OWNER_ID: ")
    assert "hunter2" not in shown.err


def test_settings_do_not_show_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("TMDB_API_KEY", KEY)
    monkeypatch.setenv("OMDB_API_KEY", KEY)
    for shown in (repr(load()), str(load()), repr(load().model_dump())):
        assert TOKEN not in shown
        assert KEY not in shown
