"""`bot import`: a club's file from the disk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.__main__ import main
from domain.import_files import LIMIT
from tests.databases import fresh_database
from tests.domain.test_imports import FILE
from tests.storage import scenes

if TYPE_CHECKING:
    from pathlib import Path

CHAT = "-100"


@pytest.fixture
async def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with a club, and a file to import."""
    database = await fresh_database(tmp_path)
    await scenes.a_club(database, chat_id=int(CHAT))
    await database.close()
    monkeypatch.setenv("TELEGRAM_TOKEN", "123456:token")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/wrong-opinions.db")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.json").write_text(json.dumps(FILE))
    return tmp_path


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    return capsys


def test_it_is_shown_asked_stored_and_taken_back(
    folder: Path, said: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert main(["import", "file.json", f"--club={CHAT}"]) == 0
    text = said.readouterr().out
    assert "To be stored: 2 picks, 1 score, in 1 week." in text
    assert "nothing was stored" in text
    monkeypatch.setattr("builtins.input", lambda _: "y")
    assert main(["import", "file.json", f"--club={CHAT}"]) == 0
    stored = said.readouterr().out
    assert "Stored: 2 picks, 1 score." in stored
    assert main(["import", str(folder / "file.json"), f"--club={CHAT}", "--yes"]) == 0
    assert "has all of this already" in said.readouterr().out
    number = stored.split("--undo ")[1].split()[0]
    assert main(["import", "--undo", number, f"--club={CHAT}"]) == 0
    assert "Taken back: 2 picks, 1 score." in said.readouterr().out
    assert main(["import", "--undo", number, f"--club={CHAT}"]) == 1
    assert "undone already" in said.readouterr().err


def test_what_cannot_be_is_one_sentence(folder: Path, said: pytest.CaptureFixture[str]) -> None:
    (folder / "huge.json").touch()
    with (folder / "huge.json").open("r+b") as file:
        file.truncate(10 * LIMIT)
    (folder / "bad.json").write_text("{")
    for arguments, sentence in (
        (["huge.json", f"--club={CHAT}"], "more than 20 MB"),
        (["bad.json", f"--club={CHAT}"], "damaged"),
        (["file.json", "--club=-7"], "no club in the chat -7"),
        (["missing.json", f"--club={CHAT}"], "missing.json"),
    ):
        assert main(["import", *arguments]) == 1
        told = said.readouterr()
        assert sentence in told.out + told.err


def test_it_wants_a_file_or_a_number(folder: Path, said: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["file.json", "--undo", "1"]):
        with pytest.raises(SystemExit):
            main(["import", *arguments, f"--club={CHAT}"])
    assert folder.is_dir()
    assert "either a FILE or --undo" in said.readouterr().err
