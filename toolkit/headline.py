"""Ranked sentences to a headline and a summary, in the words of the body and no others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import rjieba

from .textrank import Ranking

DEFAULT_HEADLINE_CHARS = 24
DEFAULT_SUMMARY_CHARS = 120
_FEWEST_CHARS = 6
_SENTENCES_TRIED = 4
_LONGEST_RUN = 3

_DAY_PART = r"(?:清晨|凌晨|早上|上午|中午|下午|傍晚|晚上|晚|夜里|夜间|深夜|一早)?"
_WHEN = (
    r"(?:近日|日前|近期|最近|不久前|目前|截至目前|连日来|昨日|昨天|今天|今日|前天|当天|当日|昨晚|今晨|眼下|"
    r"近年来|今年以来|入[春夏秋冬汛]以来|(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:至\d{1,2}[日号])?|\d{1,2}日)"
    + _DAY_PART
)
# What a printed headline leaves out at the front of a clause.
_FRONT = re.compile(
    rf"^(?:[，、；：\s]|{_WHEN}[，,]?|(?:据悉|据了解|据介绍|据统计|据初步统计|与此同时|同时|此外|另外|其中|"
    r"随后|接下来|下一步|未来|今后|活动中|活动当天|活动现场|会上|现场|为此|因此|但|而|并|也|还|则)[，,]"
    r"|(?:本报)?记者(?:\S{0,14}?(?:了解到|获悉|看到|注意到)|从\S{2,20}?(?:了解到|获悉))[，：,]?)"
)
_BRACKETS = re.compile(r"[（(][^（）()]{0,40}[）)]")
_THEMED = re.compile(r"(?:主题为|以)“[^”]{1,30}”(?:为主题)?的")
_BANNER = re.compile(r"^“[^”]{4,30}”(?=\d{4}年|[\u4e00-\u9fff]{2,})")
_END = re.compile(r"[，。；：、！？!?…,;:\s—]+$")
_ATTRIBUTIVE = re.compile(r"^[^，“”]{4,24}?的(?=[^，]{8,})")
_WHERE = re.compile(r"^在[^，]{2,16}(?:下|中|上|里|内|时|后|期间|之际)[，,]?")
_YEAR = re.compile(r"^(?:\d{4}年(?:度)?|今年|去年)")
_DISTRICT = re.compile(
    r"^[\u4e00-\u9fff]{1,4}[省市区县](?=[\u4e00-\u9fff]{2,6}(?:街道|镇|乡|区|县|市))"
)
_FRAME = re.compile(r"(?:表示|说|强调|指出|认为|称|介绍)$")

_PAIRS = ("“”", "‘’", "《》", "（）", "()", "【】", "「」")
_BAD_START = re.compile(
    r"^(?:[，。、；：！？”’）》…—]|的|了|和|与|及|并|也|还|但|而|则|又|就|都|这|那|该|其|他|她|它|我|你|您|咱|"
    r"大家|自己|同时|此外|其中|以及|或|因|由于|如果|虽然|不仅|不但|只要|只有|随着|通过|根据|按照|为了|作为|"
    r"近日|日前|据|对此|对于|截至|让|使|把|被|给|从而|进而|以便|以此|由此)"
)
_BAD_END = re.compile(
    r"(?:[，、；：“‘（《—]|的|地|得|和|与|及|并|在|为|以|对|从|向|到|由|被|把|将|让|使|给|比|于|是|有|等|或|"
    r"而|但|因|就|也|都|还|了解到|获悉|表示|介绍|认为|以及|通过|包括|进行|开展|举办|组织|其中|称|说|一个|之)$"
)
_BAD_INSIDE = re.compile(r"近日|日前|据悉|据了解|据介绍|记者|通讯员|本报|[？?！!]|\n")
_NOUN_TAGS = ("n", "vn", "an", "eng", "l", "j")


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    score: float


def headlines(ranking: Ranking, *, max_chars: int = DEFAULT_HEADLINE_CHARS) -> list[str]:
    """A headline for each article, of at most `max_chars` characters.

    Candidates are runs of clauses from the most central sentences, with times, credits and
    attributes taken off; the one that covers most of the article's central words, from the most
    central and earliest sentence, is taken. Every character stands in the body, in its order.
    An article without a sentence has an empty headline.

    Raises
    ------
    ValueError : `max_chars` is below 6.
    """
    if max_chars < _FEWEST_CHARS:
        raise ValueError(f"max_chars must be at least {_FEWEST_CHARS}, not {max_chars}")
    weights = _term_weights(ranking)
    return [
        _choose(ranking, sentences, weights[article], max_chars)
        for article, sentences in enumerate(_sentences_by_article(ranking))
    ]


def summaries(
    ranking: Ranking, *, max_chars: int | None = None, sentences: int | None = None
) -> list[str]:
    """A summary for each article: its most central sentences, in the body's order.

    A sentence that mostly repeats a chosen one is passed over.

    Parameters
    ----------
    max_chars : as many sentences as fit; the first choice stands even when it alone is longer.
    sentences : at most so many. Without either, up to 120 characters.
    """
    if max_chars is None and sentences is None:
        max_chars = DEFAULT_SUMMARY_CHARS
    return [_summary(ranking, own, max_chars, sentences) for own in _sentences_by_article(ranking)]


def faults(headline: str, max_chars: int | None = None) -> list[str]:
    """What keeps a line from being printed as a headline; empty when nothing does."""
    found = []
    if max_chars is not None and len(headline) > max_chars:
        found.append(f"longer than {max_chars} characters")
    if any(headline.count(pair[0]) != headline.count(pair[1]) for pair in _PAIRS):
        found.append("a quotation mark or bracket without its partner")
    if _BAD_START.match(headline):
        found.append(f"opens with '{headline[:2]}'")
    if _BAD_END.search(headline):
        found.append(f"ends in '{headline[-2:]}'")
    if inside := _BAD_INSIDE.search(headline):
        found.append(f"holds '{inside[0]}'")
    return found


def _sentences_by_article(ranking: Ranking) -> list[range]:
    borders = np.searchsorted(ranking.sentence_of, np.arange(len(ranking.batch) + 1))
    return [range(start, end) for start, end in pairwise(borders)]


def _term_weights(ranking: Ranking) -> list[dict[str, float]]:
    """For each article, its content words and their ranks, relative to the highest."""
    weights: list[dict[str, float]] = [{} for _ in range(len(ranking.batch))]
    for (article, word), rank in zip(
        ranking.terms.tolist(), ranking.term_ranks.tolist(), strict=True
    ):
        weights[article][ranking.batch.words[word]] = rank
    for own in weights:
        highest = max(own.values(), default=1.0)
        for word in own:
            own[word] /= highest
    return weights


def _choose(ranking: Ranking, sentences: range, weights: dict[str, float], max_chars: int) -> str:
    if not sentences:
        return ""
    ranks = ranking.sentences[sentences.start : sentences.stop]
    by_rank = np.argsort(-ranks.round(9), kind="stable")
    tried = sorted({0, *by_rank[:_SENTENCES_TRIED].tolist()})
    best = _Candidate("", -np.inf)
    for number in tried:
        central = ranks[number] / ranks.max()
        for start, text in _runs(_clauses(ranking, sentences[number])):
            for short in _shortened(text, max_chars):
                if len(short) < _FEWEST_CHARS or faults(short, max_chars):
                    continue
                score = _score(short, weights, central, number, start)
                if score > best.score:
                    best = _Candidate(short, score)
    return best.text or _fallback(ranking, sentences[int(by_rank[0])], max_chars)


def _score(
    text: str, weights: dict[str, float], central: float, sentence: int, clause: int
) -> float:
    words = rjieba.cut(text)
    covered = sum(weights.get(word, 0.0) for word in set(words))
    tags = rjieba.tag(text)
    has_verb = any(tag.startswith("v") and tag != "vn" for _, tag in tags)
    starts_with_noun = tags[0][1].startswith(("n", "m", "j", "l", "t", "s", "x", "e"))
    return (
        covered
        + 1.5 * central
        + 1.0 * has_verb
        + 1.2 * starts_with_noun
        - 0.25 * sentence
        - 0.3 * clause
        - 0.04 * abs(len(text) - 19)
    )


def _clauses(ranking: Ranking, sentence: int) -> list[str]:
    batch = ranking.batch
    first, last = batch.sentences[sentence]
    starts = batch.clauses[:, 0]
    own = batch.clauses[np.searchsorted(starts, first) : np.searchsorted(starts, last)]
    clauses = []
    for start, end in own:
        clauses += [part for part in batch.slice(start, end).split("——") if part.strip()]
    return clauses


def _runs(clauses: Sequence[str]) -> Iterator[tuple[int, str]]:
    for start in range(len(clauses)):
        for end in range(start + 1, min(start + _LONGEST_RUN, len(clauses)) + 1):
            yield start, "".join(clauses[start:end])


def _shortened(text: str, max_chars: int) -> Iterable[str]:
    """A run of clauses as a headline would have it, and shorter forms when it is too long."""
    text = _bare(text)
    yield _spaced(text)
    if len(text) <= max_chars:
        return
    for cut in (_YEAR, _DISTRICT, _WHERE, _ATTRIBUTIVE):
        shorter = _bare(cut.sub("", text))
        if shorter != text:
            text = shorter
            yield _spaced(text)
            if len(text) <= max_chars:
                return
    yield from _cut_after_noun(text, max_chars)


def _bare(text: str) -> str:
    text = _THEMED.sub("", _BRACKETS.sub("", text.replace("\n", "")))
    before = None
    while text != before:
        before = text
        text = _BANNER.sub("", _FRONT.sub("", text.strip()))
    text = _END.sub("", text)
    if text.startswith("“") and text.endswith("”") and text.count("“") == 1:
        text = text[1:-1]
    return _END.sub("", _FRAME.sub("", text))


def _spaced(text: str) -> str:
    """Clauses side by side with a space between them, as papers set them."""
    return re.sub(r"(?<=[^\d])[，；：]|[，；：](?=[^\d])", " ", text) if "“" not in text else text


def _cut_after_noun(text: str, max_chars: int) -> Iterator[str]:
    """The longest start of a text that fits and ends where an object ends and a verb follows."""
    tagged = rjieba.tag(text)
    ends = list(accumulate(len(word) for word, _ in tagged))
    verb_seen = False
    fitting = ""
    for (_, tag), (_, following), end in zip(tagged, tagged[1:], ends, strict=False):
        if end > max_chars:
            break
        if verb_seen and tag.startswith(_NOUN_TAGS) and following.startswith(("v", "x", "c", "p")):
            fitting = text[:end]
        verb_seen = verb_seen or (tag.startswith("v") and tag != "vn")
    if fitting:
        yield _spaced(_END.sub("", fitting))


def _fallback(ranking: Ranking, sentence: int, max_chars: int) -> str:
    """The start of the most central sentence, cut between words and with quotes in pairs."""
    text = _bare(ranking.batch.slice(*ranking.batch.sentences[sentence]))
    for pair in _PAIRS:
        if text.count(pair[0]) != text.count(pair[1]):
            text = text.replace(pair[0], "").replace(pair[1], "")
    fitting = ""
    for word in rjieba.cut(text):
        if len(fitting) + len(word) > max_chars:
            break
        fitting += word
    before = None
    while fitting != before and len(fitting) > 2:
        before = fitting
        shorter = _END.sub("", fitting)
        fitting = shorter if not _BAD_END.search(shorter) else _BAD_END.sub("", shorter)
    for pair in _PAIRS:
        if fitting.count(pair[0]) != fitting.count(pair[1]):
            fitting = fitting.replace(pair[0], "").replace(pair[1], "")
    return _spaced(fitting)


def _summary(ranking: Ranking, sentences: range, max_chars: int | None, most: int | None) -> str:
    ranks = ranking.sentences[sentences.start : sentences.stop]
    batch = ranking.batch
    chosen: list[int] = []
    words: list[set[int]] = []
    length = 0
    for number in np.argsort(-ranks.round(9), kind="stable").tolist():
        if most is not None and len(chosen) >= most:
            break
        first, last = batch.sentences[sentences[number]]
        text = _sentence_text(ranking, sentences[number])
        if max_chars is not None and chosen and length + len(text) > max_chars:
            continue
        own = set(batch.ids[first:last][batch.is_content[first:last]].tolist())
        if any(len(own & other) > 0.6 * max(len(own), 1) for other in words):
            continue
        chosen.append(number)
        words.append(own)
        length += len(text)
    return "".join(_sentence_text(ranking, sentences[number]) for number in sorted(chosen))


def _sentence_text(ranking: Ranking, sentence: int) -> str:
    return ranking.batch.slice(*ranking.batch.sentences[sentence]).strip()
