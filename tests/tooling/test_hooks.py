"""The commit hooks run this project's own tools and fetch nothing."""

import re

from tests.tooling.project import ROOT

HOOKS = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")


def test_every_hook_is_local() -> None:
    assert set(re.findall(r"repo: (\S+)", HOOKS)) == {"local"}
    assert set(re.findall(r"language: (\S+)", HOOKS)) == {"system"}


def test_every_hook_starts_a_tool_of_the_environment() -> None:
    entries = re.findall(r"entry: (.+)", HOOKS)
    assert entries
    for entry in entries:
        assert re.match(r"\.venv/bin/(python -m (ruff|mypy)|lint-imports)\b", entry), entry
