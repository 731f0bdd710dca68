"""A headline for each article, in the words of its body and no others."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import rjieba

from .candidates import FEATURES, FEWEST_CHARS, Candidates, candidates
from .errors import ModelError
from .roles import Role, roles
from .salience import Salience
from .shipped import shipped
from .textrank import Floats, Ranking
from .tokens import Ints

DEFAULT_HEADLINE_CHARS = 24
_TRIED = 12
# Learned weights know how near a candidate comes to printed headlines, not whether it can be
# printed. This is what a candidate that can stand alone gains over one that lacks two things.
_COMPLETE = 0.08
_LONGEST_PART = 16
_PARTS_TRIED = 8
# As much of `Candidates.complete` as a part must have: only its length may be wanting.
_STANDS = 0.5

_PAIRS = ("“”", "‘’", "《》", "（）", "()", "【】", "「」")
_PAIRED = re.compile(f"[{re.escape(''.join(_PAIRS))}]")
_INSIDE = re.compile(r"近日|日前|据悉|据了解|据介绍|记者|通讯员|本报|[？?！!。；;\n]")
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
    salience : how likely printed headlines are to keep each word.
    weights : (M,) what each of `FEATURES` counts.
    """

    salience: Salience
    weights: Floats

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
            "salience": self.salience.to_json(),
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
    model: HeadlineModel | None = None,
) -> list[str]:
    """A headline for each article, of at most `max_chars` characters.

    A linear score over figures that a person can read chooses among the candidates. Every
    character stands in the body, in its order within each part. An article without a sentence has
    an empty headline.

    Parameters
    ----------
    style : "plain" for words from one sentence; "two-part" for words from two places, set side by
        side with a space, where two fit.

    Raises
    ------
    ValueError : `max_chars` is below 6, or there is no such style.
    """
    model = model or HeadlineModel.load()
    found, scores = _scored(ranking, max_chars, model)
    borders, order = _by_article(found, scores, len(ranking.batch))
    two_part = Style(style) is Style.two_part
    lines = []
    for article, (start, end) in enumerate(pairwise(borders.tolist())):
        best = order[start : min(start + _TRIED, end)]
        texts = (found.text(number) for number in best)
        fit = (text for text in texts if not _faults(text, max_chars))
        line = _two_part(found, scores, order[start:end], max_chars) if two_part else None
        lines.append(line or next(fit, None) or _first_words(ranking, article, max_chars))
    return lines


def explain(
    ranking: Ranking,
    *,
    max_chars: int = DEFAULT_HEADLINE_CHARS,
    count: int = 2,
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
    found, scores = _scored(ranking, max_chars, model)
    borders, order = _by_article(found, scores, len(ranking.batch))
    choices = []
    for article, (start, end) in enumerate(pairwise(borders.tolist())):
        own: dict[str, Choice] = {}
        for place, number in enumerate(order[start:end].tolist()):
            if not own and place == _TRIED:
                break
            text = found.text(number)
            if text in own or _faults(text, max_chars):
                continue
            parts = dict(zip(FEATURES, found.features[number] * model.weights, strict=True))
            parts["complete"] = _COMPLETE * found.complete[number]
            reasons = sorted(parts.items(), key=lambda part: -abs(part[1]))
            kept = {name: round(float(value), 4) for name, value in reasons if abs(value) > 5e-4}
            own[text] = Choice(text, round(float(scores[number]), 4), kept)
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
        goes_on = number < len(parts) and last & Role.SPEAKS and len(words) > 1
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


def _scored(ranking: Ranking, max_chars: int, model: HeadlineModel) -> tuple[Candidates, Floats]:
    if max_chars < FEWEST_CHARS:
        raise ValueError(f"max_chars must be at least {FEWEST_CHARS}, not {max_chars}")
    found = candidates(ranking, max_chars, model.salience)
    scores: Floats = found.features @ model.weights + _COMPLETE * found.complete
    return found, scores


def _by_article(found: Candidates, scores: Floats, count: int) -> tuple[Ints, Ints]:
    """(D + 1,) where each article's candidates start in (N,) their order, best first."""
    order = np.lexsort((-scores.round(9), found.article))
    return np.searchsorted(found.article[order], np.arange(count + 1)), order


def _two_part(found: Candidates, scores: Floats, ordered: Ints, max_chars: int) -> str | None:
    """The best two candidates that fit side by side and do not say the same; None for none.

    Each must be able to stand alone, and they stand in the order of the body.
    """
    limit = min(_LONGEST_PART, max_chars - FEWEST_CHARS - 1)
    seen: dict[str, int] = {}
    whole = ordered[(found.complete[ordered] >= _STANDS) & (found.chars[ordered] <= limit)]
    for number in whole.tolist():
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
    """The start of the first sentence, cut between words, for an article without candidates."""
    at = int(np.searchsorted(ranking.sentence_of, article))
    if at == len(ranking.sentence_of) or ranking.sentence_of[at] != article:
        return ""
    batch = ranking.batch
    first, last = batch.sentences[at]
    line = ""
    for token in range(first, last):
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
        return HeadlineModel(Salience.from_json(values["salience"]), weights)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ModelError(f"{path}: no model for headlines in it: {error}") from None
