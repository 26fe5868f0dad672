"""No test waits for time to pass: clocks are moved, and what another thread or process does is asked for."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
SLEEPERS = {
    "faults/server.py _answer": "an answer that drips has to take its time",
    "faults/world.py stormy": "a connection that would outlive the bot has to have the time to",
    "storage/test_lease.py _pass": "a server ends a session when it comes to it, and tells nobody",
}
"""Functions that sleep, and why they have to."""


def asks(loop: ast.While | ast.For | ast.AsyncFor) -> bool:
    """Whether a loop ends as soon as something is so."""
    if isinstance(loop, ast.While) and not isinstance(loop.test, ast.Constant):
        return True
    return any(isinstance(node, ast.Return | ast.Break) for node in ast.walk(loop))


def sleepers(source: str) -> list[str]:
    """The functions that sleep in real time, other than between two looks at what they wait for.

    Clocks of ours have a `sleep` of their own, and `sleep(0)` takes no time.
    """
    found = []

    def visit(node: ast.AST, function: str, *, looking: bool) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                function, looking = node.name, False
            case ast.While() | ast.For() | ast.AsyncFor():
                looking = asks(node)
            case ast.Call(func=ast.Attribute(value=ast.Name("asyncio" | "time"), attr="sleep"), args=args):
                if not looking and ast.unparse(args[0]) != "0":
                    found.append(function)
            case ast.ImportFrom(module="asyncio" | "time", names=names):
                found.extend(f"import of {name.name}" for name in names if name.name == "sleep")
        for child in ast.iter_child_nodes(node):
            visit(child, function, looking=looking)

    visit(ast.parse(source), "the module", looking=False)
    return found


def test_nobody_sleeps_without_a_reason() -> None:
    found = {
        f"{path.relative_to(TESTS)} {function}"
        for path in TESTS.rglob("*.py")
        if "benchmarks" not in path.parts  # They measure time.
        for function in sleepers(path.read_text(encoding="utf-8"))
    }
    assert found == set(SLEEPERS)


@pytest.mark.parametrize(
    "body",
    [
        "await asyncio.sleep(0.1)",
        "time.sleep(pause)",
        "for _ in range(9):\n  await asyncio.sleep(0.1)",
        "while True:\n  time.sleep(1)",
        "from time import sleep",
    ],
)
def test_a_sleep_is_seen(body: str) -> None:
    assert len(sleepers("async def story():\n " + body.replace("\n", "\n "))) == 1


@pytest.mark.parametrize(
    "body",
    [
        "await asyncio.sleep(0)",
        "await clock.sleep(60)",
        "while not there():\n  await asyncio.sleep(0.1)",
        "for _ in range(9):\n  if there():\n   return\n  time.sleep(0.1)",
    ],
)
def test_a_look_now_and_then_is_none(body: str) -> None:
    assert sleepers("async def story():\n " + body.replace("\n", "\n ")) == []
