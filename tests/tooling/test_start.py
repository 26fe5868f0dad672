"""`start.py` from a bare checkout: what it sets up, what it leaves alone, what it says.

Most stories run it in a small checkout of its own with a `uv` that notes what it is asked and makes an empty
environment; one runs it with the real venv and pip.
"""

import ast
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import start
from tests.tooling.project import ROOT

BOT = """
import os, signal, sys
print("bot got", sys.argv[1:], flush=True)
if "die" in sys.argv:
    os.kill(os.getpid(), signal.SIGTERM)
sys.exit(7)
"""
UV = """#!{python}
import pathlib, sys, venv
pathlib.Path({log!r}).open("a").write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "venv":
    venv.create(sys.argv[-1], with_pip=False, symlinks=True)
sys.exit({code})
"""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A small project with the real start.py, and what a person sees when running it."""

    folder: Path
    tools: Path

    def start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(self.folder / "start.py"), *arguments],
            env={"PATH": str(self.tools), "HOME": str(self.folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def add_uv(self, code: int = 0) -> None:
        uv = self.tools / "uv"
        uv.write_text(UV.format(python=sys.executable, log=str(self.log), code=code), encoding="utf-8")
        uv.chmod(0o755)

    @property
    def log(self) -> Path:
        return self.tools / "uv.log"

    def asked_of_uv(self) -> list[str]:
        """The subcommands uv was given since the last look."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [" ".join(word for word in line.split()[:2] if not word.startswith("-")) for line in lines]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder, tools = tmp_path / "a checkout", tmp_path / "tools"
    (folder / "bot").mkdir(parents=True)
    tools.mkdir()
    shutil.copy(ROOT / "start.py", folder)
    (folder / "requirements.lock").write_text("# nothing needed\n", encoding="utf-8")
    (folder / "bot" / "__init__.py").touch()
    (folder / "bot" / "__main__.py").write_text(BOT, encoding="utf-8")
    return Checkout(folder, tools)


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse((ROOT / "start.py").read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_an_old_python_can_read_it_and_is_turned_away_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ast.parse((ROOT / "start.py").read_text(encoding="utf-8"), feature_version=(3, 8))
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    assert start.main(["demo"]) == 1
    assert capsys.readouterr() == (
        "",
        "start: Python 3.8 is too old: Wrong Opinions needs Python 3.11 or newer\n",
    )


def test_the_first_start_with_uv_sets_up_and_the_second_goes_straight_on(checkout: Checkout) -> None:
    checkout.add_uv()
    first = checkout.start("run", "--fast", "a b")
    assert first.stdout.splitlines() == [
        "start: Making .venv with uv (there is none yet)",
        "start: Installing requirements.lock with uv (a minute or two the first time)",
        "start: Running python -m bot run --fast a b",
        "bot got ['run', '--fast', 'a b']",
    ]
    assert first.returncode == 7
    assert checkout.asked_of_uv() == ["venv", "pip sync"]

    second = checkout.start("demo")
    assert second.stdout.splitlines() == ["start: Running python -m bot demo", "bot got ['demo']"]
    assert checkout.asked_of_uv() == []


def write_wheel(folder: Path, name: str = "tiny", version: str = "1.0", needs: str = "") -> Path:
    """An installable package of one module with the package's name."""
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: more\n{needs}"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{name}.py", f"version = {version!r}")
        archive.writestr(f"{about}/METADATA", metadata)
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(
            f"{about}/RECORD", f"{name}.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n"
        )
    return wheel


def pin(wheel: Path) -> str:
    """A line of a lock."""
    name, version, *_ = wheel.name.split("-")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


@pytest.mark.proof
def test_the_lock_still_installs_when_newer_releases_are_out(checkout: Checkout) -> None:
    needs = "Requires-Dist: tiny[more]>=1.0\n"
    wheels = [write_wheel(checkout.tools), write_wheel(checkout.tools, "asker", needs=needs)]
    write_wheel(checkout.tools, version="1.1")
    settings = checkout.folder / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        f"[global]\nno-index = true\nfind-links = {checkout.tools.as_uri()}\n", encoding="utf-8"
    )
    (checkout.folder / "requirements.lock").write_text("".join(map(pin, wheels)), encoding="utf-8")
    (checkout.folder / "bot" / "__main__.py").write_text("import asker, tiny; print('tiny is', tiny.version)")
    started = checkout.start("run")
    assert started.returncode == 0, started.stderr
    assert started.stdout.splitlines()[-1] == "tiny is 1.0"


@pytest.mark.proof
def test_without_uv_it_uses_venv_and_pip_and_installs_only_what_the_lock_knows_by_hash(
    checkout: Checkout,
) -> None:
    wheel = write_wheel(checkout.tools)
    lock = checkout.folder / "requirements.lock"
    (checkout.folder / "bot" / "__main__.py").write_text("import tiny; print('bot has', tiny.__name__)")

    lock.write_text(f"tiny @ {wheel.as_uri()} --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    refused = checkout.start("run")
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert "start: the packages could not be installed" in refused.stderr.splitlines()[-1]
    assert refused.returncode == 1
    assert "bot" not in refused.stdout

    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock.write_text(f"tiny @ {wheel.as_uri()} --hash=sha256:{digest}\n", encoding="utf-8")
    accepted = checkout.start("run")
    assert accepted.stdout.splitlines() == [
        "start: Making .venv with venv (the one here was not finished)",
        "start: Installing requirements.lock with pip (a minute or two the first time)",
        "start: Running python -m bot run",
        "bot has tiny",
    ]
    assert accepted.returncode == 0


def move(checkout: Checkout) -> Checkout:
    moved = checkout.folder.with_name("elsewhere")
    checkout.folder.rename(moved)
    return Checkout(moved, checkout.tools)


def lose_the_python(checkout: Checkout) -> Checkout:
    python = checkout.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    return checkout


def stop_halfway(checkout: Checkout) -> Checkout:
    (checkout.folder / ".venv" / start.STAMP.name).unlink()
    return checkout


def change_python(checkout: Checkout) -> Checkout:
    stamp = checkout.folder / ".venv" / start.STAMP.name
    _, *rest = stamp.read_text(encoding="utf-8").splitlines()
    stamp.write_text("\n".join(["cpython 3.10", *rest]), encoding="utf-8")
    return checkout


def put_a_file_there(checkout: Checkout) -> Checkout:
    shutil.rmtree(checkout.folder / ".venv")
    (checkout.folder / ".venv").touch()
    return checkout


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (move, "made elsewhere"),
        (lose_the_python, "does not run"),
        (stop_halfway, "not finished"),
        (change_python, "holds cpython 3.10, not"),
        (put_a_file_there, "not finished"),
    ],
)
def test_an_environment_that_will_not_do_is_made_anew(
    checkout: Checkout, damage: Callable[[Checkout], Checkout], reason: str
) -> None:
    checkout.add_uv()
    checkout.start("run")
    checkout.asked_of_uv()
    damaged = damage(checkout)
    done = damaged.start("run")
    assert reason in done.stdout.splitlines()[0]
    assert damaged.asked_of_uv() == ["venv", "pip sync"]
    assert done.returncode == 7


def test_a_changed_lock_is_installed_into_the_environment_there_is(checkout: Checkout) -> None:
    checkout.add_uv()
    checkout.start("run")
    checkout.asked_of_uv()
    (checkout.folder / "requirements.lock").write_text("# still nothing\n", encoding="utf-8")
    assert "Making" not in checkout.start("run").stdout
    assert checkout.asked_of_uv() == ["pip sync"]


def test_a_failed_installation_is_not_taken_for_a_finished_one(checkout: Checkout) -> None:
    checkout.add_uv(code=3)
    failed = checkout.start("run")
    assert failed.stderr == "start: uv could not make .venv\n"
    assert failed.returncode == 1
    checkout.add_uv()
    assert checkout.start("run").returncode == 7


def test_a_uv_inside_the_environment_is_not_asked_to_replace_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / ".venv" / "bin" / "uv"
    inside.parent.mkdir(parents=True)
    inside.touch(0o755)
    monkeypatch.setenv("PATH", str(inside.parent))
    assert start.find_uv() == str(inside)
    monkeypatch.setattr(start, "VENV", tmp_path / ".venv")
    assert start.find_uv() is None


def test_a_python_without_its_venv_package_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(start.StartError, match=r"apt install python3-venv.*or install uv") as caught:
        start.build_venv(None, "there is none yet")
    assert "\n" not in str(caught.value)


def test_all_tests_share_the_cores_and_chosen_ones_start_at_once(checkout: Checkout) -> None:
    checkout.add_uv()
    (checkout.folder / "pytest.py").write_text(
        "import sys; print('pytest got', sys.argv[1:])", encoding="utf-8"
    )
    assert checkout.start("test").stdout.splitlines()[-1] == f"pytest got {start.ALL_TESTS}"
    assert checkout.start("proof").stdout.splitlines()[-1] == f"pytest got {['-m', 'proof', *start.SPREAD]}"
    chosen = checkout.start("test", "tests/domain", "-k", "week").stdout.splitlines()[-1]
    assert chosen == "pytest got ['tests/domain', '-k', 'week']"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals")
def test_a_bot_ended_by_a_signal_ends_start_the_same_way(checkout: Checkout) -> None:
    checkout.add_uv()
    assert checkout.start("run", "die").returncode == -signal.SIGTERM


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["dance"], "unknown command 'dance': use demo, test, proof, bench, init, run, doctor or check"),
        (["check", "mood"], "check knows format, lint, types, imports, tests; not 'mood'"),
    ],
)
def test_a_slip_of_the_fingers_is_answered_before_anything_is_set_up(
    checkout: Checkout, arguments: list[str], sentence: str
) -> None:
    done = checkout.start(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"start: {sentence}\n")
    assert not (checkout.folder / ".venv").exists()


def test_help_shows_the_four_commands(checkout: Checkout) -> None:
    done = checkout.start("--help")
    assert done.returncode == 0
    assert all(f"start.py {command} " in done.stdout for command in ("demo", "test", "run", "check"))


def test_check_runs_every_check_and_names_those_that_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "VENV_PYTHON", Path(sys.executable))
    monkeypatch.setattr(
        start, "CHECKS", {"good": ["-c", ""], "bad": ["-c", "raise SystemExit(3)"], "last": ["-c", ""]}
    )
    assert start.check(["good", "bad", "last"]) == 1
    assert capsys.readouterr().out == textwrap.dedent("""\
        start: Checking good
        start: Checking bad
        start: Checking last
        start: Failed: bad
    """)
    assert start.check(["good"]) == 0
