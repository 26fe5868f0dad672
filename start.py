"""Set up what Wrong Opinions needs in .venv, then do one thing with it.

    python3 start.py demo    play several friends in a browser; needs no key, token or network
    python3 start.py test    run the tests; arguments go to pytest
    python3 start.py proof   run the long proofs, small; PROOFS=full runs them at full size
    python3 start.py bench   measure how fast and how much; prints a table, writes benchmarks.json
    python3 start.py init    ask for the bot's token, write .env, wait for the first group
    python3 start.py run     run the bot with the settings in .env
    python3 start.py doctor  look for what is wrong, and say what to do
    python3 start.py check   format, lint, types, imports, tests; or only those named

Needs Python 3.11 or newer with venv and pip, or uv instead. Uses the standard library alone. Packages come
from wherever pip or uv is set up to find them, and must match the hashes in requirements.lock.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "wrong-opinions.stamp"

COMMANDS = {
    "demo": ["-m", "bot", "demo"],
    "init": ["-m", "bot", "init"],
    "run": ["-m", "bot", "run"],
    "doctor": ["-m", "bot", "doctor"],
    "test": ["-m", "pytest"],
    "proof": ["-m", "pytest", "-m", "proof"],
    "bench": ["-m", "tests.benchmarks"],
}
# All the tests are quicker on several cores, a few are quicker without the workers' start.
SPREAD = ["-n", "auto", "--maxprocesses", "8", "--dist", "worksteal"]
ALL_TESTS = [*SPREAD, "-m", "not proof"]
CHECKS = {
    "format": ["-m", "ruff", "format", "--check", "."],
    "lint": ["-m", "ruff", "check", "."],
    "types": ["-m", "mypy"],
    "imports": ["-c", "from importlinter.cli import lint_imports_command as main; main(['--no-logo'])"],
    "tests": ["-m", "pytest", *ALL_TESTS, "--cov"],
}


class StartError(Exception):
    """Cannot go on; the message tells the person what to do, the code is what to exit with."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def main(arguments: list[str]) -> int:
    """Do what the arguments ask for and return the exit code (2: the arguments make no sense)."""
    command, *rest = arguments or ["help"]
    if command in ("help", "-h", "--help"):
        print((__doc__ or "").strip())
        return 0 if arguments else 2
    try:
        refuse_python(sys.version_info[:2])
        refuse_arguments(command, rest)
        set_up()
        if command == "check":
            return check(rest or list(CHECKS))
        if not rest:
            rest = {"test": ALL_TESTS, "proof": SPREAD}.get(command, [])
        return hand_over([*COMMANDS[command], *rest])
    except StartError as error:
        print(f"start: {error}", file=sys.stderr, flush=True)
        return error.code
    except KeyboardInterrupt:
        return 130


def refuse_python(version: tuple[int, ...]) -> None:
    """Refuse a Python (major, minor) that is too old."""
    if version < OLDEST_PYTHON:
        have, need = (".".join(map(str, numbers)) for numbers in (version, OLDEST_PYTHON))
        raise StartError(f"Python {have} is too old: Wrong Opinions needs Python {need} or newer")


def refuse_arguments(command: str, rest: list[str]) -> None:
    """Refuse a command that does not exist, and checks that do not."""
    if command not in COMMANDS and command != "check":
        raise StartError(
            f"unknown command '{command}': use demo, test, proof, bench, init, run, doctor or check", code=2
        )
    for name in rest:
        if command == "check" and name not in CHECKS:
            raise StartError(f"check knows {', '.join(CHECKS)}; not '{name}'", code=2)


def set_up() -> None:
    """Make .venv hold what this Python and requirements.lock call for; do nothing if it already does.

    Raises:
        StartError: the environment could not be made, with a sentence on what to do.
    """
    if not LOCK.is_file():
        raise StartError("requirements.lock is missing: get the whole project, for instance with git clone")
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    python = f"{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]}"
    flaw = find_flaw(python)
    if flaw is None and read_stamp()[2] == lock:
        return
    uv = find_uv()
    if flaw is not None:
        build_venv(uv, flaw)
    STAMP.unlink(missing_ok=True)
    install(uv)
    STAMP.write_text(f"{python}\n{VENV}\n{lock}\n", encoding="utf-8")


def read_stamp() -> list[str]:
    """What a finished .venv notes about itself: its Python, its place, the hash of the lock that filled it.

    The place matters because scripts in the environment name it. Three empty strings where nothing was noted.
    """
    try:
        noted = STAMP.read_text(encoding="utf-8").splitlines()
    except OSError:
        noted = []
    return noted if len(noted) == 3 else ["", "", ""]


def find_flaw(python: str) -> str | None:
    """Why .venv must be made anew to serve this python, in words, or None if it can stay."""
    noted_python, noted_place, _ = read_stamp()
    if not VENV.exists():
        return "there is none yet"
    if not noted_python:
        return "the one here was not finished"
    if noted_python != python:
        return f"the one here holds {noted_python}, not {python}"
    if noted_place != str(VENV):
        return "the one here was made elsewhere"
    try:
        subprocess.run([str(VENV_PYTHON), "-c", ""], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return "the Python in the one here does not run"
    return None


def find_uv() -> str | None:
    """The uv on PATH, unless it lives in the very environment that may have to be rebuilt."""
    uv = shutil.which("uv")
    return None if uv is None or VENV in Path(uv).parents else uv


def build_venv(uv: str | None, reason: str) -> None:
    """Make a fresh .venv in place of whatever is there."""
    say("Making .venv with {} ({})".format("uv" if uv else "venv", reason))
    if uv is None and not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        raise StartError(
            "this Python cannot make virtual environments: install its venv package "
            "(on Debian and Ubuntu: apt install python3-venv), or install uv"
        )
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    if uv:
        run_step([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)], "uv could not make .venv")
    else:
        run_step([sys.executable, "-m", "venv", str(VENV)], "venv could not make .venv")


def install(uv: str | None) -> None:
    """Fill .venv with what requirements.lock names, and nothing whose hash it does not know."""
    say(f"Installing requirements.lock with {'uv' if uv else 'pip'} (a minute or two the first time)")
    if uv:
        command = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(VENV_PYTHON), str(LOCK)]
    else:
        command = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        # The lock is complete. Left to resolve it again, pip 23.2 takes the newest release of a package that
        # another one wants with an extra, and refuses it for want of a hash.
        command += ["--no-input", "--no-deps", "--require-hashes", "--requirement", str(LOCK)]
    run_step(command, "the packages could not be installed: see above, then run this again")


def run_step(command: list[str], failure: str) -> None:
    """Run one step of setting up; its own complaints stay visible."""
    try:
        done = subprocess.run(command, cwd=str(ROOT), check=False)
    except OSError as error:
        raise StartError(f"{failure} ({error})") from error
    if done.returncode != 0:
        raise StartError(failure)


def hand_over(arguments: list[str]) -> int:
    """Become the environment's Python, so that signals and the exit code are its own."""
    command = [str(VENV_PYTHON), *arguments]
    say("Running python " + " ".join(arguments))
    os.chdir(str(ROOT))
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode


def check(names: list[str]) -> int:
    """Run the named checks, all of them even after one fails, and say which did."""
    failed = []
    for name in names:
        say("Checking " + name)
        done = subprocess.run([str(VENV_PYTHON), *CHECKS[name]], cwd=str(ROOT), check=False)
        if done.returncode != 0:
            failed.append(name)
    say("Failed: " + ", ".join(failed) if failed else "All good: " + ", ".join(names))
    return 1 if failed else 0


def say(line: str) -> None:
    """Tell the person what happens now."""
    print("start: " + line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
