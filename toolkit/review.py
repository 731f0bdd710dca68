"""The labelling loop: the articles that would teach a model most, and what a person says of them.

The queue is made by `queue`, from an archive of any size; `Review` turns keys into answers;
`Answers` keeps them, a labelled article a line, for `toolkit train` to read.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .article import Article, Row, field_names
from .errors import InputError, ModelError
from .pipeline import BATCH, Pipeline, batched
from .sampling import RIVALS, distance, features, most_telling
from .themes import ThemeModel
from .tokens import Tokenizer

if TYPE_CHECKING:
    from rich.console import Console

ACCEPT, NONE, SKIP, UNDO, QUIT, WHOLE = "\r\n", "n", "s", "u", "q", "t"
# What chooses a theme: figures, then the letters that do nothing else.
THEME_KEYS = "123456789abcdefghijklmoprvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
FOLDED_CHARS = 400
SHOWN_WORDS = 6
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Question:
    """An article to be labelled.

    Attributes
    ----------
    row : what the pipeline says of it.
    words : theme to the words that added most to its log-odds, for and against.
    """

    row: Row
    words: dict[str, dict[str, float]]


def sampled(articles: Iterable[Article], count: int, seed: int = 0) -> list[Article]:
    """So many articles at random, in one pass and the memory of a sample (J. Vitter, 1985)."""
    remaining = iter(articles)
    kept = list(islice(remaining, count))
    rng = np.random.default_rng(seed)
    for seen, article in enumerate(remaining, count + 1):
        place = int(rng.integers(seen))
        if place < count:
            kept[place] = article
    return kept


def queue(
    model: ThemeModel,
    articles: Iterable[Article],
    count: int,
    answered: Collection[str] = (),
    sample: int | None = None,
    on_done: Callable[[int], None] = lambda articles: None,
) -> list[Question]:
    """The articles that would teach a model most, the most telling first; see `sampling`.

    The articles are read once, and no more than the least sure are kept.

    Parameters
    ----------
    count : how many to ask.
    answered : the ids of those not to ask again.
    sample : choose among so many of the articles, taken at random; None looks at all.
    on_done : called with how many articles have been read since the last time.
    """
    read = _counted(articles, on_done)
    unsure: list[tuple[float, Article]] = []
    for batch in batched(sampled(read, sample) if sample else read, BATCH):
        apart = distance(model.predict_proba(batch)).tolist()
        new = zip(apart, batch, strict=True)
        unsure.extend(pair for pair in new if pair[1].id not in answered)
        unsure.sort(key=lambda pair: pair[0])
        del unsure[RIVALS * count :]
    if not unsure:
        return []
    rivals = [article for _, article in unsure]
    own = features(Tokenizer(model.user_dict).batch(rivals))
    order = most_telling(np.array([apart for apart, _ in unsure]), own, count)
    chosen = [rivals[row] for row in order]
    rows = Pipeline(tagger=model).process(chosen)
    words = model.explain(chosen, SHOWN_WORDS)
    return [Question(row, said) for row, said in zip(rows, words, strict=True)]


def _counted(articles: Iterable[Article], on_done: Callable[[int], None]) -> Iterator[Article]:
    for batch in batched(articles, BATCH):
        yield from batch
        on_done(len(batch))


class Answers:
    """A file of labelled articles, one a line; each is on the disk when `add` returns.

    A file without answers is not left behind.

    Attributes
    ----------
    ids : of the articles that the file labels.
    cut_line : the number of a last line that was cut short, and has been taken away; or None.

    Raises
    ------
    InputError : the file cannot be read or written, is not called .jsonl, or has a line before
        the last that is no answer.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() != ".jsonl":
            raise InputError(str(path), "answers are kept as JSONL; give it a name in .jsonl")
        self.path = path
        try:
            # Made when it is not there; what is there stays.
            self._file = path.open("a+b")
        except OSError as error:
            raise InputError(str(path), f"cannot be written: {error.strerror}") from None
        self._file.seek(0)
        lines = self._file.read().split(b"\n")
        ids = [self._id(line, number) for number, line in enumerate(lines[:-1], 1)]
        self.cut_line: int | None = None
        if lines[-1].strip():
            try:
                ids.append(self._id(lines[-1], len(lines)))
                self._write(b"\n")
            except InputError:
                self.cut_line = len(lines)
                self._file.truncate(self._file.seek(0, os.SEEK_END) - len(lines[-1]))
        self.ids = set(filter(None, ids))
        self._starts: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._file.seek(0, os.SEEK_END):
            self.path.unlink()
        self._file.close()

    def add(self, article: Article, themes: Sequence[str]) -> None:
        """Append an article with its themes, primary first; none for an article of none."""
        self._starts.append(self._file.seek(0, os.SEEK_END))
        fields = {name: getattr(article, name) for name in field_names(Article)}
        line = json.dumps(fields | {"themes": list(themes)}, ensure_ascii=False)
        self._write(line.encode("utf-8", "backslashreplace") + b"\n")
        self.ids.add(article.id)

    def take_back(self, article: Article) -> None:
        """Take away the article that was added last."""
        self._file.truncate(self._starts.pop())
        self._file.flush()
        self.ids.discard(article.id)

    def _id(self, line: bytes, number: int) -> str | None:
        if not line.strip():
            return None
        try:
            return str(json.loads(line)["id"])
        except (ValueError, KeyError, TypeError):
            problem = "not an answer of an earlier review; mend or delete the line"
            raise InputError(str(self.path), problem, f"line {number}") from None

    def _write(self, line: bytes) -> None:
        self._file.write(line)
        self._file.flush()
        os.fsync(self._file.fileno())


class Review:
    """Questions, one after another, and the keys that answer them.

    Attributes
    ----------
    questions : in the order in which they are asked.
    names : the themes there are.
    place : the number of the question being asked, counted from 0.
    chosen : the themes it would be given now, primary first.
    whole : whether the whole text is shown.
    quit : whether the person has had enough.

    Raises
    ------
    ModelError : there are more themes than keys.
    """

    def __init__(self, questions: Sequence[Question], names: Sequence[str], answers: Answers):
        if len(names) > len(THEME_KEYS):
            raise ModelError(f"{len(names)} themes, and there are keys for {len(THEME_KEYS)}")
        self.questions = questions
        self.names = list(names)
        self.answers = answers
        self.quit = False
        self.place = 0
        self.whole = False
        self.chosen: list[str] = []
        self._passed: list[bool] = []
        self._ask(0)

    @property
    def over(self) -> bool:
        """Whether there is nothing more to ask."""
        return self.quit or self.place >= len(self.questions)

    @property
    def question(self) -> Question:
        """The one being asked."""
        return self.questions[self.place]

    @property
    def answered(self) -> int:
        """How many have been answered, not skipped."""
        return sum(self._passed)

    def press(self, key: str) -> str:
        """Do what a key asks for; returns what there is to say of it, most often nothing."""
        if key in ACCEPT:
            return self._pass(self.chosen)
        if key == NONE:
            return self._pass([])
        if key == SKIP:
            return self._pass(None)
        if key == UNDO:
            return self._undo()
        if key in THEME_KEYS[: len(self.names)]:
            self._toggle(self.names[THEME_KEYS.index(key)])
        elif key == WHOLE:
            self.whole = not self.whole
        elif key == QUIT:
            self.quit = True
        else:
            return "no such key"
        return ""

    def _ask(self, place: int) -> None:
        self.place = place
        self.whole = False
        self.chosen = [] if self.over else list(self.question.row.themes)

    def _pass(self, themes: list[str] | None) -> str:
        if themes is not None:
            self.answers.add(self.question.row, themes)
        self._passed.append(themes is not None)
        self._ask(self.place + 1)
        return ""

    def _undo(self) -> str:
        if not self._passed:
            return "nothing to undo"
        was_answered = self._passed.pop()
        self._ask(self.place - 1)
        if was_answered:
            self.answers.take_back(self.question.row)
        return ""

    def _toggle(self, theme: str) -> None:
        if theme in self.chosen:
            self.chosen.remove(theme)
        else:
            self.chosen.append(theme)


def ask(review: Review, keys: Iterator[str], thresholds: Sequence[float], console: Console) -> None:
    """Show each question and press keys until all are answered, or there are no more keys."""
    shown = -1
    said = ""
    while not review.over:
        if console.is_terminal:
            console.clear()
        if console.is_terminal or shown != review.place:
            for part in _question(review, thresholds):
                console.print(part)
            shown = review.place
        console.print(f"{said}\n" if said else "", _choice(review), sep="", markup=False)
        key = next(keys, QUIT)
        said = review.press(key)
        if key == WHOLE:
            shown = -1


def _plain(text: str) -> Any:
    """Text of an article, without what would command the terminal."""
    from rich.text import Text

    return Text(_CONTROL.sub("�", text))


def _question(review: Review, thresholds: Sequence[float]) -> Iterator[Any]:
    from rich.rule import Rule
    from rich.styled import Styled
    from rich.table import Table

    row = review.question.row
    yield Rule(_plain(f"{review.place + 1} of {len(review.questions)}   {row.id}   {row.source}"))
    yield Styled(_plain(row.heading or row.headline), "bold")
    if row.heading and row.headline:
        yield Styled(_plain(row.headline), "italic")
    folded = not review.whole and len(row.body) > FOLDED_CHARS
    body = f"{row.body[:FOLDED_CHARS]}… ({WHOLE}: all {len(row.body)} characters)"
    yield _plain(f"\n{body if folded else row.body}\n")
    table = Table("key", "theme", "probability", "given from", "for (+) and against (−)", box=None)
    for key, name, threshold in zip(THEME_KEYS, review.names, thresholds, strict=False):
        words = review.question.words[name].items()
        cells = [key, name, f"{row.scores[name]:.2f}", f"{threshold:.2f}"]
        said = "  ".join(f"{word} {weight:+.2f}" for word, weight in words)
        style = "bold" if name in row.themes else ""
        table.add_row(*map(_plain, (*cells, said)), style=style)
    yield table


def _choice(review: Review) -> str:
    chosen = "、".join(review.chosen) or "none"
    last = THEME_KEYS[len(review.names) - 1]
    return (
        f"→ {chosen}\n"
        f"Enter accept   1–{last} choose, primary first   {NONE} none   {SKIP} skip   "
        f"{UNDO} undo   {WHOLE} whole text   {QUIT} quit"
    )
