"""The import contracts know every package, and each of them catches what it is there for.

That the project keeps them is `start.py check imports`; here they are tried on small trees that break them.
"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = "from importlinter.cli import lint_imports_command as main; main(['--no-logo', '--no-cache'])"

CLEAN = {
    "bot.__main__": "import bot.compose",
    "bot.compose": "import httpx, storage.unit_of_work, integrations.tmdb, bot.handlers.rating",
    "bot.compose_backups": "import storage.unit_of_work",
    "bot.compose_catalogues": "import httpx, integrations.tmdb",
    "bot.compose_doctor": "import httpx, storage.inspection, bot.compose",
    "bot.demo": "import integrations.sandbox, storage, bot.compose",
    "bot.request": "import aiohttp, httpx, telegram.request",
    "bot.send": "import telegram, bot.view",
    "bot.taps": "import domain.works",
    "bot.view": "import dataclasses",
    "bot.views.rating": "import bot.taps, bot.view, domain.works",
    "bot.handlers.rating": "import telegram.ext, bot.views.rating, bot.send, domain.works",
    "domain.works": "import datetime",
    "integrations.http": "import httpx",
    "integrations.sandbox": "",
    "integrations.tmdb": "import integrations.http, domain.works",
    "migrations.env": "import alembic, sqlalchemy, storage.tables",
    "storage.tables": "import sqlalchemy",
    "storage.unit_of_work": "import aiosqlite, sqlalchemy, storage.tables, domain.works",
    "tests.test_rating": "import httpx, sqlalchemy, telegram, bot.compose, storage.tables, integrations.tmdb",
}

# Contract -> modules that break it, each with the import that does.
BREACHES = {
    "one-way": [
        ("domain.works", "storage.tables"),
        ("domain.works", "bot.view"),
        ("storage.tables", "integrations.tmdb"),
        ("integrations.tmdb", "storage.tables"),
        ("storage.tables", "bot.taps"),
        ("bot.view", "tests.test_rating"),
    ],
    "composition": [("bot.handlers.rating", "storage.unit_of_work"), ("bot.__main__", "integrations.tmdb")],
    "migrations": [("migrations.env", "domain.works"), ("migrations.env", "integrations.tmdb")],
    "views": [
        ("bot.view", "telegram"),
        ("bot.views.rating", "telegram.constants"),
        ("bot.taps", "telegram"),
        ("bot.views.rating", "bot.send"),
    ],
    "telegram": [
        ("domain.works", "telegram"),
        ("storage.tables", "telegram"),
        ("integrations.tmdb", "telegram"),
    ],
    "http": [("bot.handlers.rating", "aiohttp"), ("storage.tables", "httpx"), ("domain.works", "httpx")],
    "sql": [
        ("bot.handlers.rating", "sqlalchemy"),
        ("integrations.tmdb", "aiosqlite"),
        ("domain.works", "sqlalchemy"),
        ("bot.compose", "alembic"),
    ],
    "cycles": [("storage.tables", "storage.unit_of_work")],
}


def config() -> dict[str, Any]:
    linter: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]
    return linter


def names() -> dict[str, str]:
    return {contract["id"]: contract["name"] for contract in config()["contracts"]}


def lint(folder: Path, modules: dict[str, str]) -> set[str]:
    """The ids of the contracts that a tree of these modules breaks."""
    for module, source in modules.items():
        path = folder.joinpath(*module.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        for package in (path.parent, *path.parent.parents):
            if package == folder:
                break
            (package / "__init__.py").touch()
    shutil.copy(ROOT / "pyproject.toml", folder)
    done = subprocess.run(
        [sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False
    )
    verdicts = {
        contract: line.rpartition(" ")[2]
        for contract, name in names().items()
        for line in done.stdout.splitlines()
        if line.startswith(name) and line.endswith(("KEPT", "BROKEN"))
    }
    assert verdicts.keys() == names().keys(), done.stdout + done.stderr
    broken = {contract for contract, verdict in verdicts.items() if verdict == "BROKEN"}
    assert bool(broken) == bool(done.returncode)
    return broken


def test_every_package_has_its_place_in_the_contracts() -> None:
    packages = {
        path.parent.name for path in ROOT.glob("*/__init__.py") if not path.parent.name.startswith(".")
    }
    with_python = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("[!.]*/**/*.py")}
    assert with_python - packages == set(), "a folder of modules without __init__.py escapes the contracts"
    layers = {name for layer in config()["contracts"][0]["layers"] for name in layer.split(" | ")}
    assert packages == set(config()["root_packages"]) == layers


def test_every_contract_is_tried_here() -> None:
    assert BREACHES.keys() == names().keys()


def test_the_shape_of_the_design_keeps_them_all(tmp_path: Path) -> None:
    assert lint(tmp_path, CLEAN) == set()


@pytest.mark.parametrize("contract", BREACHES)
def test_a_contract_catches_what_it_is_there_for(tmp_path: Path, contract: str) -> None:
    for number, (module, imported) in enumerate(BREACHES[contract]):
        tree = {**CLEAN, module: f"{CLEAN[module]}\nimport {imported}"}
        assert contract in lint(tmp_path / str(number), tree), f"{module} imports {imported}"
