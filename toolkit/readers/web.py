"""Web pages, saved alone, in one file with their pictures, or bound to an EPUB book."""

from __future__ import annotations

import email
import email.policy
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote
from zipfile import ZipFile

from ..errors import InputError
from . import archives
from .encodings import DETECTION_BYTES, detect
from .reading import Item, Reading
from .text import page

_NO_TEXT = (
    "script, style, noscript, template, iframe, object, svg, nav, footer, aside, form, button, "
    "select, [hidden], [style*='display:none'], [style*='display: none'], [role=navigation], "
    "[role=contentinfo], #nav, #menu, #foot, #footer, #copyright, .nav, .menu, .foot, .footer, "
    ".copyright, .breadcrumb"
)
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark q rp ruby s samp "
    "small span strike strong sub sup time tt u var".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)} | {
    # The elements of the e-paper software that most Chinese papers use.
    "founder-title": 1,
    "founder-introtitle": 3,
    "founder-subtitle": 3,
}
_LEAST_LINKED = 0.6
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_SITE = re.compile(r"\s*[-_|｜—–]+\s*")
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)


@dataclass(slots=True)
class _Line:
    """What one block of a web page, or a part of it between breaks, holds.

    linked : how many of its characters are links.
    level : of the heading that it is; 0 for none.
    """

    text: str
    linked: int
    level: int


def read_html(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    """Read the text of a web page: no menus, scripts or hidden parts. Nothing is fetched.

    Raises
    ------
    InputError : it holds no text, or too much.
    """
    data = stream.read()
    text = _text(_decoded(data, source, reading))
    if not text.strip():
        raise InputError(source, "the web page holds no text besides menus")
    yield page(source, text, reading)


def read_mhtml(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    """Read a web page that a browser saved in one file.

    Raises
    ------
    InputError : it holds no web page.
    """
    import io

    message = email.message_from_binary_file(stream, policy=email.policy.compat32)
    for part in message.walk():
        payload = part.get_payload(decode=True) if not part.is_multipart() else None
        if part.get_content_type() == "text/html" and isinstance(payload, bytes):
            yield from read_html(io.BytesIO(payload), source, reading)
            return
    raise InputError(source, "the file holds no web page")


def read_epub(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    """Read a book's chapters in reading order, a page each.

    Raises
    ------
    InputError : it is no EPUB, or unpacks to too much.
    """
    with ZipFile(stream) as book:
        archives.check_expansion(book, source, reading.limits)
        found = False
        for name in _chapters(book):
            text = _text(_decoded(book.read(name), f"{source}/{name}", reading))
            if text.strip():
                found = True
                yield page(f"{source}/{name}", text, reading)
    if not found:
        reading.on_error(InputError(source, "the book holds no text"))


def _chapters(book: ZipFile) -> list[str]:
    """The files of a book in the order of its spine."""
    package = _attributes(book.read("META-INF/container.xml"), "rootfile")[0]["full-path"]
    data = book.read(package)
    items = {item["id"]: item for item in _attributes(data, "item") if "href" in item}
    folder = posixpath.dirname(package)
    found = [items[ref["idref"]] for ref in _attributes(data, "itemref") if ref["idref"] in items]
    names = [
        posixpath.normpath(posixpath.join(folder, unquote(item["href"])))
        for item in found
        if "nav" not in item.get("properties", "").split()
    ]
    return [name for name in names if name in book.namelist()]


def _attributes(data: bytes, tag: str) -> list[dict[str, str]]:
    """The attributes of every element of this name; entities are not resolved."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(data, parser)
    return [dict(element.attrib) for element in root.iter(f"{{*}}{tag}", tag)]


def _decoded(data: bytes, source: str, reading: Reading) -> str:
    """A web page's text; what the page says of its encoding counts when the bytes leave doubt."""
    declared = _DECLARED.search(data[:2048])
    name = declared[1].decode("ascii", "ignore").lower() if declared else ""
    name = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}.get(name, name)
    if name and not reading.encoding:
        try:
            text = data.decode(name)
            if not detect(data[:DETECTION_BYTES], source).sure:
                return text
        except (LookupError, UnicodeDecodeError, InputError):
            pass
    return reading.text_of(data, source)


def _text(markup: str) -> str:
    from selectolax.lexbor import LexborHTMLParser

    # An XML declaration would be read as a comment, and its encoding is no longer true.
    tree = LexborHTMLParser(re.sub(r"^\s*<\?xml[^>]*\?>", "", markup))
    head = tree.css_first("title")
    title = _SITE.split(_SPACE.sub(" ", head.text()).strip())[0] if head else ""
    for node in tree.css(_NO_TEXT):
        node.decompose()
    lines = [line for line in _lines(tree) if not _is_menu(line)]
    return "\n".join(_marked(lines, title))


def _lines(tree: object) -> Iterator[_Line]:
    body = getattr(tree, "body", None)
    if body is None:
        return
    parts: list[str] = []
    linked = 0
    owner: tuple[int, int] | None = None

    def line() -> _Line:
        return _Line(_SPACE.sub(" ", "".join(parts)).strip(" "), linked, owner[1] if owner else 0)

    for node in body.traverse(include_text=True):
        if node.tag == "br":
            yield line()
            parts, linked = [], 0
        if node.tag != "-text":
            continue
        block, is_link = node.parent, False
        while block is not None and block.tag in _INLINE:
            is_link = is_link or block.tag == "a"
            block = block.parent
        mine = (block.mem_id if block else 0, _level(block))
        if mine != owner:
            yield line()
            parts, linked, owner = [], 0, mine
        text = node.text_content or ""
        parts.append(text)
        linked += len(text.strip()) if is_link else 0
    yield line()


def _level(block: object) -> int:
    """The level of the heading that a block is, or stands in directly."""
    for _ in range(2):
        level = _HEADINGS.get(getattr(block, "tag", ""), 0)
        if level:
            return level
        block = getattr(block, "parent", None)
    return 0


def _is_menu(line: _Line) -> bool:
    return not line.text or (not line.level and line.linked >= _LEAST_LINKED * len(line.text))


def _marked(lines: Sequence[_Line], title: str) -> Iterator[str]:
    """Lines as a page of text has them: the highest headings marked, all set apart."""
    levels = [line.level for line in lines if line.level]
    if not levels and title and all(title != line.text for line in lines):
        yield f"# {title}\n"
    inside = False
    for line in lines:
        if line.level:
            mark = "# " if line.level == min(levels) else ""
            yield f"{mark}{line.text}" if inside else f"\n{mark}{line.text}"
        else:
            yield line.text
        inside = bool(line.level)
