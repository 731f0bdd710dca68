"""Ranked sentences to a headline and a summary, in the words of the body and no others."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from .candidates import FEATURES, FEWEST_CHARS, Floats, candidates
from .errors import ModelError
from .textrank import Ranking
from .tokens import Flags, Kind

DEFAULT_HEADLINE_CHARS = 24
DEFAULT_SUMMARY_CHARS = 120
_TRIED = 12
# Learned weights know how near a candidate comes to printed headlines, not whether it can be
# printed. This is what a candidate that can stand alone gains over one that cannot.
_COMPLETE = 0.08

_PAIRS = ("“”", "‘’", "《》", "（）", "()", "【】", "「」")
_INSIDE = re.compile(r"近日|日前|据悉|据了解|据介绍|记者|通讯员|本报|[？?！!。；;\n]")
_EDGE = re.compile(r"^[，、：；。\s—·]+|[，。；：、！？!?…,;:\s—]+$")


def headlines(ranking: Ranking, *, max_chars: int = DEFAULT_HEADLINE_CHARS) -> list[str]:
    """A headline for each article, of at most `max_chars` characters.

    A linear score over figures that a person can read chooses among the candidates. Every
    character stands in the body, in its order. An article without a sentence has an empty
    headline.

    Raises
    ------
    ValueError : `max_chars` is below 6.
    """
    if max_chars < FEWEST_CHARS:
        raise ValueError(f"max_chars must be at least {FEWEST_CHARS}, not {max_chars}")
    found = candidates(ranking, max_chars)
    scores = found.features @ weights() + _COMPLETE * found.complete
    order = np.lexsort((-scores, found.article))
    borders = np.searchsorted(found.article[order], np.arange(len(ranking.batch) + 1))
    lines = []
    for article, (start, end) in enumerate(pairwise(borders)):
        texts = (found.text(number) for number in order[start : min(start + _TRIED, end)])
        fit = (text for text in texts if not faults(text, max_chars))
        lines.append(next(fit, None) or _first_words(ranking, article, max_chars))
    return lines


def summaries(
    ranking: Ranking, *, max_chars: int | None = None, sentences: int | None = None
) -> list[str]:
    """A summary for each article: its most central sentences, in the body's order.

    A sentence that mostly repeats a chosen one, or only says who spoke, is passed over.

    Parameters
    ----------
    max_chars : as many sentences as fit; the first choice stands even when it alone is longer.
    sentences : at most so many. Without either, up to 120 characters.
    """
    if max_chars is None and sentences is None:
        max_chars = DEFAULT_SUMMARY_CHARS
    content = ranking.batch.of(Kind.CONTENT)
    borders = np.searchsorted(ranking.sentence_of, np.arange(len(ranking.batch) + 1))
    return [
        _summary(ranking, content, range(start, end), max_chars, sentences)
        for start, end in pairwise(borders.tolist())
    ]


def faults(headline: str, max_chars: int | None = None) -> list[str]:
    """What keeps a line from being printed as a headline; empty when nothing does."""
    found = []
    if max_chars is not None and len(headline) > max_chars:
        found.append(f"longer than {max_chars} characters")
    if len(headline) < FEWEST_CHARS:
        found.append("too short to say anything")
    if any(headline.count(pair[0]) != headline.count(pair[1]) for pair in _PAIRS):
        found.append("a quotation mark or bracket without its partner")
    if _EDGE.search(headline):
        found.append("opens or ends with punctuation")
    if inside := _INSIDE.search(headline):
        found.append(f"holds '{inside[0]}'")
    return found


@cache
def weights(path: Path | None = None) -> Floats:
    """(M,) what each feature counts, from the file that ships or another.

    Raises
    ------
    ModelError : the file is missing, damaged, or for other features.
    """
    if path is None:
        installed = Path(__file__).parent / "_models" / "headline.json"
        path = (
            installed
            if installed.exists()
            else (Path(__file__).parent.parent / "models" / "headline.json")
        )
    try:
        values = json.loads(path.read_text("utf-8"))["weights"]
        return np.array([float(values[name]) for name in FEATURES])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: no weights for headlines in it: {error}") from None


def _first_words(ranking: Ranking, article: int, max_chars: int) -> str:
    """The start of the first sentence, cut between words, for an article without candidates."""
    at = int(np.searchsorted(ranking.sentence_of, article))
    if at == len(ranking.sentence_of) or ranking.sentence_of[at] != article:
        return ""
    batch = ranking.batch
    first, last = batch.sentences[at]
    line = ""
    for token in range(first, last):
        word = batch.word(token)
        if word in "“”‘’《》（）()【】「」\n\r" or (not line and not word.strip()):
            continue
        if len(line) + len(word) > max_chars:
            break
        line += word
    return _EDGE.sub("", line)[:max_chars]


def _summary(
    ranking: Ranking, content: Flags, sentences: range, max_chars: int | None, most: int | None
) -> str:
    batch = ranking.batch
    ranks = ranking.sentences[sentences.start : sentences.stop]
    runs = batch.sentences[sentences.start : sentences.stop].tolist()
    texts: dict[int, str] = {}
    words: list[set[int]] = []
    length = 0
    for number in np.argsort(-ranks.round(9), kind="stable").tolist():
        if most is not None and len(texts) >= most:
            break
        first, last = runs[number]
        text = batch.text_of(first, last).strip()
        if max_chars is not None and texts and length + len(text) > max_chars:
            continue
        own = set(batch.ids[first:last][content[first:last]].tolist())
        if texts and (len(own) < 2 or any(len(own & other) > 0.6 * len(own) for other in words)):
            continue
        texts[number] = text
        words.append(own)
        length += len(text)
    return "".join(texts[number] for number in sorted(texts))
