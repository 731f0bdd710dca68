"""A summary of each article: its most central sentences, none of which repeats another."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .roles import Role, roles_of
from .textrank import Floats, Ranking
from .tokens import Flags, Ints, Kind

DEFAULT_SUMMARY_CHARS = 120
_RELEVANCE = 0.7
_LEANING = 0.3
_LONGEST_SPEAKER = 16


def summaries(
    ranking: Ranking, *, max_chars: int | None = None, sentences: int | None = None
) -> list[str]:
    """A summary for each article: its most central sentences, in the body's order.

    Sentences are taken one at a time by maximal marginal relevance (J. Carbonell and J. Goldstein,
    SIGIR 1998): central, and unlike what was taken before. One that leans on what stands before it
    (这, 他, 此外) is taken only where little else is left.

    Parameters
    ----------
    max_chars : as many sentences as fit; where none fits, the most central stands alone.
    sentences : at most so many. Without either, up to 120 characters.
    """
    if max_chars is None and sentences is None:
        max_chars = DEFAULT_SUMMARY_CHARS
    batch, owner = ranking.batch, ranking.sentence_of
    count = len(batch)
    if not len(owner):
        return [""] * count
    first, last = _stripped(ranking)
    lengths = batch.offsets[last] - batch.offsets[first]
    relevance = _relevance(ranking, first)
    likeness = np.zeros(len(owner))
    taken = np.zeros(len(owner), bool)
    room = np.full(count, np.iinfo(np.int64).max if max_chars is None else max_chars)
    spare = np.full(count, len(owner) if sentences is None else sentences)
    could = (lengths > 0) & ~_only_names_the_speaker(ranking, first, last)
    shared = ranking.likeness
    while True:
        fits = could & ~taken & (lengths <= room[owner]) & (spare[owner] > 0)
        value = np.where(fits, _RELEVANCE * relevance - (1 - _RELEVANCE) * likeness, -np.inf)
        chosen = _best(value, owner, count)
        if not taken.any() and max_chars is not None:
            alone = _best(np.where(could, relevance, -np.inf), owner, count)
            chosen = np.where(chosen < 0, alone, chosen)
        chosen = chosen[chosen >= 0]
        if not len(chosen):
            break
        taken[chosen] = True
        room[owner[chosen]] -= lengths[chosen]
        spare[owner[chosen]] -= 1
        rows = shared[chosen]
        np.maximum.at(likeness, rows.indices, rows.data)
        # What mostly says the same again is not worth its room.
        could &= likeness < 0.6
    borders = np.searchsorted(owner, np.arange(count + 1))
    numbers = np.flatnonzero(taken)
    at = np.searchsorted(numbers, borders)
    texts = [batch.text_of(a, b) for a, b in zip(first[numbers], last[numbers], strict=True)]
    return ["".join(texts[start:end]) for start, end in pairwise(at.tolist())]


def _stripped(ranking: Ranking) -> tuple[Ints, Ints]:
    """(S,) first token and end of each sentence without the blanks around it."""
    runs = ranking.batch.sentences
    first, last = runs[:, 0].copy(), runs[:, 1].copy()
    blank = ranking.batch.of(Kind.BLANK)
    for _ in range(3):
        first += (first < last - 1) & blank[first]
        last -= (last > first + 1) & blank[last - 1]
    return first, last


def _only_names_the_speaker(ranking: Ranking, first: Ints, last: Ints) -> Flags:
    """(S,) what is left of a sentence that a quotation opens, 王芳说。, where others are left."""
    batch = ranking.batch
    known = batch.lexicon.facts("roles", roles_of, np.uint64)
    stop = (known[batch.ids[last - 1]] & np.uint64(Role.STOP)) > 0
    end = np.maximum(last - 1 - stop, first)
    says = (known[batch.ids[end]] & np.uint64(Role.SAYS)) > 0
    found: Flags = says & (batch.offsets[last] - batch.offsets[first] <= _LONGEST_SPEAKER)
    others = np.bincount(ranking.sentence_of, ~found, minlength=len(batch))
    return found & (others > 0)[ranking.sentence_of]


def _relevance(ranking: Ranking, first: Ints) -> Floats:
    """(S,) rank as a share of the article's highest, less where a sentence leans on another."""
    known = ranking.batch.lexicon.facts("roles", roles_of, np.uint64)[ranking.batch.ids[first]]
    leans: Flags = (known & np.uint64(Role.PRONOUN | Role.LEANS)) > 0
    relevance: Floats = ranking.relative - _LEANING * leans
    return relevance.round(9)


def _best(values: Floats, owner: Ints, count: int) -> Ints:
    """(D,) the first sentence of the greatest value of each article; -1 where none is finite."""
    order = np.lexsort((-values, owner))
    at = np.searchsorted(owner, np.arange(count))
    there = at < len(owner)
    there[there] = owner[at[there]] == np.flatnonzero(there)
    best = np.full(count, -1)
    best[there] = order[at[there]]
    best[best >= 0] = np.where(np.isfinite(values[best[best >= 0]]), best[best >= 0], -1)
    return best
