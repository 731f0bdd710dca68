"""Who writes headlines: the toolkit, its peers, what anybody could do, and what a choice could.

Each is given bodies without the credit that opens them, never a title.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np

from toolkit import Article, TextRank, Tokenizer, headlines
from toolkit.byline import credit_length
from toolkit.headline import HeadlineModel, Style
from toolkit.pipeline import BATCH
from toolkit.textrank import Ranking

from .peers import SENTENCES
from .printed import MAX_CHARS
from .rouge import rouge_l

Write = Callable[[Sequence[str]], list[str]]

OURS, TWO_PART, PEER, SIMPLE, CEILING = "toolkit", "toolkit, two-part", "peer", "simple", "ceiling"
KEYWORDS = 8
_SENTENCE = re.compile(r"[。！？!?\n]")
_CLAUSE = re.compile(r"[，。；：！？!?\n]")
_MARKS = " \t\n，。；：、！？!?…,;:"


@dataclass(frozen=True)
class Headliner:
    """One way to a headline.

    Attributes
    ----------
    kind : "toolkit", "peer" or "simple".
    prepare : given the model that ours chooses by, loads what is needed and returns what turns
        bodies into lines.
    module : what must be importable for it.
    batch : how many bodies it is given at a time.
    """

    name: str
    kind: str
    prepare: Callable[[HeadlineModel], Write]
    module: str = "toolkit"
    batch: int = 16

    @property
    def installed(self) -> bool:
        """Whether it can take part."""
        return find_spec(self.module) is not None


def body_of(article: Article) -> str:
    """An article's body past the credit that opens it, which no printed headline holds."""
    return article.body[credit_length(article.body) :].strip()


def tidy(line: str) -> str:
    """A line with single spaces, and without the marks that open and end a sentence."""
    return " ".join(line.split()).strip(_MARKS)


def cut(line: str) -> str:
    """A line at the budget that all are held to."""
    return tidy(tidy(line)[:MAX_CHARS])


def ours(model: HeadlineModel, style: Style = Style.plain) -> Write:
    """The toolkit's own headlines, from the bare text on."""
    tokenizer, ranker = Tokenizer(), TextRank()

    def write(bodies: Sequence[str]) -> list[str]:
        ranking = ranker.rank(tokenizer.batch(bodies))
        return headlines(ranking, max_chars=MAX_CHARS, style=style, model=model)

    return write


def each(line: Callable[[str], str]) -> Write:
    """One body after another."""
    return lambda bodies: [line(body) for body in bodies]


def peer(prepare: Callable[[], Callable[[str], str]]) -> Callable[[HeadlineModel], Write]:
    """A peer's line; an empty one where it fails, as it would leave its user with none."""

    def prepared(_: HeadlineModel) -> Write:
        line = prepare()

        def attempt(body: str) -> str:
            try:
                return line(body)
            except Exception:
                return ""

        return each(attempt)

    return prepared


def simple(line: Callable[[str], str]) -> Callable[[HeadlineModel], Write]:
    """What needs no library."""
    return lambda _: each(line)


def glued_keywords() -> Callable[[str], str]:
    """The keywords that jieba gives the greatest TF-IDF, set one after the other."""
    analyse: Any = import_module("jieba.analyse")
    return lambda body: "".join(analyse.extract_tags(body, topK=KEYWORDS))


HEADLINERS = (
    Headliner(OURS, "toolkit", ours, batch=BATCH),
    Headliner(TWO_PART, "toolkit", partial(ours, style=Style.two_part), batch=BATCH),
    *(
        Headliner(name, PEER, peer(prepare), module)
        for name, (module, prepare) in SENTENCES.items()
    ),
    Headliner("jieba keywords, glued", PEER, peer(glued_keywords), "jieba"),
    Headliner("first sentence", SIMPLE, simple(lambda body: _SENTENCE.split(body)[0])),
    Headliner("first clause", SIMPLE, simple(lambda body: _CLAUSE.split(body)[0])),
    Headliner(f"first {MAX_CHARS} characters", SIMPLE, simple(cut)),
)

BEST_SENTENCE, BEST_CANDIDATE, BEST_RUN = "best sentence", "best candidate", "best run of clauses"


def ceilings(
    bodies: Sequence[str], titles: Sequence[str], model: HeadlineModel
) -> dict[str, list[list[str]]]:
    """The lines that a choice by the printed headline would be made from: for each body, all.

    They are whole sentences, our candidates, and runs of whole clauses that fit.
    """
    ranking = TextRank().rank(Tokenizer().batch(bodies))
    found = model.finder.candidates(ranking, MAX_CHARS)
    own: list[list[str]] = [[] for _ in bodies]
    for article, line in zip(found.article.tolist(), found.texts(), strict=True):
        own[article].append(line)
    sentences: list[list[str]] = [[] for _ in bodies]
    runs: list[list[str]] = [[] for _ in bodies]
    for article, sentence, clauses in _sentences(ranking):
        sentences[article].append(tidy(sentence))
        runs[article] += _runs(clauses)
    return {BEST_SENTENCE: sentences, BEST_CANDIDATE: own, BEST_RUN: runs}


def best(lines: Sequence[str], title: str) -> str:
    """The line nearest to the printed one by character ROUGE-L; an empty one for none."""
    return max(lines, key=lambda line: rouge_l(line, title), default="")


def _sentences(ranking: Ranking) -> Iterator[tuple[int, str, list[str]]]:
    """Each sentence with its article and its clauses."""
    batch = ranking.batch
    texts = [batch.text_of(first, end) for first, end in batch.clauses.tolist()]
    borders = np.searchsorted(batch.clauses[:, 0], [*batch.sentences[:, 0], len(batch.ids)])
    for number, (start, end) in enumerate(pairwise(borders.tolist())):
        first, last = batch.sentences[number]
        yield int(ranking.sentence_of[number]), batch.text_of(first, last), texts[start:end]


def _runs(clauses: Sequence[str]) -> list[str]:
    """Every run of clauses that fits, a space between two as in our own lines."""
    runs = []
    for start in range(len(clauses)):
        line = ""
        for clause in clauses[start:]:
            line = f"{line} {tidy(clause)}".strip()
            if len(line) > MAX_CHARS:
                break
            runs.append(line)
    return runs
