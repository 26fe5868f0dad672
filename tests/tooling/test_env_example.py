""".env.example explains every setting there is, with the value it has when left alone."""

import re

import pytest
from dotenv import dotenv_values
from pydantic_settings import SettingsConfigDict

from bot.settings import Settings
from tests.tooling.project import ROOT

EXAMPLE = ROOT / ".env.example"
TOKEN = "123456:" + "A" * 35


def test_it_names_every_setting_once_in_the_order_of_the_settings() -> None:
    named = re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert named == [name.upper() for name in Settings.model_fields]


def test_every_setting_is_explained_in_two_lines() -> None:
    blocks = EXAMPLE.read_text(encoding="utf-8").strip().split("\n\n")[1:]
    assert len(blocks) == len(Settings.model_fields)
    for block in blocks:
        *explanation, setting = block.splitlines()
        assert len(explanation) == 2, setting
        assert all(line.startswith("# ") for line in explanation), setting


def test_it_works_as_a_settings_file_once_the_token_is_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)

    class FromExample(Settings):
        model_config = SettingsConfigDict(env_file=EXAMPLE)

    class Untouched(Settings):
        model_config = SettingsConfigDict(env_file=None)

    assert FromExample().model_dump() == Untouched().model_dump()


def test_it_holds_no_secret() -> None:
    values = dotenv_values(EXAMPLE)
    assert [name for name in values if name.endswith(("_TOKEN", "_KEY")) and values[name]] == []
