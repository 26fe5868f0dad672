"""A sandbox's world in a folder: one JSON line for every change, and the files beside it.

`world.jsonl` begins with a line that names the format; every further line is an object of keys and their new
values, null where a key is gone. A line is written at once and before anybody is told of the change, so a
process that is killed has lost nothing that the bot or a person knows of; a last line that was cut off counts
as never written. It is not synced to the disk: a machine that loses its power may lose the last seconds.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from .telegram.saving import Saver, file_value, restore

if TYPE_CHECKING:
    from io import RawIOBase
    from pathlib import Path

    from .clock import MovableClock
    from .telegram.core import TelegramSandbox

VERSION: Final = 1
"""Changes with the values that are kept; a world of another version is not read."""
_FORMAT: Final = {"format": "wrong-opinions-sandbox", "version": VERSION}

Values = dict[str, Any]


class Unreadable(Exception):
    """What the folder holds is of another version, or no world at all; the text says which."""


class WorldFolder:
    """The folder. Only its owner can read it: the page's secret is in there."""

    def __init__(self, folder: Path) -> None:
        """Made where it is missing."""
        self.path = folder
        self._log = folder / "world.jsonl"
        self._files = folder / "files"
        self._files.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._lines: RawIOBase | None = None

    def load(self) -> Values:
        """The values that are kept, none in an empty folder. Unreadable."""
        if not self._log.exists():
            return {}
        first, *lines = self._log.read_bytes().split(b"\n")
        header = _parsed(first)
        if header != _FORMAT:
            version = header.get("version") if isinstance(header, dict) else None
            raise Unreadable("damaged" if version is None else f"of another version ({version})")
        values: Values = {}
        for number, line in enumerate(lines, start=1):
            change = _parsed(line)
            if isinstance(change, dict):
                for key, value in change.items():
                    if value is None:
                        values.pop(key, None)
                    else:
                        values[key] = value
            elif number < len(lines):
                # Only what stands behind the last line's end can have been cut off.
                raise Unreadable("damaged")
        return values

    def begin(self, values: Values) -> None:
        """Write these values in place of whatever there was, in one step, and take changes from now on."""
        new = self._log.with_suffix(".new")
        content = f"{json.dumps(_FORMAT)}\n{_line(values)}" if values else f"{json.dumps(_FORMAT)}\n"
        new.touch(mode=0o600)
        with new.open("wb") as file:
            file.write(content.encode())
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._log)
        self._lines = self._log.open("ab", buffering=0)

    def write(self, changes: Mapping[str, Any]) -> None:
        """Add a line of changes."""
        if self._lines is None:
            raise ValueError("this folder has not begun, or is closed")
        line = _line(changes).encode()
        if self._lines.write(line) != len(line):
            raise OSError(errno.ENOSPC, "the demo's folder is full")

    def write_file(self, name: str, content: bytes) -> None:
        """Keep a file's content; a line should name it only afterwards."""
        (self._files / name).write_bytes(content)

    def read_file(self, name: str) -> bytes:
        """A kept file's content."""
        return (self._files / name).read_bytes()

    def empty(self) -> None:
        """Forget the world; other files of the folder stay."""
        self._log.unlink(missing_ok=True)
        shutil.rmtree(self._files)
        self._files.mkdir(mode=0o700)

    def close(self) -> None:
        """Take no more changes."""
        if self._lines is not None:
            self._lines.close()
            self._lines = None


class Keeper:
    """Keeps a running world in its folder."""

    def __init__(
        self,
        folder: WorldFolder,
        telegram: TelegramSandbox,
        clock: MovableClock,
        *,
        kept: Values,
        notes: Mapping[str, Any],
    ) -> None:
        """`kept` is what the world was restored from, nothing for a new one. `notes` go beside the world."""
        self._folder = folder
        self._saver = Saver(telegram)
        self._clock = clock
        self._moved = clock.moved
        self._stored = {name for name in kept if name.startswith("file/")}
        folder.begin({**notes, **self._changes(), "clock": self._times()})
        clock.watchers.append(self.keep)

    def keep(self) -> None:
        """Write down what changed since the last time."""
        changes = self._changes()
        if changes or self._clock.moved != self._moved:
            self._moved = self._clock.moved
            self._folder.write({**changes, "clock": self._times()})

    def note(self, name: str, value: object) -> None:
        """Write down something beside the world."""
        self._folder.write({name: value})

    def _changes(self) -> Values:
        changes: Values = {}
        for file in self._saver.new_files():
            name = f"file/{file.file_id}"
            if name not in self._stored:
                self._folder.write_file(file.file_id, file.content)
            changes[name] = file_value(file)
        return {**changes, **self._saver.changes()}

    def _times(self) -> list[str]:
        return [self._clock.now().isoformat(), datetime.now(UTC).isoformat()]


def kept_now(values: Mapping[str, Any], real: datetime) -> datetime:
    """What a kept world's clock shows at a real moment: it went on meanwhile, and never goes back."""
    now, was = (datetime.fromisoformat(text) for text in values["clock"])
    return now + max(timedelta(), real - was)


def restore_world(telegram: TelegramSandbox, values: Mapping[str, Any], folder: WorldFolder) -> None:
    """Bring a new sandbox to where the kept one was."""
    restore(telegram, values, folder.read_file)


def _line(changes: Mapping[str, Any]) -> str:
    return json.dumps(changes, ensure_ascii=False, separators=(",", ":")) + "\n"


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None
