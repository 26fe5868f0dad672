"""The domain stands on the standard library and itself."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def imported(module: Path) -> set[str]:
    """The top-level packages a module imports, wherever in it it does so."""
    packages = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            packages |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            packages.add((node.module or "").partition(".")[0])
    return packages


def test_it_imports_nothing_but_the_standard_library_and_itself() -> None:
    modules = sorted((ROOT / "domain").rglob("*.py"))
    assert modules
    foreign = {
        module.relative_to(ROOT): imported(module) - sys.stdlib_module_names - {"domain"}
        for module in modules
    }
    assert {str(module): names for module, names in foreign.items() if names} == {}


def test_a_foreign_import_anywhere_in_a_module_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "rules.py"
    module.write_text(
        "import json\ndef late():\n    from sqlalchemy.orm import Session\n    import telegram.ext\n"
    )
    assert imported(module) == {"json", "sqlalchemy", "telegram"}
