"""Bring the catalogues up to the code: `python -m tests.bot_texts.update [a new language's code]`.

New messages come in empty, messages the code no longer has go, everything else stays as it is.
"""

from __future__ import annotations

import io
import sys

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural
from babel.messages.pofile import write_po

from tests.bot_texts.messages import LOCALES, catalogue, in_code, languages

HEADER = """\
# {name} texts of Wrong Opinions.
msgid ""
msgstr ""
"Project-Id-Version: Wrong Opinions\\n"
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def updated(language: str, old: Catalog | None) -> bytes:
    """A catalogue's file with the code's messages and the translations there are of them."""
    new = Catalog(language)
    for message in in_code():
        if message.id:
            known = old.get(message.id) if old is not None else None
            new.add(message.id, known.string if known is not None else None, message.locations, message.flags)
    header = HEADER.format(
        name=Locale.parse(language).get_display_name("en"), language=language, plurals=get_plural(language)
    )
    body = io.BytesIO()
    write_po(body, new, width=0, omit_header=True)
    return header.encode() + body.getvalue().rstrip() + b"\n"


def main() -> None:
    for language in sorted({*languages(), *sys.argv[1:]}):
        path = LOCALES / language / "messages.po"
        content = updated(language, catalogue(language) if path.exists() else None)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()
