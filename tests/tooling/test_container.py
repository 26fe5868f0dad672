"""The container holds the bot and what it needs, nothing else, and does not run as root.

No container engine is needed: a linter reads the Dockerfile, and its steps are run in a clean folder.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
    installs = re.findall(r"pip .*install .*", text)
    assert installs
    assert all("--require-hashes" in install for install in installs)
    user = text.rindex("\nUSER ")
    assert text[user:].split()[1] not in ("root", "0")
    assert user < text.rindex("\nCMD ")


def instructions() -> list[str]:
    """The Dockerfile's instructions, each on one line."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def test_the_linter_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        pytest.skip("hadolint is not installed beside this Python")
    done = subprocess.run(
        [str(hadolint), str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_that_runs_gets_no_compiler_and_no_pip() -> None:
    *_, last = "\n".join(instructions()).split("FROM ")
    (packages,) = re.findall(r"apt-get install ([^&]*)", last)
    assert packages.split() == ["--yes", "--no-install-recommends", "libfribidi0"]
    assert "pip" not in last
    assert "--without-pip" in "\n".join(instructions())


def test_its_health_is_asked_of_the_bot_itself() -> None:
    (health,) = (line for line in instructions() if line.startswith("HEALTHCHECK"))
    assert health.endswith('CMD ["python", "-m", "bot", "health"]')
    assert "HEALTH_PORT=" in "\n".join(instructions())


def test_compose_keeps_the_database_in_a_volume_and_the_rest_read_only() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    for line in ("read_only: true", "- data:/app/data", "- ALL", "no-new-privileges:true", "- /tmp"):
        assert line in text
    assert "VOLUME /app/data" in instructions()
    assert re.search(r"^volumes:\n  data:$", text, re.MULTILINE)
    (grace,) = re.findall(r"stop_grace_period: (\d+)s", text)
    assert int(grace) > 10


UNIT = ROOT / "docs" / "deploy" / "wrong-opinions.service"


def test_the_unit_is_hardened_and_starts_what_the_container_starts() -> None:
    unit = UNIT.read_text(encoding="utf-8").splitlines()
    assert "ExecStart=/opt/wrong-opinions/.venv/bin/python -m bot run" in unit
    for line in ("DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="):
        assert line in unit
    assert "RestartPreventExitStatus=2" in unit


def test_systemd_has_nothing_to_say_about_the_unit() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Unknown" not in done.stderr


@pytest.mark.proof
def test_its_steps_make_a_bot_that_runs(tmp_path: Path) -> None:
    """The build's commands, in a folder that stands for /app, with no environment but the image's."""
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    probe = subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("needs pip beside the Python that this one was made from")
    tools, app, elsewhere = tmp_path / "tools", tmp_path / "app", tmp_path / "elsewhere"
    for folder in (tools, app, elsewhere):
        folder.mkdir()
    (tools / "python").symlink_to(python)
    shutil.copy(ROOT / "requirements-run.lock", app)
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    (build,) = (line.removeprefix("RUN ") for line in instructions() if line.startswith("RUN python"))
    subprocess.run(
        ["sh", "-euc", build.replace("/app", str(app))], cwd=app, env=environment, check=True, timeout=600
    )
    for source in copied() - {"requirements-run.lock"}:
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, app / source)
    before = {path for path in app.rglob("*") if "__pycache__" not in path.parts}

    (start,) = (line for line in instructions() if line.startswith("CMD"))
    assert start == 'CMD ["python", "-m", "bot", "run"]'
    image = {"PATH": f"{app}/.venv/bin", "PYTHONDONTWRITEBYTECODE": "1", "HEALTH_PORT": "9464"}
    image |= {"TELEGRAM_TOKEN": "123456:" + "A" * 35, "DATABASE_URL": f"sqlite:///{elsewhere}/bot.db"}
    command = [str(app / ".venv" / "bin" / "python"), "-m", "bot"]
    done = [
        subprocess.run([*command, name], cwd=app, env=image, capture_output=True, text=True, check=False)
        for name in ("--help", "migrate", "health")
    ]
    assert [run.returncode for run in done] == [0, 0, 1], "".join(run.stderr for run in done)
    assert (elsewhere / "bot.db").stat().st_size > 0
    after = {path for path in app.rglob("*") if "__pycache__" not in path.parts}
    assert after == before, "it writes beside its database"
    assert not list(app.glob(".venv/lib/*/site-packages/pip"))
