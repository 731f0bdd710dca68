"""Credits: who wrote an article and which agency sent it, at its opening or its end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import rjieba

_SURNAMES = frozenset(
    """赵丘钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁
    韦昌马苗凤方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹
    姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟
    徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢裴陆荣翁
    荀羊惠甄曲封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景
    詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦
    雍郤璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘
    匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游
    竺权逯盖益桓公佟岳帅苑肖覃代闫付修原钱刚景宇沐晓小老大阿樊兰税岩娜""".replace("\n", "").replace(
        " ", ""
    )
)
_COMPOUND_SURNAMES = (
    "司徒",
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "闻人",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "宇文",
    "长孙",
    "东方",
    "端木",
    "独孤",
    "南宫",
)

_ROLE = (
    r"(?:本报|本刊|本台|本网|特约|特派|驻[\u4e00-\u9fff]{2,4}|见习|实习|首席|资深|全媒体|融媒体)*"
    r"(?:记者|通讯员|实习生|编辑|摄影)"
)
_NAME = r"[\u4e00-\u9fff·]{2,6}"
_BRACKETED = r"[（(][^（）()]{1,60}[）)]"
_SOURCE = r"[\u4e00-\u9fffA-Za-z]{1,10}?"
_OPENINGS = tuple(
    re.compile(pattern)
    for pattern in (
        # 本报讯（记者 张三 通讯员 李四）, 新华社北京3月5日电（记者张三）, 央视网消息：
        rf"(?P<source>本[报刊台网]|{_SOURCE}(?:社|网|报|台))(?P<place>[\u4e00-\u9fff]{{0,12}})"
        rf"(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?(?:综合消息|综合报道|消息|专讯|快讯|讯|电)"
        rf"\s*(?P<credit>{_BRACKETED})?\s*[：:]?\s*",
        # 本报北京3月5日讯 is the first; （记者 张三） alone is this one
        rf"(?P<credit>[（(]{_ROLE}[^（）()]{{1,50}}[）)])\s*[：:]?\s*",
        # 记者张三报道：
        rf"(?P<credit>{_ROLE}\s*{_NAME}(?:[\s、]+{_NAME})*?\s*报道)\s*[：:]\s*",
        # 据《…》报道，  据新华社电
        rf"据(?:《[^》]{{2,20}}》|{_SOURCE}(?:社|网|报|台))(?:\d{{1,2}}月\d{{1,2}}日)?"
        r"(?:报道|消息|电)(?:\s*[，,：:]\s*|\s+)",
    )
)
_ROLES = re.compile(_ROLE)
_MARK = re.compile(r"^[□■◎●○◆△▲\s]+")
_SUFFIX = re.compile(r"(?:文/图|图/文|摄影报道|报道|整理|文|图|摄)$")
_LINE = re.compile(
    rf"^(?P<mark>[□■◆]\s*)?(?P<text>{_ROLE}.{{2,40}}|[\u4e00-\u9fff·\s、\d]{{2,24}})$"
)
_CLOSING = re.compile(r"[（(]([^（）()]{2,40})[）)]\s*$")
_UNIT = re.compile(r"^(?:作者(?:单位|系|为|地址|：)|读者|网友|来信人)")
_WORKPLACE = re.compile(r"(?:[科部办室处队局院校厂站社]|中心|公司|工会|学院|支行)$")
_AUTHOR = re.compile(r"作\s*者\s*[：:]\s*(.{2,30})")
_STOPS = "。！？!?…”’"


@dataclass(frozen=True, slots=True)
class Credit:
    """The people a byline names."""

    reporters: list[str] = field(default_factory=list)
    correspondents: list[str] = field(default_factory=list)


def opening(text: str) -> tuple[Credit, int] | None:
    """The credit that opens a body and the length it takes, or None when there is none."""
    for pattern in _OPENINGS:
        found = pattern.match(text)
        if not found:
            continue
        groups = found.groupdict()
        if groups.get("place") and not groups.get("credit") and found[0][-1:] not in "：: \u3000":
            continue  # a sentence about a paper: 某某日报社来电
        bracket = groups.get("credit")
        if bracket:
            return people(bracket.strip("（()）")), found.end()
        credit, length = _bare_names(text[found.end() :])
        return credit, found.end() + length
    return None


def credit_length(text: str) -> int:
    """How many characters of a body are the credit that opens it; 0 when none does."""
    found = opening(text)
    return found[1] if found else 0


def line(text: str) -> Credit | None:
    """The credit of a line that is nothing but a byline, or None.

    Such are 本报记者 张三 文/图, □ 张三, ■记者 张三 报道, and （张三 李四）.
    """
    closing = _CLOSING.fullmatch(text)
    if closing:
        return _closing_credit(closing[1])
    if author := _AUTHOR.fullmatch(text):
        return people(author[1])
    found = _LINE.match(text)
    if not found:
        return None
    stripped = _SUFFIX.sub("", found["text"].strip()).strip()
    if _ROLES.match(stripped):
        credit = people(stripped)
        names = credit.reporters + credit.correspondents
        left_over = re.sub(r"[\s、/]+", "", _ROLES.sub("", stripped))
        return credit if names and len(left_over) <= 5 * len(names) and _all_names(names) else None
    if not found["mark"]:
        return None
    names = _split_names(stripped)
    while len(names) > 1 and not is_name(names[0]):
        names.pop(0)  # where the author works: □ 2024级文秘班 宁夏雪
    return Credit(reporters=names) if names and _all_names(names) else None


def closing(text: str) -> tuple[Credit, int] | None:
    """The byline in brackets that ends a body and where it starts, or None."""
    found = _CLOSING.search(text)
    if not found or (found.start() and text[: found.start()].rstrip()[-1:] not in _STOPS):
        return None
    credit = _closing_credit(found[1])
    return (credit, found.start()) if credit else None


def is_name(text: str) -> bool:
    """Whether a bare word is shaped like a person's name."""
    return (
        2 <= len(text) <= 4
        and ((text[0] in _SURNAMES and len(text) <= 3) or text.startswith(_COMPOUND_SURNAMES))
    ) or ("·" in text and 3 <= len(text) <= 12)


def people(text: str) -> Credit:
    """The names in a byline's words, sorted by the role that stands before them."""
    reporters: list[str] = []
    correspondents: list[str] = []
    roles = list(_ROLES.finditer(text))
    unassigned = text[: roles[0].start()] if roles else text
    reporters += filter(is_name, _split_names(unassigned))
    if not roles:
        return Credit(reporters, correspondents)
    ends = [role.start() for role in roles[1:]] + [len(text)]
    for role, end in zip(roles, ends, strict=True):
        names = _split_names(text[role.end() : end])
        names = [name for name in names if not _WORKPLACE.search(name)]
        if role[0].endswith("通讯员"):
            correspondents += names
        elif not role[0].endswith(("实习生", "编辑")):
            reporters += names
    return Credit(reporters, correspondents)


def _split_names(text: str) -> list[str]:
    text = _SUFFIX.sub("", text.strip(" ，,：:/")).strip()
    parts = [part for part in re.split(r"[\s、，,/;；]+", text) if part]
    names: list[str] = []
    for part in parts:
        # A two-character name is often printed with a space inside: 张 三
        if len(part) == 1 and names and len(names[-1]) == 1:
            names[-1] += part
        else:
            names.append(part)
    return [name for name in names if len(name) > 1]


def _all_names(names: list[str]) -> bool:
    return all(is_name(name) for name in names)


def _closing_credit(text: str) -> Credit | None:
    text = text.strip()
    if _UNIT.match(text):
        return Credit()
    credit = people(text)
    names = credit.reporters + credit.correspondents
    return credit if names and _all_names(names) else None


def _bare_names(text: str) -> tuple[Credit, int]:
    """Names that follow an opening without brackets: 记者谭晓兵 通讯员郝静、武志远“学费……"""
    reporters: list[str] = []
    correspondents: list[str] = []
    position = 0
    while role := _ROLES.match(text, position):
        names = correspondents if role[0].endswith("通讯员") else reporters
        position = role.end()
        while name := _first_name(text[position:]):
            names.append(name.strip())
            position += len(name)
            separator = re.match(r"[、\s]+", text[position:])
            position += len(separator[0]) if separator else 0
            if not separator or _ROLES.match(text, position):
                break
            if "、" not in separator[0] and not is_name(_first_name(text[position:]).strip()):
                break
    if not reporters and not correspondents:
        return Credit(), 0
    rest = re.match(r"\s*(?:报道)?\s*[：:]?\s*", text[position:])
    return Credit(reporters, correspondents), position + (rest.end() if rest else 0)


def _first_name(text: str) -> str:
    """The name at the start of a text that may run straight on into a sentence."""
    space = len(text) - len(text.lstrip())
    head = re.match(r"[\u4e00-\u9fff·]{2,12}", text[space:])
    if not head:
        return ""
    bounded = re.match(rf"({_NAME})(?![\u4e00-\u9fff·])", text[space:])
    if bounded and is_name(bounded[1]):
        return text[:space] + bounded[1]
    # Nothing but the words themselves tells where such a name ends.
    word, tag = rjieba.tag(head[0])[0]
    return text[:space] + word if tag.startswith("nr") and is_name(word) else ""
