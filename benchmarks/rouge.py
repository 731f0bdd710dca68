"""ROUGE-1, ROUGE-2 and ROUGE-L F1 by characters and by words (C.-Y. Lin, 2004)."""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import jieba

MEASURES = tuple(f"{kind} {unit}" for unit in ("characters", "words") for kind in ("1", "2", "L"))
CROSS_CHECKED = 2000
jieba.setLogLevel(logging.WARNING)


def lcs(first: Sequence[str], second: Sequence[str]) -> int:
    """Length of the longest common subsequence, a machine word's bits at a time (Hyyrö, 2004)."""
    places: dict[str, int] = {}
    for place, char in enumerate(first):
        places[char] = places.get(char, 0) | 1 << place
    everything = (1 << len(first)) - 1
    row = everything
    for char in second:
        matched = row & places.get(char, 0)
        row = ((row + matched) | (row - matched)) & everything
    return len(first) - row.bit_count()


def rouge_l(line: str, printed: str) -> float:
    """Character ROUGE-L F1 of a line against the printed headline, spaces aside."""
    return _rouge_l(characters(line), characters(printed))


def rouge(line: str, printed: str) -> list[float]:
    """What each of `MEASURES` says of a line, from 0 to 1; spaces are aside."""
    return [
        measure(of(line), of(printed))
        for of in (characters, words)
        for measure in (_rouge_1, _rouge_2, _rouge_l)
    ]


def characters(line: str) -> tuple[str, ...]:
    """The characters of a line, punctuation too, spaces aside."""
    return tuple("".join(line.split()))


@cache
def words(line: str) -> tuple[str, ...]:
    """The words of a line as jieba cuts it, punctuation too; none goes over a space."""
    return tuple(word for part in line.split() for word in jieba.lcut(part))


def greatest_difference(
    pairs: Sequence[tuple[str, str]], seed: int = 0
) -> tuple[int, float] | None:
    """How far our figures are from those of the package rouge-score, on some pairs at random.

    Returns
    -------
    How many pairs of a line and a printed headline were looked at, and the greatest difference
    of any measure; None where the package is not installed.
    """
    if find_spec("rouge_score") is None:
        return None
    scorer: Any = import_module("rouge_score.rouge_scorer").RougeScorer(
        ["rouge1", "rouge2", "rougeL"], tokenizer=_AtSpaces()
    )
    chosen = random.Random(seed).sample(pairs, min(CROSS_CHECKED, len(pairs)))
    greatest = 0.0
    for line, printed in chosen:
        theirs = [
            score.fmeasure
            for of in (characters, words)
            for score in scorer.score(" ".join(of(printed)), " ".join(of(line))).values()
        ]
        ours = rouge(line, printed)
        greatest = max(greatest, *(abs(a - b) for a, b in zip(ours, theirs, strict=True)))
    return len(chosen), greatest


class _AtSpaces:
    """Cuts at spaces, where rouge-score's own tokenizer would drop all that is not English."""

    def tokenize(self, text: str) -> list[str]:
        return text.split()


def _f1(matched: int, first: int, second: int) -> float:
    return 2 * matched / max(first + second, 1)


def _rouge_1(line: Sequence[str], printed: Sequence[str]) -> float:
    return _f1((Counter(line) & Counter(printed)).total(), len(line), len(printed))


def _rouge_2(line: Sequence[str], printed: Sequence[str]) -> float:
    own, wanted = Counter(pairwise(line)), Counter(pairwise(printed))
    return _f1((own & wanted).total(), own.total(), wanted.total())


def _rouge_l(line: Sequence[str], printed: Sequence[str]) -> float:
    return _f1(lcs(line, printed), len(line), len(printed))
