"""Learns which words headlines keep, from lines that people made of articles by leaving words out.

The lines stand in benchmarks/judged/compressions.csv as places in the articles' bodies, so that no
text of others is in the project. The weights are those under which the lines are likeliest among
all that could be made of their sentences, small ones preferred.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize

from toolkit import Article, TextRank, Tokenizer
from toolkit.candidates import FEWEST_CHARS
from toolkit.deletion import TABLES, WORDS, Deletion, Grid, Lines
from toolkit.labelled import LabelledArticle
from toolkit.pipeline import BATCH, batched
from toolkit.selection import MOST_SENTENCES
from toolkit.sentences import Sentences
from toolkit.strip import Strip
from toolkit.textrank import Ranking

from .printed import MAX_CHARS
from .rouge import rouge_l

COMPRESSIONS = Path(__file__).parent / "judged" / "compressions.csv"
# A line made by hand counts more than one that was found, and judged fit to print or like what
# was printed.
WEIGHTS = {"made": 1.0, "judged": 0.5, "printed": 0.5}
# From this likeness on, a line is what a printed headline made of its article.
LEAST_LIKE = 0.7
_TRIED = 8
PENALTY = 3.0
TURNS = 60
FEWEST_USES = 2
_EARLY = 3
_CHUNK = 256
_NEVER = -1e9

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Line:
    """A line made of an article: for each of its parts, the runs of characters it keeps.

    Attributes
    ----------
    parts : places in the body, each part's in ascending order.
    weight : how much it counts.
    """

    parts: Sequence[Spans]
    weight: float


# For each article, by id, the lines that were made of it.
MadeLines = Mapping[str, Sequence[Line]]


def digest(line: str) -> str:
    """What a judged line is kept as, so that no text of others is."""
    return sha256(line.encode()).hexdigest()[:16]


def text_of(article: Article, line: Line) -> str:
    """A line as it would be printed."""
    return " ".join("".join(article.body[a:b] for a, b in part) for part in line.parts)


def digest_of(body: str) -> str:
    """What tells whether a body is the one that lines were made of."""
    return digest(body)[:12]


def read_compressions(path: Path, articles: Sequence[Article]) -> dict[str, list[Line]]:
    """The lines that were made of some articles, as far as their bodies are still the same."""
    bodies = {article.id: digest_of(article.body) for article in articles}
    found: dict[str, list[Line]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if bodies.get(row["id"]) != row["body"]:
                continue
            parts = [
                [(int(a), int(b)) for a, b in (run.split("-") for run in part.split())]
                for part in row["kept"].split("|")
            ]
            found.setdefault(row["id"], []).append(Line(parts, WEIGHTS[row["how"]]))
    return found


@dataclass(frozen=True)
class _Path:
    """A line as words of one sentence, and marks where it has spaces.

    words : by their place in the batch's `Sentences`.
    """

    sentence: int
    words: Sequence[int]
    weight: float


def paths_of(
    sentences: Sentences, articles: Sequence[Article], lines: MadeLines
) -> Iterator[_Path]:
    """The lines that can be made of the words of these sentences."""
    batch = sentences.batch
    bodies = batch.offsets[batch.credits][sentences.articles[sentences.sentence_of]]
    begins = batch.offsets[sentences.tokens] - bodies
    ends = batch.offsets[sentences.tokens + 1] - bodies
    borders = np.searchsorted(sentences.articles, np.arange(len(articles) + 1))
    for number, article in enumerate(articles):
        first, last = borders[number : number + 2]
        if article.id not in lines or first == last:
            continue
        start, end = sentences.bounds[first, 0], sentences.bounds[last - 1, 1]
        for line in lines[article.id]:
            parts = [_kept(part, begins[start:end], ends[start:end]) for part in line.parts]
            own = [[int(start) + place for place in part] for part in parts if part is not None]
            of = [{int(sentences.sentence_of[word]) for word in part} for part in own]
            if not own or any(len(one) != 1 for one in of):
                continue
            if len(own) == len(parts) and len(set.union(*of)) == 1:
                words = _with_marks(own, sentences.ends_clause)
                if words:
                    yield _Path(of[0].pop(), words, line.weight)
            else:
                for part, one in zip(own, of, strict=True):
                    yield _Path(one.pop(), part, line.weight / 2)


def _with_marks(parts: Sequence[Sequence[int]], marks: NDArray[np.bool_]) -> list[int]:
    """The words of all parts, the last mark before each part between them; [] without a mark."""
    words = list(parts[0])
    for part in parts[1:]:
        between = np.flatnonzero(marks[words[-1] : part[0]])
        if not len(between):
            return []
        words += [words[-1] + int(between[-1]), *part]
    return words


def _kept(part: Spans, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> list[int] | None:
    """The words that some runs of characters are made of; None where they cut words in two."""
    words: list[int] = []
    for begin, end in part:
        first = int(np.searchsorted(begins, begin))
        last = int(np.searchsorted(ends, end))
        if last >= len(ends) or first > last or begins[first] != begin or ends[last] != end:
            return None
        words += range(first, last + 1)
    return words


@dataclass(frozen=True)
class _Chunk:
    """Sentences of similar length: what they are weighed by, and the paths to be learned.

    B sentences of up to N words, A gaps in all.

    columns : for each place that words and gaps are weighed at, a row of entries each.
    place : (B, N) the row of each word; inside : whether there is one.
    gap : (3, A) sentence, left and right word of each gap; near : likewise of neighbours.
    """

    columns: Mapping[str, sp.csr_array]
    place: NDArray[np.int64]
    inside: NDArray[np.bool_]
    opens: NDArray[np.bool_]
    closes: NDArray[np.bool_]
    gap: NDArray[np.int64]
    near: NDArray[np.int64]
    goal: NDArray[np.float64]
    mass: NDArray[np.float64]


def fit_deletion(articles: Sequence[Article], lines: MadeLines) -> Deletion:
    """Weights under which the lines made of some articles are likeliest.

    Weights are learned from lines made by hand first. What they make of the articles is looked
    through for lines that come near to the printed headline; then weights are learned anew from all
    of these.
    """
    first = _fit([article for article in articles if article.id in lines], lines)
    printed = like_printed([article for article in articles if is_archived(article)], first)
    more = {
        article.id: [*lines.get(article.id, ()), *printed.get(article.id, ())]
        for article in articles
        if article.id in lines or article.id in printed
    }
    return _fit([article for article in articles if article.id in more], more)


def is_archived(article: Article) -> bool:
    """Whether an article is of the archive, where headlines keep to the words of the text."""
    return not isinstance(article, LabelledArticle)


def like_printed(articles: Sequence[Article], model: Deletion) -> dict[str, list[Line]]:
    """For each article that has one, the line that comes nearest to the printed headline."""
    found: dict[str, list[Line]] = {}
    for batch, ranking in rankings(articles):
        sentences = _sentences(ranking, _EARLY)
        lines = model.lines(sentences, MAX_CHARS, FEWEST_CHARS, _TRIED)
        owner = sentences.articles[lines.sentence]
        like = [
            rouge_l(lines.text(sentences, number), batch[article].title)
            for number, article in enumerate(owner.tolist())
        ]
        bodies = ranking.batch.offsets[ranking.batch.credits]
        borders = np.searchsorted(owner, np.arange(len(batch) + 1))
        for number, (start, end) in enumerate(pairwise(borders.tolist())):
            best = max(range(start, end), key=like.__getitem__, default=None)
            if best is not None and like[best] >= LEAST_LIKE:
                parts = _parts(sentences, lines, best, int(bodies[number]))
                found[batch[number].id] = [Line(parts, WEIGHTS["printed"])]
    return found


def _parts(sentences: Sentences, lines: Lines, number: int, body: int) -> list[Spans]:
    """The runs of characters that a line keeps, by their places in the body."""
    offsets = sentences.batch.offsets
    words = lines.words_of(number)
    parts: list[list[tuple[int, int]]] = [[]]
    for token, mark in zip(
        sentences.tokens[words].tolist(), sentences.ends_clause[words].tolist(), strict=True
    ):
        if mark:
            parts.append([])
        else:
            parts[-1].append((int(offsets[token]) - body, int(offsets[token + 1]) - body))
    return [*parts]


def rankings(articles: Sequence[Article]) -> Iterator[tuple[list[Article], Ranking]]:
    """Articles in batches, with the ranks of their sentences and words."""
    tokenizer, ranker = Tokenizer(), TextRank()
    for batch in batched(articles, BATCH):
        yield batch, ranker.rank(tokenizer.batch(batch))


def _sentences(ranking: Ranking, most: int) -> Sentences:
    """The first few sentences of each article."""
    return Sentences.of(Strip.of(ranking, ranking.place < most))


def _fit(articles: Sequence[Article], lines: MadeLines) -> Deletion:
    found = [_learned_from(batch, ranking, lines) for batch, ranking in rankings(articles)]
    words = Counter(
        word
        for grid, paths in found
        for sentence in paths
        for word in set(_words_of(grid, sentence))
    )
    columns = _Columns(sorted(word for word, count in words.items() if count >= FEWEST_USES))
    chunks = [chunk for grid, paths in found for chunk in _chunks(grid, paths, columns)]
    with ThreadPoolExecutor() as pool:

        def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            parts = list(pool.map(lambda chunk: _likelihood(chunk, weights), chunks))
            value = sum(value for value, _ in parts)
            slope = np.sum([slope for _, slope in parts], axis=0)
            return PENALTY / 2 * float(weights @ weights) - value, PENALTY * weights - slope

        start = np.zeros(columns.count)
        learned = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": TURNS})
    return columns.model(learned.x)


def _learned_from(
    articles: Sequence[Article], ranking: Ranking, lines: MadeLines
) -> tuple[Grid, dict[int, list[_Path]]]:
    """The sentences of some articles and, for those that lines were made of, their paths."""
    sentences = _sentences(ranking, MOST_SENTENCES)
    grid = Grid(sentences)
    paths: dict[int, list[_Path]] = {}
    for path in paths_of(sentences, articles, lines):
        if _possible(grid, path):
            paths.setdefault(path.sentence, []).append(path)
    return grid, paths


def _chunks(
    grid: Grid, paths: Mapping[int, Sequence[_Path]], columns: _Columns
) -> Iterator[_Chunk]:
    sizes = np.diff(grid.sentences.bounds, axis=1)[:, 0]
    order = sorted(paths, key=lambda sentence: int(sizes[sentence]))
    of_words = columns.of_words(grid)
    for start in range(0, len(order), _CHUNK):
        yield _chunk(grid, order[start : start + _CHUNK], paths, columns, of_words)


def _words_of(grid: Grid, sentence: int) -> list[str]:
    start, end = grid.sentences.bounds[sentence]
    words = grid.sentences.batch.lexicon.words
    return [words[number] for number in grid.sentences.ids[start:end].tolist()]


def _possible(grid: Grid, path: _Path) -> bool:
    """Whether a path goes where a line can go."""
    words = np.array(path.words)
    joins = grid.joins(words[:-1], words[1:])
    return bool(grid.opens[words[0]] and grid.closes[words[-1]] and joins.all())


class _Columns:
    """Where each weight stands in one row of all."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = vocabulary
        self.number = {word: place for place, word in enumerate(vocabulary)}
        sizes = {**TABLES, **dict.fromkeys(WORDS, len(vocabulary))}
        ends = np.cumsum(list(sizes.values()))
        self.start = dict(zip(sizes, (ends - list(sizes.values())).tolist(), strict=True))
        self.count = int(ends[-1])

    def of_words(self, grid: Grid) -> dict[str, sp.csr_array]:
        """For each place, the (M, columns) entries that hold for each word."""
        entries: dict[str, list[NDArray[np.int64]]] = {}
        for name, codes in grid.word_codes().items():
            entries.setdefault(name.split()[0], []).append(codes + self.start[name])
        known = np.array(
            [self.number.get(word, -1) for word in grid.sentences.batch.lexicon.words] + [-1]
        )
        for name, offset in WORDS.items():
            own = known[grid.words(offset)]
            codes = np.where(own >= 0, own + self.start[name], -1)
            entries[name.split()[0]].append(codes)
        return {place: self._sparse(rows) for place, rows in entries.items()}

    def of_gaps(
        self, grid: Grid, left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> sp.csr_array:
        """The (A, columns) entries that hold for each gap."""
        codes = grid.gap_codes(left, right)
        return self._sparse([codes[name] + self.start[name] for name in codes])

    def model(self, weights: NDArray[np.float64]) -> Deletion:
        """The weights by their names."""
        tables = {
            name: weights[self.start[name] : self.start[name] + size]
            for name, size in TABLES.items()
        }
        words = {
            name: dict(zip(self.vocabulary, weights[self.start[name] :].tolist(), strict=False))
            for name in WORDS
        }
        return Deletion(tables, words)

    def _sparse(self, rows: Sequence[NDArray[np.int64]]) -> sp.csr_array:
        columns = np.stack(rows, axis=1)
        there = columns >= 0
        ends = np.append(0, np.cumsum(there.sum(axis=1)))
        ones = np.ones(int(ends[-1]))
        shape = (len(columns), self.count)
        return sp.csr_array((ones, columns[there], ends), shape=shape)


def _chunk(
    grid: Grid,
    chosen: Sequence[int],
    paths: Mapping[int, Sequence[_Path]],
    columns: _Columns,
    of_words: Mapping[str, sp.csr_array],
) -> _Chunk:
    starts, ends = grid.sentences.bounds[list(chosen)].T
    sizes = ends - starts
    width = int(sizes.max())
    inside = np.arange(width) < sizes[:, None]
    place = np.where(inside, starts[:, None] + np.arange(width), starts[:, None])
    keeps = grid.keeps[place] & inside
    row, first, second = np.nonzero(
        keeps[:, :, None] & keeps[:, None, :] & np.triu(np.ones((width, width), bool), 1)
    )
    joins = grid.joins(place[row, first], place[row, second])
    row, first, second = row[joins], first[joins], second[joins]
    apart = second > first + 1
    near = np.stack([row[~apart], first[~apart], second[~apart]])
    row, first, second = row[apart], first[apart], second[apart]
    left, right = place[row, first], place[row, second]
    # What a place's row of words is weighed by, of the words of these sentences alone.
    own = np.flatnonzero(inside.ravel())
    words = place.ravel()[own]
    found = {name: rows[words] for name, rows in of_words.items()}
    number = np.zeros(place.shape, np.int64)
    number[inside] = np.arange(len(own))
    found["gap"] = columns.of_gaps(grid, left, right)
    gap_of = {key: n for n, key in enumerate(zip(left.tolist(), right.tolist(), strict=True))}
    row_of = dict(zip(words.tolist(), range(len(words)), strict=True))
    goal = np.zeros(columns.count)
    mass = np.zeros(len(chosen))
    for place_in_chunk, sentence in enumerate(chosen):
        for path in paths[sentence]:
            mass[place_in_chunk] += path.weight
            for where, row_number in _steps(path.words, row_of, gap_of):
                matrix = found[where]
                entries = matrix.indices[matrix.indptr[row_number] : matrix.indptr[row_number + 1]]
                goal[entries] += path.weight
    return _Chunk(
        found,
        number,
        inside,
        grid.opens[place] & inside,
        grid.closes[place] & inside,
        np.stack([row, first, second]),
        near,
        goal,
        mass,
    )


def _steps(
    words: Sequence[int],
    row_of: Mapping[int, int],
    gap_of: Mapping[tuple[int, int], int],
) -> Iterator[tuple[str, int]]:
    """Where a path is weighed, and by which row."""
    yield "open", row_of[words[0]]
    yield "close", row_of[words[-1]]
    for word in words:
        yield "keep", row_of[word]
    for left, right in pairwise(words):
        if right > left + 1:
            yield "leave", row_of[left]
            yield "enter", row_of[right]
            yield "gap", gap_of[left, right]


def _likelihood(chunk: _Chunk, weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """The logarithm of the likelihood of a chunk's lines, and its slope."""
    sums = {name: matrix @ weights for name, matrix in chunk.columns.items()}
    count, width = chunk.place.shape

    def of(name: str, where: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.where(where, sums[name][chunk.place], _NEVER)

    keep, leave, enter = (sums[name][chunk.place] for name in ("keep", "leave", "enter"))
    opens = of("open", chunk.opens) + keep
    closes = of("close", chunk.closes)
    row, left, right = chunk.gap
    joined = leave[row, left] + enter[row, right] + sums["gap"] + keep[row, right]
    near_row, near_left, near_right = chunk.near
    steps = np.full((count, width, width), _NEVER)
    steps[row, left, right] = joined
    steps[near_row, near_left, near_right] = keep[near_row, near_right]
    forward = np.full((count, width), _NEVER)
    backward = closes.copy()
    forward[:, 0] = opens[:, 0]
    for word in range(1, width):
        come = _log_sum(forward[:, :word] + steps[:, :word, word])
        forward[:, word] = np.logaddexp(opens[:, word], come)
    for word in range(width - 2, -1, -1):
        go = _log_sum(steps[:, word, word + 1 :] + backward[:, word + 1 :])
        backward[:, word] = np.logaddexp(closes[:, word], go)
    total = _log_sum(forward + closes)
    value = float(chunk.goal @ weights - chunk.mass @ total)

    def share(log: NDArray[np.float64], of_row: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.exp(np.minimum(log - total[of_row], 0.0)) * chunk.mass[of_row]

    rows = np.arange(count)[:, None]
    ends = forward[row, left] + backward[row, right]
    gaps = share(ends + joined, row)
    flat = chunk.place[chunk.inside]
    size = len(flat)
    expected = {
        "open": share(opens + backward, rows)[chunk.inside],
        "close": share(forward + closes, rows)[chunk.inside],
        "keep": share(forward + backward, rows)[chunk.inside],
        "leave": np.bincount(chunk.place[row, left], gaps, size),
        "enter": np.bincount(chunk.place[row, right], gaps, size),
        "gap": gaps,
    }
    slope = chunk.goal.copy()
    for name in expected:
        slope -= chunk.columns[name].T @ expected[name]
    return value, slope


def _log_sum(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(B,) the logarithm of the sum of the exponentials of each row."""
    greatest = values.max(axis=1)
    found: NDArray[np.float64] = greatest + np.log(np.exp(values - greatest[:, None]).sum(axis=1))
    return found
