"""What the page's files never do, checked without a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from integrations import sandbox

PAGE = Path(sandbox.__file__).parent / "page"
SCRIPTS = sorted(PAGE.glob("scripts/*.js"))
# The names of namespaces are addresses that nobody opens.
OUTSIDE = re.compile(r"""["'(](?:https?:)?//(?!www\.w3\.org/)[\w.]""")


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_scripts_never_parse_data_as_markup_or_code(path: Path) -> None:
    parsing = re.compile(
        r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|Function|DOMParser)\b"
    )
    assert not parsing.search(path.read_text("utf-8"))


@pytest.mark.parametrize("path", [p for p in sorted(PAGE.rglob("*")) if p.is_file()], ids=name)
def test_files_name_no_other_site(path: Path) -> None:
    assert not OUTSIDE.search(path.read_text("utf-8"))


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_scripts_import_only_what_is_there(path: Path) -> None:
    imported = re.findall(r'from "(\./[^"]+)"', path.read_text("utf-8"))
    assert [each for each in imported if not (path.parent / each).is_file()] == []


def test_the_page_holds_no_inline_script_or_style_and_says_so() -> None:
    page = (PAGE / "index.html").read_text("utf-8")
    assert "script-src 'self'; style-src 'self'" in page
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
