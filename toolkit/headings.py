"""The lines above a body: banners and column names dropped, the rest to kicker, title, subtitle."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import rjieba

from .lines import Line, close_up

_COLUMN_MARKS = re.compile(
    r"^(?:[【〖〔].{1,12}[】〗〕]|［.{1,12}］|\[.{1,12}\]|[◎○●■◆▲★☆※]\s?.{2,10}|.{2,8}[·•].{2,8})$"
)
_SURE_MARKS = ("【", "〖", "〔", "[", "［", "◎", "○")
_BRIEFS = re.compile(r"(?:简讯|短讯|快讯|短波|简报|一句话新闻|要闻简报|新闻速览|速览|集纳|荟萃)$")
_SLOGAN_WORDS = re.compile(
    r"深入学习|贯彻|弘扬|奋力|凝心聚力|跟党走|[建立]新功|为天|至尊|团结|奋斗|不忘初心|牢记使命|喜迎|献礼|"
    r"高质量发展|新局面|新征程|新篇章|精神|优质服务|争创|争当|建功|正点|平安|文明|和谐|共建|强党性|促发展|"
    r"开拓|推进|践行|主题教育|巡礼|在行动"
)
_PHRASES = re.compile(r"^(?:(?:\S{2,8} ){2,}\S{2,8}|\S{4} \S{4})$")
_UNFINISHED = re.compile(r"(?:[，、：“‘（《]|[为把被让向与和及在从给对于的])$")
_DASH = re.compile(r"^[—–―-]{1,2}")
_SHORT = 6
_LONGEST_TITLE = 26


class Heading(NamedTuple):
    """What the lines above a body say."""

    kicker: str = ""
    title: str = ""
    subtitle: str = ""


def is_column(text: str) -> bool:
    """Whether a line is a column's name by the marks around it: 【身边人】, ◎民生热线."""
    return bool(_COLUMN_MARKS.match(close_up(text, heading=True)))


def is_briefs_column(text: str) -> bool:
    """Whether a line announces short items that each stand alone."""
    return bool(_BRIEFS.search(text.replace(" ", "").strip("【】◎●■◆[]")))


def is_slogan(text: str) -> bool:
    """Whether a line is a banner's slogan and no heading."""
    if re.search(r"\d|[“”？]", text):
        return bool(re.search(r"深入学习|贯彻|二十大|十九大|十八大|十七大", text)) and " " in text
    hits = len(_SLOGAN_WORDS.findall(text))
    first, _, second = text.partition(" ")
    if first and len(first) == len(second) and first[0] == second[0]:
        return True
    return bool(_PHRASES.match(text)) or hits >= 2 or (hits == 1 and " " in text)


def article_lines(lines: Sequence[Line]) -> list[Line]:
    """The lines that head one article, without the banners and column names above them."""
    groups: list[list[Line]] = []
    for line in lines:
        if line.gap or not groups:
            groups.append([])
        groups[-1].append(line)
    kept: list[list[Line]] = []
    for number, group in enumerate(groups):
        more_follows = number + 1 < len(groups)
        marked = len(group) == 1 and is_column(group[0].text)
        if marked and (more_follows or group[0].text.startswith(_SURE_MARKS)):
            continue
        if len(group) == 1 and is_briefs_column(group[0].text):
            continue
        slogans = any(is_slogan(close_up(line.text, heading=True)) for line in group)
        if slogans and (more_follows or (number == 0 and len(group) == 1 and len(lines) > 1)):
            continue
        if len(group) == 1 and more_follows and not kept and _is_column_name(group[0].text):
            continue
        kept.append(group)
    flat = [line for group in kept for line in group]
    # A banner may stand directly above the heading.
    while len(flat) > 1 and is_slogan(close_up(flat[0].text, heading=True)):
        flat.pop(0)
    while len(flat) > 1 and is_column(flat[0].text) and flat[0].text.startswith(_SURE_MARKS):
        flat.pop(0)
    return flat


def assign(lines: Sequence[str]) -> Heading:
    """Sort the lines of a heading into kicker, title and subtitle.

    Broken lines are joined first. A subtitle tells more than the title, in figures or at
    greater length; a kicker leads up to a title that is shorter.
    """
    texts = [close_up(line, heading=True) for line in lines if line.strip()]
    texts = [re.sub(r"^[●■◆▲★☆◇○□※]\s*", "", text) for text in texts]
    dashed = next((n for n, text in enumerate(texts) if n and _DASH.match(text)), len(texts))
    tail = _join_unfinished(texts[dashed:])
    parts = _join_broken(texts[:dashed])
    if tail:
        heading = assign(parts)
        rest = " ".join(part for part in (heading.subtitle, *tail) if part)
        return heading._replace(subtitle=rest)
    if len(parts) == 2 and _is_one_title(*parts):
        parts = [" ".join(parts)]
    if not parts:
        return Heading()
    if len(parts) == 1:
        return Heading(title=parts[0])
    if len(parts) == 2:
        first, second = parts
        if _leads_up_to(first, second):
            return Heading(kicker=first, title=second)
        return Heading(title=first, subtitle=second)
    shortest = min(range(len(parts)), key=lambda n: (len(parts[n]), n))
    at = min(shortest, 1)
    return Heading(" ".join(parts[:at]), parts[at], " ".join(parts[at + 1 :]))


def _is_column_name(text: str) -> bool:
    solid = text.replace(" ", "")
    return len(solid) <= _SHORT and not re.search(r"[，。！？\d]", solid)


def _join_broken(texts: Sequence[str]) -> list[str]:
    if len(texts) >= 3 and all(len(text) <= 12 for text in texts):
        whole = "".join(texts)
        if len(whole) <= _LONGEST_TITLE:
            return [whole]
        return ["".join(texts[:-1]), texts[-1]]
    return _join_where(_is_broken, texts)


def _join_unfinished(texts: Sequence[str]) -> list[str]:
    return _join_where(lambda first, _: bool(_UNFINISHED.search(first)), texts)


def _join_where(broken: Callable[[str, str], bool], texts: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for text in texts:
        if joined and broken(joined[-1], text):
            joined[-1] += text
        else:
            joined.append(text)
    return joined


def _is_broken(first: str, second: str) -> bool:
    """Whether one phrase was set over two lines."""
    if len(first) + len(second) > _LONGEST_TITLE + 6:
        return False
    if (
        _UNFINISHED.search(first)
        or _tags(second)[0] in ("c", "u", "uj")
        or first.count("“") > first.count("”")
    ):
        return True
    if _is_one_title(first, second) and _has_verb(first):
        return False
    if len(first) <= _SHORT and len(second) <= 14:
        return True
    if len(second) <= _SHORT and not _has_verb(second):
        return True
    predicate = _tags(second)[0].startswith(("v", "d", "p", "zg"))
    return predicate and (not _has_verb(first) or max(len(first), len(second)) <= 10)


def _is_one_title(first: str, second: str) -> bool:
    """Whether two lines are the two halves of a title, set one above the other."""
    lengths = [len(re.sub("[“”]", "", text)) for text in (first, second)]
    return max(lengths) <= 9 and abs(lengths[0] - lengths[1]) <= 1


def _leads_up_to(first: str, second: str) -> bool:
    """Whether the first of two lines is the kicker of the second, not its title."""
    if not _has_verb(first) and not re.search(r"[“”]", first) and len(first) <= 10:
        return True
    if re.search(r"\d", second) and not re.search(r"\d", first.replace(second, "")):
        return False
    if re.match(r"[共\d]", second) or len(second) >= len(first):
        return False
    return not (re.search(r"\d", second) and _tags(second)[0].startswith("v"))


def _tags(text: str) -> list[str]:
    return [tag for _, tag in rjieba.tag(text.lstrip("“‘《"))] or [""]


def _has_verb(text: str) -> bool:
    """Whether a text has a verb of its own, not one within an attribute: 返乡青年的大棚."""
    return any(tag in ("v", "vd", "vi", "vq", "l", "i") for tag in _tags(text.split("的")[-1]))
