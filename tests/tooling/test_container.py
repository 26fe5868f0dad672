"""The container holds the bot and what it needs, nothing else, and does not run as root."""

import re

from tests.tooling.project import ROOT, pyproject


def lines(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def copied() -> set[str]:
    """What the image takes from the repository."""
    copies = [line.split()[1:-1] for line in lines("Dockerfile") if re.match(r"COPY (?!--from)", line)]
    return {source for sources in copies for source in sources}


def test_it_holds_every_package_but_the_tests() -> None:
    packages = set(pyproject()["tool"]["importlinter"]["root_packages"]) - {"tests"}
    assert packages <= copied()
    assert "tests" not in copied()


def test_the_build_sees_exactly_what_it_copies() -> None:
    let_through = {line.removeprefix("!") for line in lines(".dockerignore") if line.startswith("!")}
    assert "*" in lines(".dockerignore")
    assert let_through == copied()
    assert all((ROOT / source).exists() for source in copied())


def test_it_installs_by_hash_and_runs_as_somebody_without_rights() -> None:
    text = "\n".join(lines("Dockerfile"))
    installs = re.findall(r"pip install .*", text)
    assert installs
    assert all("--require-hashes" in install for install in installs)
    user = text.rindex("\nUSER ")
    assert text[user:].split()[1] not in ("root", "0")
    assert user < text.rindex("\nCMD ")
