"""A page's text to its printed lines: widths and stray spaces put right, furniture told apart."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

CJK = r"\u3007\u3400-\u9fff"
# Chinese characters and the punctuation that is printed with them.
_WIDE = rf"{CJK}\u3000-\u3006\u3008-\u303f\uff01-\uff65“”‘’—…·"
_HALF_WIDTH = {
    code: code - 0xFEE0
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_FULL_WIDTH = dict(zip(",;:?!()", "，；：？！（）", strict=True))
_NARROW_PUNCTUATION = re.compile(rf"(?<=[{_WIDE}])[,;:?!()]|[,;:?!()](?=[{_WIDE}])")
_DECIMAL_POINT = re.compile(r"(?<=\d)．(?=\d)")
_SPACES = re.compile(r"[ \t\u3000\u00a0\u2000-\u200b\u202f\ufeff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200c-\u200f\u202a-\u202e\u2060-\u2064]")

CLOSED = re.compile(r"[。！？!?…][”’）)》」』】\s]*$")

_DATE = r"(?:\d{4}|[〇零一二三四五六七八九○]{4})年\d{1,2}月(?:\d{1,2}日)?"
SIGNATURE_DATE = re.compile(
    rf"^{_DATE}$|^[〇零一二三四五六七八九○]{{4}}年[一二三四五六七八九十]+月[一二三四五六七八九十]+日$"
)
_DATE_LINE = re.compile(rf"{_DATE}|\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}}")
_PAGE_WORDS = re.compile(
    r"星期[一二三四五六日天]|农历|[年月日]\s|第\s*[\d一二三四五六七八九十]+\s*[版期]|[A-Z]?\d+\s*版|总第"
)
_PAGE_NUMBER = re.compile(
    r"(?:第\s*)?[A-Z]?\d{1,3}(?:\s*版(?: .{1,8})?)?|"
    r"第[一二三四五六七八九十]+版|[A-Z]\d{1,2}\s.{0,20}"
)
_STAFF = re.compile(
    r"责任编辑|编务|绘图\s*[：:]|打字\s*[：:]|印数|主管主办|本版责编|值班编委|值班主任|美术编辑|责编|主编|"
    r"编辑\s*[：:／/]|美编|版式|校对|组版|审读|"
    r"投稿|邮箱|来稿|邮编|网址|官网|https?:|www\.|\S@\S|印刷\s*[：:]|零售价|广告热线|发行部|内部发行|"
    r"主办(?:\s*[：:]|$)|"
    r"承印|本报地址|社址|新闻热线|国内统一|国内刊号|邮发代号|版权声明|未经授权|分享到|首页\s*[|｜]|"
    r"上一版|下一版|放大\s*[+＋]|往期回顾|下一篇|上一篇|扫码关注|技术支持"
)
_LATIN = re.compile(r"[A-Z][A-Z .&'-]+$")
_TITLE_LABEL = re.compile(
    r"(标\s?题|题\s?目|主标题|引\s?题|肩\s?题|副标题|副\s?题)\s*[：:]\s*(?=\S)"
)
_MARKDOWN_HEADING = re.compile(r"(#{1,6})\s+(?=\S)")
_MAIN_TITLE = ("#", "标题", "标 题", "题目", "题 目", "主标题")
_EXPORT_LABEL = re.compile(
    r"(?:来源|日期|时间|发布时间|发布日期|发布|更新时间|版次|版面|栏目|编辑|浏览次?数?|点击|阅读|字号|关键词)"
    r"\s*[：:].{0,40}"
)
_RULE = re.compile(r"[-=_*~—─━═·. ]{3,}")
_MASTHEAD = re.compile(
    r".{1,10}(?:日报|晚报|早报|时报|周报|周刊|月刊|商报|工人报?|矿工|工报|劳动报|快报|导报|新闻报|通讯|报)"
)
_CONTINUED = re.compile(
    r"[（(]?\s*[上下][接转]\s*[A-Z]?第?\s*[\d一二三四五六七八九十A-Z]+\s*版.{0,12}?[）)]?"
)
_CAPTION_START = re.compile(
    r"[▲△▼▶◀►◄]|[（(]?(?:[上下左右]?图\s*(?:为|[①-⑳\d一二三四五六][：:、])|[上下左右]图[：:，为])|[（(]?资料(?:图片?|照片)|摄影\s*[：:／/]|制图\s*[：:]|[（(](?:本版)?图片"
)
_CREDITED_PICTURE = re.compile(
    r"(?:\s|记者|通讯员|[。（(/])[^。，]{1,12}(?:摄影?|供图|制图)\s*[）)]?$"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line that carries text.

    Attributes
    ----------
    text : the line, stripped; inner spaces still as printed.
    indent : how many columns it is set in; a full-width space is two.
    gap : whether blank lines, or the page's edge, stand above it.
    breaks_off : whether it goes on on another page.
    titled : whether the page itself called it a title, as web exports do: 标题：…
    """

    text: str
    indent: int
    gap: bool
    breaks_off: bool = False
    titled: bool = False


def read_lines(text: str, *, captions: bool = False) -> list[Line]:
    """The lines of a page that belong to articles: no furniture, none empty.

    captions : whether to keep the captions of pictures.
    """
    lines: list[Line] = []
    gap = True
    started = False
    for raw in re.split(r"\r\n|[\n\r\u2028\u2029\x85]", text):
        printed = narrow(_CONTROL.sub("", raw))
        stripped = _SPACES.sub(" ", printed).strip()
        breaks_off = bool(re.search("下[接转]", "".join(_CONTINUED.findall(stripped))))
        stripped = _CONTINUED.sub("", stripped).strip()
        label = _TITLE_LABEL.match(stripped) or _MARKDOWN_HEADING.match(stripped)
        if label:
            titled = label[1] in _MAIN_TITLE
            lines.append(Line(stripped[label.end() :], 0, True, titled=titled))
            gap, started = False, True
            continue
        if not stripped or _RULE.fullmatch(stripped):
            gap = True if stripped else gap or not printed.strip()
            continue
        if is_furniture(stripped, page_top=not started):
            if not started and _DATE_LINE.search(stripped):
                # What stands above the date is the paper's name, in whatever words.
                lines = [
                    line for line in lines if len(line.text) > 12 and not _LATIN.match(line.text)
                ]
            continue
        if not captions and is_caption(stripped):
            continue
        started = started or len(stripped) > 30 or bool(CLOSED.search(stripped))
        leading = printed[: len(printed) - len(printed.lstrip())]
        indent = sum(2 if char == "\u3000" else 1 for char in leading if char != "\ufeff")
        lines.append(Line(stripped, indent, gap, breaks_off))
        gap = False
    return lines


def narrow(text: str) -> str:
    """Full-width letters and digits to ASCII, ASCII punctuation among Chinese to full width."""
    text = _DECIMAL_POINT.sub(".", text.translate(_HALF_WIDTH))
    # Twice, for two such marks in a row.
    for _ in range(2):
        text = _NARROW_PUNCTUATION.sub(lambda mark: _FULL_WIDTH[mark[0]], text)
    return text


def close_up(text: str, *, heading: bool = False) -> str:
    """A text without the spaces that recognition or letter-spacing put among its characters.

    A space stays between Latin words, between the phrases of a heading, and within quotation
    marks, where it sets two phrases apart.
    """
    parts = _SPACES.split(text.strip())
    closed = parts[0]
    for last, part in itertools.pairwise(parts):
        wide = re.match(rf"[{_WIDE}]", part) and re.search(rf"[{_WIDE}]$", last)
        spaced_letters = min(len(last), len(part)) == 1
        phrases = heading or closed.count("“") > closed.count("”")
        closed += part if wide and (spaced_letters or not phrases) else f" {part}"
    return closed


def is_furniture(text: str, *, page_top: bool) -> bool:
    """Whether a line belongs to the page and not to an article: date, page number, staff.

    page_top : whether no article has begun; the paper's name and bare dates stand only there.
    """
    if CLOSED.search(text) or len(text) > 90:
        return False
    if _EXPORT_LABEL.fullmatch(text) and not re.search("[，；]", text):
        return True
    solid = text.replace(" ", "")
    if (_STAFF.search(text) or _STAFF.search(solid)) and not re.search(r"[，。；]", text):
        return True
    if _PAGE_NUMBER.fullmatch(text):
        return True
    if _DATE_LINE.search(text) and len(text) <= 50 and _PAGE_WORDS.search(text):
        return "，" not in text
    if page_top:
        return bool(_MASTHEAD.fullmatch(solid)) or bool(
            _DATE_LINE.search(solid) and len(solid) < 40
        )
    return False


def is_caption(text: str) -> bool:
    """Whether a line is the caption of a picture, or its credit."""
    if len(text) > 80:
        return False
    return bool(_CAPTION_START.match(text) or _CREDITED_PICTURE.search(text))
