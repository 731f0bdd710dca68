"""A headline for each article, in the words of its body and no others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import rjieba

from .candidates import FEATURES, FEWEST_CHARS, Candidates, Evidence, Finder
from .deletion import Deletion
from .errors import ModelError
from .roles import Role, Sense, roles, senses
from .salience import Salience
from .selection import MOST_SENTENCES, Selection
from .shipped import shipped
from .tags import tag_of
from .textrank import Floats, Ranking
from .tokens import Ints, TokenBatch
from .wording import Wording

DEFAULT_HEADLINE_CHARS = 24
_TRIED = 12
_SAYS_CHARS = 8
_LONGEST_PART = 16
_PARTS_TRIED = 8
# As much of `Candidates.complete` as a part must have: only its length may be wanting.
_STANDS = 0.5

_PAIRS = ("“”", "‘’", "《》", "（）", "()", "【】", "「」")
_PAIRED = re.compile(f"[{re.escape(''.join(_PAIRS))}]")
_INSIDE = re.compile(
    r"近日|日前|据悉|据了解|据介绍|记者(?!会|招待会|站|协会|节|团)|通讯员(?!会|站|队)|本报|[？?！!。；;\n]"
)
_EDGE = re.compile(r"^[，、：；。\s—·]+|[，。；：、！？!?…,;:\s—]+$")


class Style(StrEnum):
    """What a headline is made of: one run of words, or two with a space between."""

    plain = "plain"
    two_part = "two-part"


@dataclass(frozen=True)
class HeadlineModel:
    """What headlines are chosen by.

    Attributes
    ----------
    finder : what possible headlines are found by.
    weights : (M,) what each of `FEATURES` counts.
    wording : how a line reads.
    """

    finder: Finder
    weights: Floats
    wording: Wording

    @classmethod
    def load(cls, path: str | Path | None = None) -> HeadlineModel:
        """The model that ships, or another from its file.

        Raises
        ------
        ModelError : the file is missing, damaged, or for other features.
        """
        return _load(shipped("headline.json") if path is None else Path(path))

    def save(self, path: str | Path, trained_on: str) -> None:
        """Write the model as JSON, weights too small to matter left out."""
        values = {
            "trained_on": trained_on,
            "choice": dict(zip(FEATURES, np.round(self.weights, 4).tolist(), strict=True)),
            "selection": self.finder.selection.to_json(),
            "deletion": self.finder.deletion.to_json(),
            "salience": self.finder.salience.to_json(),
            "wording": self.wording.to_json(),
        }
        text = json.dumps(values, ensure_ascii=False, indent=0, sort_keys=True)
        Path(path).write_text(text + "\n", "utf-8")


@dataclass(frozen=True)
class Choice:
    """A possible headline and why it was placed where it was.

    Attributes
    ----------
    text : the line.
    score : the sum of `reasons`.
    reasons : what each figure added, by its name, greatest effect first.
    """

    text: str
    score: float
    reasons: dict[str, float]


def headlines(
    ranking: Ranking,
    *,
    max_chars: int = DEFAULT_HEADLINE_CHARS,
    style: Style | str = Style.plain,
    evidence: Evidence | None = None,
    model: HeadlineModel | None = None,
) -> list[str]:
    """A headline for each article, of at most `max_chars` characters.

    A linear score over figures that a person can read chooses among the candidates. Every
    character stands in the body, in its order within each part. An article without a sentence has
    an empty headline.

    Parameters
    ----------
    evidence : for each article, the words that spoke for its theme and how strongly, as
        `ThemeModel.explain` has them for one theme; nothing where it has no theme.
    style : "plain" for words from one sentence; "two-part" for words from two places, set side by
        side with a space, where two fit.

    Raises
    ------
    ValueError : `max_chars` is below 6, or there is no such style.
    """
    two_part = Style(style) is Style.two_part
    lines = []
    for pool in _pools(ranking, max_chars, model or HeadlineModel.load(), evidence):
        line = _two_part(pool) if two_part else None
        lines.append(line or pool.best)
    return [line or _first_words(ranking, article, max_chars) for article, line in enumerate(lines)]


def explain(
    ranking: Ranking,
    *,
    max_chars: int = DEFAULT_HEADLINE_CHARS,
    count: int = 2,
    evidence: Evidence | None = None,
    model: HeadlineModel | None = None,
) -> list[list[Choice]]:
    """The plain headline of each article and those that came next, with what spoke for each.

    An article without a candidate that is fit to print has its first words alone, and nothing that
    spoke for them; one without a sentence has no choice.

    Raises
    ------
    ValueError : `max_chars` is below 6.
    """
    model = model or HeadlineModel.load()
    choices = []
    for article, pool in enumerate(_pools(ranking, max_chars, model, evidence)):
        own: dict[str, Choice] = {}
        for number, text in pool.fit() if pool.best else ():
            if text not in own:
                own[text] = pool.choice(number, text, model)
            if len(own) == count:
                break
        if not own and (line := _first_words(ranking, article, max_chars)):
            own[line] = Choice(line, 0.0, {})
        choices.append(list(own.values()))
    return choices


def faults(headline: str, max_chars: int | None = None) -> list[str]:
    """What keeps a line from being printed as a headline; empty when nothing does."""
    found = _faults(headline, max_chars)
    parts = headline.split()
    for number, part in enumerate(parts, 1):
        words = rjieba.cut(part)
        last = roles(words[-1])
        # 李四表示 has its sense from what he says after it.
        goes_on = bool(number < len(parts) and last & Role.SPEAKS and len(words) > 1)
        # 论坛在京举办: who does something is no event, and would have to do it to something.
        does = len(words) < 2 or tag_of(words[-2]) in ("nt", "nr") or senses(words[-2]) & Sense.BODY
        goes_on |= bool(last & Role.ENDS_OWN and not does)
        if last & Role.NOT_LAST and not goes_on:
            found.append(f"ends in '{words[-1]}'")
        if roles(words[0]) & (Role.PRONOUN | Role.DE):
            found.append(f"opens with '{words[0]}'")
    return found


def _faults(headline: str, max_chars: int | None) -> list[str]:
    """Those faults that the characters alone show."""
    found = []
    if max_chars is not None and len(headline) > max_chars:
        found.append(f"longer than {max_chars} characters")
    if len(headline) < FEWEST_CHARS:
        found.append("too short to say anything")
    marks = _PAIRED.search(headline)
    if marks and any(headline.count(pair[0]) != headline.count(pair[1]) for pair in _PAIRS):
        found.append("a quotation mark or bracket without its partner")
    if _EDGE.search(headline):
        found.append("opens or ends with punctuation")
    if inside := _INSIDE.search(headline):
        found.append(f"holds '{inside[0]}'")
    return found


@dataclass(frozen=True)
class _Pool:
    """The candidates of one article.

    Attributes
    ----------
    found : those of a batch.
    scores, reads : (N,) of all of them.
    numbers : those of this article, best first.
    first : the text of the best.
    max_chars : the most that one may have.
    """

    found: Candidates
    scores: Floats
    reads: Floats
    numbers: Ints
    first: str
    max_chars: int

    @cached_property
    def best(self) -> str:
        """The best that is fit to print, if one of the first few is; else nothing."""
        return next((text for _, text in self.fit(_TRIED)), "")

    def fit(self, tried: int | None = None) -> Iterator[tuple[int, str]]:
        """Those that are fit to print, of all or of the first few, and their texts."""
        for place, number in enumerate(self.numbers[:tried].tolist()):
            text = self.found.text(number) if place else self.first
            if not _faults(text, self.max_chars):
                yield number, text

    def choice(self, number: int, text: str, model: HeadlineModel) -> Choice:
        """A candidate and what spoke for it."""
        parts = dict(zip(FEATURES, self.found.features[number] * model.weights, strict=True))
        parts["reads"] = float(self.reads[number])
        reasons = sorted(parts.items(), key=lambda part: -abs(part[1]))
        kept = {name: round(float(value), 4) for name, value in reasons if abs(value) > 5e-4}
        return Choice(text, round(float(self.scores[number]), 4), kept)


def _pools(
    ranking: Ranking, max_chars: int, model: HeadlineModel, evidence: Evidence | None
) -> list[_Pool]:
    """The candidates of each article: from the sentences that matter, or where those have none
    that is fit to print, from more of its sentences."""
    if max_chars < FEWEST_CHARS:
        raise ValueError(f"max_chars must be at least {FEWEST_CHARS}, not {max_chars}")
    found = model.finder.candidates(ranking, max_chars, evidence)
    pools = _pools_of(found, max_chars, model)
    without = np.array([not pool.best for pool in pools], bool)
    if without.any():
        found = model.finder.candidates(ranking, max_chars, evidence, throughout=without)
        wider = _pools_of(found, max_chars, model)
        pools = [wider[n] if without[n] else pool for n, pool in enumerate(pools)]
    return pools


def _pools_of(found: Candidates, max_chars: int, model: HeadlineModel) -> list[_Pool]:
    reads = model.wording.scores(found.strip, found.start, found.end)
    scores: Floats = found.features @ model.weights + reads
    order = np.lexsort((-scores.round(9), found.article))
    borders = np.searchsorted(found.article[order], np.arange(len(found.strip.batch) + 1))
    some = borders[:-1] < borders[1:]
    # Written at once, texts cost less than one by one.
    first = np.full(len(some), "", object)
    first[some] = found.texts(order[borders[:-1][some]])
    return [
        _Pool(found, scores, reads, order[start:end], text, max_chars)
        for (start, end), text in zip(pairwise(borders.tolist()), first.tolist(), strict=True)
    ]


def _two_part(pool: _Pool) -> str | None:
    """The best two candidates that fit side by side and do not say the same; None for none.

    Each must be able to stand alone, and they stand in the order of the body.
    """
    found, scores, max_chars = pool.found, pool.scores, pool.max_chars
    limit = min(_LONGEST_PART, max_chars - FEWEST_CHARS - 1)
    seen: dict[str, int] = {}
    stands = (found.complete[pool.numbers] >= _STANDS) & (found.chars[pool.numbers] <= limit)
    # Grammar does not know whether a line that was learned can stand alone.
    stands &= found.features[pool.numbers, FEATURES.index("learned")] == 0
    for number in pool.numbers[stands].tolist():
        text = found.text(number)
        if text not in seen and len(text) <= limit and not faults(text):
            seen[text] = number
        if len(seen) == _PARTS_TRIED:
            break
    best: tuple[float, str] | None = None
    for (first, a), (second, b) in permutations(seen.items(), 2):
        apart = found.strip.tokens[found.end[a] - 1] < found.strip.tokens[found.start[b]]
        chars = len(first) + len(second)
        shared = len(set(first) & set(second))
        if not apart or chars + 1 > max_chars or shared > 0.4 * min(map(len, (first, second))):
            continue
        score = (scores[a] * len(first) + scores[b] * len(second)) / chars
        if best is None or score > best[0]:
            best = score, f"{first} {second}"
    return best[1] if best else None


def _first_words(ranking: Ranking, article: int, max_chars: int) -> str:
    """The start of the first sentence that says something, cut between words.

    For an article without candidates; the longest start where no sentence is long enough.
    """
    first, end = np.searchsorted(ranking.sentence_of, (article, article + 1))
    lines = [
        _start_of(ranking.batch, ranking.batch.sentences[sentence], max_chars)
        for sentence in range(first, min(end, first + MOST_SENTENCES))
    ]
    long = (line for line in lines if len(line) >= _SAYS_CHARS)
    return next(long, max(lines, key=len, default=""))


def _start_of(batch: TokenBatch, sentence: Ints, max_chars: int) -> str:
    line = ""
    for token in range(*sentence.tolist()):
        word = batch.text_of(token, token + 1)
        if word in "“”‘’《》（）()【】「」\n\r" or (not line and not word.strip()):
            continue
        if len(line) + len(word) > max_chars:
            break
        line += word
    return _EDGE.sub("", line)[:max_chars]


@cache
def _load(path: Path) -> HeadlineModel:
    try:
        values = json.loads(path.read_text("utf-8"))
        weights = np.array([float(values["choice"][name]) for name in FEATURES])
        finder = Finder(
            Selection.from_json(values["selection"]),
            Deletion.from_json(values["deletion"]),
            Salience.from_json(values["salience"]),
        )
        return HeadlineModel(finder, weights, Wording.from_json(values["wording"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ModelError(f"{path}: no model for headlines in it: {error}") from None
