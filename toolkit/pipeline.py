"""The steps in order: files to articles, articles to rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from . import models
from .article import Article, Row, identifier
from .errors import InputError
from .headline import DEFAULT_HEADLINE_CHARS, Style, headlines
from .page import read_page
from .phrases import keywords
from .readers import (
    Item,
    Limits,
    OnError,
    Page,
    Reading,
    Record,
    entries,
    root_of,
    stop,
    time_limit,
)
from .summary import summaries
from .textrank import TextRank
from .themes import ThemeModel
from .tokens import TokenBatch, Tokenizer

BATCH = 256
EVIDENCE_WORDS = 6
_BATCH_CHARS = 500_000


def read_articles(
    *paths: str | Path,
    fields: Mapping[str, str] | None = None,
    input_format: str | None = None,
    encoding: str | None = None,
    on_error: OnError = stop,
    on_encoding: Callable[[str, str, bool], None] | None = None,
    limits: Limits | None = None,
) -> Iterator[Article]:
    """Read the articles of files, folders or standard input ("-"), in the order given.

    Parameters
    ----------
    fields : field of the schema to the name the records give it, such as {"body": "内容"}.
    input_format, encoding, on_encoding, limits : see `toolkit.readers.Reading`.
    on_error : called for what cannot be read; by default it is raised.

    Yields
    ------
    Articles with `source`, `position` and an id: the record's own, or one made of both.
    """
    limits, root = limits or Limits(), root_of(paths)
    reading = Reading(input_format, encoding, on_encoding or (lambda *_: None), limits=limits)
    for entry in entries(paths, reading):
        if isinstance(entry, InputError):
            on_error(entry)
        else:
            yield from articles_of(entry, fields or {}, on_error, limits, root)


def articles_of(
    item: Item, fields: Mapping[str, str], on_error: OnError, limits: Limits, root: str
) -> list[Article]:
    """The articles of a page or a record; `on_error` is called for none, and for what is too long.

    Parameters
    ----------
    root : the folder that holds all inputs; ids tell the folders below it.
    limits : of a page's articles, an article's characters, and the seconds a page may take.
    """
    if isinstance(item, Page):
        try:
            with time_limit(limits.seconds):
                found = read_page(item.text, item.source)
        except TimeoutError:
            problem = limits.refusal("seconds", "reading the page takes more seconds")
            on_error(InputError(item.source, problem))
            return []
        if not found:
            on_error(InputError(item.source, "no article was found in the text"))
        if len(found) > limits.page_articles:
            problem = limits.refusal("page-articles", "the page has more articles")
            on_error(InputError(item.source, problem))
            return []
        for article in found:
            article.id = identifier(article.source, article.position, root)
        return [article for article in found if _is_short(article, item, on_error, limits)]
    values = dict(item.values)
    for name, column in fields.items():
        values[name] = item.values.get(column)
    try:
        article = Article.from_mapping(values)
    except ValueError as error:
        known = ", ".join(str(name) for name in item.values)
        problem = f"{error}; the record has: {known}; map one with --field body=NAME"
        on_error(InputError(item.source, problem, item.place))
        return []
    article.source = article.source or item.source
    article.position = article.position or item.position
    article.id = article.id or identifier(article.source, article.position, root)
    return [article] if _is_short(article, item, on_error, limits) else []


def _is_short(article: Article, item: Item, on_error: OnError, limits: Limits) -> bool:
    if len(article.body) <= limits.article_chars:
        return True
    place = item.place if isinstance(item, Record) else f"article {article.position + 1}"
    problem = limits.refusal("article-chars", "the article has more characters")
    on_error(InputError(item.source, problem, place))
    return False


@dataclass
class Pipeline:
    """Turns articles into rows: themes, evidence, headline, summary, keywords.

    Attributes
    ----------
    tagger : gives the themes; None leaves them out.
    ranker : ranks sentences and words; None leaves out headline, summary and keywords.
    headline_chars : the most characters of a headline.
    headline_style : see `toolkit.headline.Style`.
    summary_chars, summary_sentences : see `toolkit.summaries`.
    keyword_count : how many keywords.
    """

    tagger: ThemeModel | None = None
    ranker: TextRank | None = field(default_factory=TextRank)
    headline_chars: int = DEFAULT_HEADLINE_CHARS
    headline_style: Style | str = Style.plain
    summary_chars: int | None = None
    summary_sentences: int | None = None
    keyword_count: int = 8
    user_dict: str | Path | None = None

    def __post_init__(self) -> None:
        if self.user_dict is None and self.tagger is not None:
            self.user_dict = self.tagger.user_dict
        self._tokenizer = Tokenizer(self.user_dict)

    @classmethod
    def load(cls, model: str | Path | None = None, **settings: object) -> Self:
        """A pipeline with a trained model: the folder of one, or None for the one that ships.

        Raises
        ------
        ModelError : the model cannot be loaded.
        """
        return cls(tagger=models.load(model), **settings)  # type: ignore[arg-type]

    def process(self, articles: Iterable[Article]) -> list[Row]:
        """Rows for articles, in the order given."""
        return [row for batch in batched(articles, BATCH) for row in self._process(batch)]

    def stream(self, articles: Iterable[Article], size: int = BATCH) -> Iterator[list[Row]]:
        """The same, `size` rows at a time, so that an archive need not fit in memory."""
        for batch in batched(articles, size):
            yield self._process(batch)

    def _process(self, articles: Sequence[Article]) -> list[Row]:
        rows = [Row.of(article) for article in articles]
        batch = self._tokenizer.batch(articles)
        if self.tagger is not None:
            self._tag(self.tagger, rows, batch)
        if self.ranker is not None:
            ranking = self.ranker.rank(batch)
            written = zip(
                headlines(
                    ranking,
                    max_chars=self.headline_chars,
                    style=self.headline_style,
                    evidence=of_first_theme([row.evidence for row in rows]),
                ),
                summaries(ranking, max_chars=self.summary_chars, sentences=self.summary_sentences),
                keywords(ranking, self.keyword_count),
                strict=True,
            )
            for row, (headline, summary, words) in zip(rows, written, strict=True):
                row.headline, row.summary, row.keywords = headline, summary, words
        return rows

    def _tag(self, tagger: ThemeModel, rows: Sequence[Row], batch: TokenBatch) -> None:
        probabilities, evidence = tagger.with_evidence(batch, EVIDENCE_WORDS)
        names = [str(name) for name in tagger.classes_]
        for row, themes, scores, words in zip(
            rows, tagger.names(probabilities), probabilities.tolist(), evidence, strict=True
        ):
            row.themes, row.evidence = themes, words
            row.theme = themes[0] if themes else None
            row.scores = {name: round(p, 4) for name, p in zip(names, scores, strict=True)}


def of_first_theme(
    evidence: Iterable[Mapping[str, Mapping[str, float]]],
) -> list[Mapping[str, float]]:
    """For each article, what spoke for its likeliest theme; nothing where it has none."""
    return [next(iter(themes.values()), {}) for themes in evidence]


def batched(articles: Iterable[Article], size: int) -> Iterator[list[Article]]:
    """Lists of `size` articles, or of fewer where they are long, the last as long as what is left.

    Memory grows with the characters of a batch, so a batch ends at 500,000 of them too.
    """
    batch: list[Article] = []
    chars = 0
    for article in articles:
        batch.append(article)
        chars += len(article.body)
        if len(batch) >= size or chars >= _BATCH_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch
