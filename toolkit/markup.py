"""Self-contained HTML pages; whatever comes from outside goes through `escaped`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import NewType

from .errors import ToolkitError

Html = NewType("Html", str)

# The themes of our own corpus, as people say them; another theme goes by its id.
THEME_NAMES = {
    "worker-services": "职工服务",
    "welfare": "福利保障",
    "competitions": "竞赛比武",
    "volunteering": "志愿服务",
}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def page(title: str, sections: Sequence[tuple[str, str, Html]], made_by: str) -> str:
    """A whole page of sections, each an id, a heading and what is under it.

    made_by : the command that makes it, by which `is_made_by` knows the page again.
    """
    contents = (f'<li><a href="#{key}">{escaped(head)}</a></li>' for key, head, _ in sections)
    bodies = (
        f'<section id="{key}" aria-labelledby="{key}-h">\n<h2 id="{key}-h">{escaped(head)}</h2>\n'
        f"{body}\n</section>"
        for key, head, body in sections
    )
    template = Template(Path(__file__).with_name("markup.html").read_text("utf-8"))
    return template.substitute(
        title=escaped(title),
        made_by=escaped(made_by),
        contents="".join(contents),
        sections="\n".join(bodies),
    )


def is_made_by(command: str, path: Path) -> bool:
    """Whether a file is a page that this command made."""
    try:
        with path.open(encoding="utf-8") as stream:
            return f'<meta name="generator" content="{command}">' in stream.read(1000)
    except (OSError, UnicodeDecodeError):
        return False


def write(text: str, path: Path) -> None:
    """Write a page, or what goes beside it.

    Raises
    ------
    ToolkitError : it cannot be written.
    """
    try:
        # Names that are not UTF-8, as some file systems have, must not stop the page.
        path.write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        problem = f"cannot be written: {error.strerror or error}"
        raise ToolkitError(f"{path}: {problem}") from None


def escaped(value: str) -> Html:
    """A value as text of the page: escaped, and without characters that no page may hold."""
    return Html(escape(_UNPRINTABLE.sub("\ufffd", value)))


def table(
    caption: str,
    heads: Sequence[str | Html],
    rows: Sequence[Sequence[Html]],
    *,
    numbers: Collection[int] = (),
    words: Collection[int] = (),
) -> Html:
    """A table with a caption, whose first column names the rows.

    numbers, words : the columns that hold figures, and those that need room for words.
    """

    def kind(column: int) -> str:
        name = "number" if column in numbers else "words" if column in words else ""
        return f' class="{name}"' if name else ""

    top = "".join(f'<th scope="col"{kind(k)}>{head}</th>' for k, head in enumerate(heads))
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f"<td{kind(k)}>{cell}</td>" for k, cell in enumerate(row[1:], 1))
        + "</tr>\n"
        for row in rows
    )
    return Html(
        f'<div class="wide" tabindex="0" role="group" aria-label="{escaped(caption)}"><table>'
        f"<caption>{escaped(caption)}</caption><thead><tr>{top}</tr></thead>\n"
        f"<tbody>\n{body}</tbody></table></div>"
    )


def note(text: str, *more: Html) -> Html:
    """A remark, small and grey."""
    return Html(f'<p class="note">{escaped(text)}{"".join(more)}</p>')


def joined(*parts: Html) -> Html:
    """Pieces one under another."""
    return Html("\n".join(parts))


def code(text: str) -> Html:
    """An id, or another thing that is read by machines too."""
    return Html(f"<code>{escaped(text)}</code>")


def theme_name(theme: str) -> str:
    """A theme as text: its Chinese name, where we know one, and its id; "" is none."""
    if not theme:
        return "无主题"
    return f"{THEME_NAMES[theme]} {theme}" if theme in THEME_NAMES else theme


def theme_cell(theme: str) -> Html:
    """A theme in a cell of a table, its name over its id."""
    if theme in THEME_NAMES:
        return Html(f"{escaped(THEME_NAMES[theme])}<br>{code(theme)}")
    return code(theme) if theme else escaped("无主题")
