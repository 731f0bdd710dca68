"""Learns what headlines are chosen by from printed ones, and writes models/headline.json.

python -m benchmarks.fit_headlines ARCHIVE

Learned from the half of the archive's items that `benchmarks.headlines` does not measure on, and
from the labelled corpus. First which sentences headlines are made of (see `fit_selection`), a
logistic regression on whether a printed headline kept each word of an article's first sentences,
and which words lines made by hand leave out (see `fit_deletion`); then a ridge regression of each
candidate's ROUGE-L within its article; then, from candidates that were judged
(benchmarks/judged/lines.csv), how a line reads that can be printed. In both the candidates are
found by what was learned from other articles, and those of one series are never told apart.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from toolkit import Article, ThemeModel, load_labelled, models
from toolkit.candidates import FEATURES, Finder
from toolkit.compression import units
from toolkit.headline import HeadlineModel
from toolkit.pipeline import EVIDENCE_WORDS, of_first_theme
from toolkit.salience import TABLES, Salience, around, codes
from toolkit.strip import Strip
from toolkit.textrank import Ranking
from toolkit.wording import TABLES as WORDING
from toolkit.wording import WORDS, Wording, at_ends, pairs_of

from .fit_deletion import (
    COMPRESSIONS,
    WEIGHTS,
    MadeLines,
    digest,
    fit_deletion,
    is_archived,
    rankings,
    read_compressions,
    text_of,
)
from .fit_selection import fit_selection
from .peers import ROOT
from .printed import MAX_CHARS, held_out, pairs
from .rouge import lcs, rouge_l

GRADES = Path(__file__).parent / "judged" / "lines.csv"
# For each article the grade, 0 to 2, of lines by their digest.
Grades = Mapping[str, Mapping[str, int]]
FEWEST_TITLE_CHARS = 6
FEWEST_USES = 3
# Below this share of its characters, a title is not made of the text it stands over.
LEAST_SHARED = 0.3
INVERSE_PENALTY = 1.0
RIDGE = 30.0
READING_PENALTY = 0.05
# What a unit of log odds of being printable counts, beside a unit of ROUGE-L.
READING = 0.05
FOLDS = 3
_EARLY = 3
# From this likeness on, two titles are of one series.
SERIES = 0.6


# Articles, and what was learned of others.
Part = tuple[Sequence[Article], Finder]


def read_grades(path: Path) -> dict[str, dict[str, int]]:
    """For each article, by id, the grade of each line that was judged, by its digest."""
    grades: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            grades.setdefault(row["id"], {})[row["line"]] = int(row["grade"])
    return grades


def fit(articles: Sequence[Article], grades: Grades, lines: MadeLines) -> HeadlineModel:
    """A model of the headlines that articles were printed under, and of lines that were judged."""
    folds = fold_of([article.title for article in articles])
    parts = [
        (
            [article for article, own in zip(articles, folds, strict=True) if own == fold],
            _finder([a for a, own in zip(articles, folds, strict=True) if own != fold], lines),
        )
        for fold in range(FOLDS)
    ]
    weights, wording = fit_reading(parts, grades)
    return HeadlineModel(_finder(articles, lines), fit_choice(parts, lines) + weights, wording)


def _finder(articles: Sequence[Article], lines: MadeLines) -> Finder:
    return Finder(
        fit_selection(articles, lines), fit_deletion(articles, lines), fit_salience(articles)
    )


def fold_of(titles: Sequence[str]) -> list[int]:
    """The fold of each title: the day's figures and the next day's are of one series and one fold.

    Two titles are of one series when they are alike but for their figures, or through others.
    """
    bare = [re.sub(r"\d+", "0", "".join(title.split())) for title in titles]
    characters = [set(title) for title in bare]
    edges: list[tuple[int, int]] = []
    for number, title in enumerate(bare):
        for other in range(number):
            total = len(title) + len(bare[other])
            # Most pairs have too few characters in common for a sequence of them to matter.
            if 2 * len(characters[number] & characters[other]) < 0.8 * SERIES * total:
                continue
            if 2 * lcs(title, bare[other]) >= SERIES * total:
                edges.append((number, other))
    rows, columns = np.array(edges, np.int64).reshape(-1, 2).T
    graph = sp.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(bare), len(bare)))
    series = connected_components(graph, directed=False)[1]
    sizes = np.bincount(series)
    filled = np.zeros(FOLDS, np.int64)
    folds = np.zeros(len(sizes), np.int64)
    for one in np.argsort(-sizes, kind="stable"):
        folds[one] = filled.argmin()
        filled[folds[one]] += sizes[one]
    found: list[int] = folds[series].tolist()
    return found


def fit_salience(articles: Sequence[Article]) -> Salience:
    """Weights by which the words that printed headlines kept are told from the others."""
    entries: list[NDArray[np.int64]] = []
    words: list[NDArray[np.object_]] = []
    kept: list[NDArray[np.bool_]] = []
    for batch, ranking in rankings(articles):
        strip = Strip.of(ranking, ranking.place < _EARLY)
        flags, used = _kept(batch, strip)
        found = codes(strip, units(strip))
        entries.append(np.stack([found[name] for name in TABLES], axis=1)[used])
        own = np.array([*ranking.batch.lexicon.words, ""], object)
        words.append(own[around(strip)[used]])
        kept.append(flags[used])
    counts = Counter(word for block in words for word in block[:, 0].tolist())
    vocabulary = sorted(word for word, count in counts.items() if count >= FEWEST_USES)
    number = {word: place for place, word in enumerate(vocabulary)}
    base = np.cumsum([0, *TABLES.values()])
    word_base = base[-1] + len(vocabulary) * np.arange(3)
    columns = np.concatenate(entries) + base[:-1]
    numbers = np.array(
        [[number.get(word, -1) for word in row] for block in words for row in block.tolist()]
    )
    columns = np.hstack([columns, np.where(numbers >= 0, numbers + word_base, -1)])
    rows = np.repeat(np.arange(len(columns)), columns.shape[1])
    there = columns.ravel() >= 0
    X = sp.csr_array(
        (np.ones(int(there.sum())), (rows[there], columns.ravel()[there])),
        shape=(len(columns), base[-1] + 3 * len(vocabulary)),
    )
    learned = LogisticRegression(C=INVERSE_PENALTY, max_iter=500).fit(X, np.concatenate(kept))
    weights: NDArray[np.float64] = learned.coef_[0]
    tables = {name: weights[base[n] : base[n + 1]] for n, name in enumerate(TABLES)}
    by_word = [
        dict(zip(vocabulary, weights[start : start + len(vocabulary)].tolist(), strict=True))
        for start in word_base
    ]
    return Salience(float(learned.intercept_[0]), tables, *by_word)


def fit_choice(parts: Sequence[Part], lines: MadeLines) -> NDArray[np.float64]:
    """(M,) weights by ridge regression of ROUGE-L on the features, within each article.

    A title of the corpus is no cut of its text, so the goal there is what was made of it by hand.

    parts : articles, each with a finder that was learned without them.
    """
    rows: list[NDArray[np.float64]] = []
    goals: list[NDArray[np.float64]] = []
    for articles, finder in parts:
        for batch, ranking in rankings([a for a in articles if _goals(a, lines)]):
            found = finder.candidates(ranking, MAX_CHARS, evidence_of(ranking))
            wanted = [_goals(article, lines) for article in batch]
            scores = np.array(
                [
                    max(rouge_l(line, goal) for goal in wanted[article])
                    for article, line in zip(found.article.tolist(), found.texts(), strict=True)
                ]
            )
            for article in range(len(batch)):
                own = found.article == article
                if own.sum() > 1:
                    rows.append(found.features[own] - found.features[own].mean(axis=0))
                    goals.append(scores[own] - scores[own].mean())
    X, y = np.concatenate(rows), np.concatenate(goals)
    within = X.T @ X + RIDGE * np.eye(len(FEATURES))
    return np.asarray(np.linalg.solve(within, X.T @ y))


def _goals(article: Article, lines: MadeLines) -> list[str]:
    """What a headline of an article should be like."""
    if is_archived(article):
        return [article.title]
    made = (line for line in lines.get(article.id, ()) if line.weight == WEIGHTS["made"])
    return [text_of(article, line) for line in made]


def evidence_of(ranking: Ranking) -> list[Mapping[str, float]]:
    """For each article, the words that speak for its likeliest theme."""
    _, evidence = _tagger().with_evidence(ranking.batch, EVIDENCE_WORDS)
    return of_first_theme(evidence)


@cache
def _tagger() -> ThemeModel:
    return models.load()


def fit_reading(parts: Sequence[Part], grades: Grades) -> tuple[NDArray[np.float64], Wording]:
    """What tells lines that can be printed from others: weights of the features and of the words.

    Two logistic regressions, on whether a line was given more than 0 and more than 1.
    """
    features: list[NDArray[np.float64]] = []
    given: list[int] = []
    lines: list[list[tuple[str, int | str]]] = []
    for articles, finder in parts:
        for batch, ranking in rankings([a for a in articles if a.id in grades]):
            found = finder.candidates(ranking, MAX_CHARS, evidence_of(ranking))
            strip, words = found.strip, ranking.batch.lexicon.words
            pairs = pairs_of(strip).tolist()
            ends = {n: e.tolist() for n, e in at_ends(strip, found.start, found.end).items()}
            for number, (article, line) in enumerate(
                zip(found.article.tolist(), found.texts(), strict=True)
            ):
                grade = grades[batch[article].id].get(digest(line))
                if grade is None:
                    continue
                start, end = int(found.start[number]), int(found.end[number])
                own = [words[place] for place in strip.ids[start:end].tolist()]
                entries: list[tuple[str, int | str]] = [
                    (name, words[entry[number]] if name in WORDS else entry[number])
                    for name, entry in ends.items()
                ]
                entries += [("pair", pair) for pair in pairs[start + 1 : end]]
                entries += [("word", word) for word in own]
                features.append(found.features[number])
                given.append(grade)
                lines.append(entries)
    if len(set(given)) < 2:
        return np.zeros(len(FEATURES)), Wording.none()
    counted = CountVectorizer(analyzer=lambda entries: entries, min_df=FEWEST_USES)
    X = np.array(features)
    scale = X.std(axis=0) + 1e-6
    T = sp.hstack([sp.csr_array(X / scale), counted.fit_transform(lines)]).tocsr()
    grade_of = np.array(given)
    learned = np.zeros(T.shape[1])
    for least, weight in ((2, 1.0), (1, 0.5)):
        model = LogisticRegression(C=READING_PENALTY, max_iter=1000).fit(T, grade_of >= least)
        learned += weight * READING * model.coef_[0]
    tables = {name: np.zeros(size) for name, size in WORDING.items()}
    by_word: dict[str, dict[str, float]] = {name: {} for name in WORDS}
    for (name, entry), column in counted.vocabulary_.items():
        value = float(learned[len(FEATURES) + column])
        if name in tables:
            tables[name][entry] = value
        else:
            by_word[name][entry] = value
    return learned[: len(FEATURES)] / scale, Wording(tables, by_word)


def aligned(text: str, title: str) -> set[int]:
    """Places of the characters of a text that spell the longest common subsequence with a title."""
    rows = [[0] * (len(title) + 1) for _ in range(len(text) + 1)]
    for i in range(len(text) - 1, -1, -1):
        row, below = rows[i], rows[i + 1]
        for j in range(len(title) - 1, -1, -1):
            same = text[i] == title[j]
            row[j] = below[j + 1] + 1 if same else max(below[j], row[j + 1])
    places, i, j = set(), 0, 0
    while i < len(text) and j < len(title):
        if text[i] == title[j]:
            places.add(i)
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return places


def _kept(articles: Sequence[Article], strip: Strip) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(M,) whether the printed headline kept each token, and whether it is there to learn from."""
    kept, used = np.zeros(len(strip), bool), np.zeros(len(strip), bool)
    words = strip.batch.lexicon.words
    borders = np.searchsorted(strip.article, np.arange(len(articles) + 1))
    for article, first, last in zip(articles, borders[:-1], borders[1:], strict=True):
        early = np.flatnonzero(strip.sentence_place[first:last] < 3) + first
        if not len(early):
            continue
        start, end = strip.clauses[early[0], 0], strip.clauses[early[-1], 1]
        own = [words[number] for number in strip.ids[start:end]]
        title = "".join(article.title.split())
        places = aligned("".join(own), title)
        if len(places) < LEAST_SHARED * len(title):
            continue
        at = 0
        for token, word in enumerate(own, start):
            kept[token] = 2 * sum(p in places for p in range(at, at + len(word))) > len(word)
            at += len(word)
        used[start:end] = True
    return kept, used


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    options = parser.parse_args()
    items = [article for article in pairs(options.archive) if not held_out(article)]
    own = [
        article
        for article in load_labelled(ROOT / "labelled", "train")
        if len(article.title) >= FEWEST_TITLE_CHARS
    ]
    grades = read_grades(GRADES)
    lines = read_compressions(COMPRESSIONS, [*items, *own])
    made, judged = (sum(map(len, found.values())) for found in (lines, grades))
    trained_on = (
        f"{len(items)} items of {options.archive.name}, {len(own)} of labelled/, "
        f"{made} lines made of these, {judged} judged"
    )
    fit([*items, *own], grades, lines).save(ROOT / "models" / "headline.json", trained_on)


if __name__ == "__main__":
    main()
