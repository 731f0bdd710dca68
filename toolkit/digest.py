"""A digest of many articles: the most central stories, reprints folded together.

Only the articles that are asked for are kept, each with the counts of its words, so that an archive
can be far larger than memory. Stories are chosen by maximal marginal relevance (J. Carbonell and
J. Goldstein, SIGIR 1998), where an article's relevance is its degree centrality (G. Erkan and
D. Radev, "LexRank", JAIR 2004): the mean of its likeness to all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from zlib import crc32

import numpy as np
import scipy.sparse as sp

from .article import Article, Row
from .dates import is_iso_date, is_within, iso_date_of
from .errors import ToolkitError
from .pipeline import BATCH, Pipeline, batched
from .reprints import SIGNATURE, signatures_of, stories_of
from .textrank import Floats
from .themes import idf_of, tf_idf
from .tokens import Ints, TokenBatch, Tokenizer

DEFAULT_ITEMS = 10
_RELEVANCE = 0.5
_COLUMNS = 1 << 20
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|])")


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One story of a digest.

    Attributes
    ----------
    id, source, position, title : of the article that stands for the story.
    date : when it was printed, such as "2022-09-24" or "2022"; "" when not known.
    headline, summary : written from its body alone.
    folded : the ids of the articles that tell the same story and were left out for it.
    """

    id: str
    source: str
    position: int
    title: str
    date: str
    headline: str
    summary: str
    folded: list[str]


@dataclass(frozen=True, slots=True)
class Digest:
    """The stories, most central first, and what they were chosen from.

    Attributes
    ----------
    theme : the theme of all the articles; None for any.
    items : the stories.
    read : how many articles were read.
    undated : how many were left out because their date is not known.
    articles : how many were of the theme and the time asked for.
    stories : how many stories these tell.
    """

    theme: str | None
    items: list[DigestItem]
    read: int
    undated: int
    articles: int
    stories: int


def make_digest(
    articles: Iterable[Article],
    pipeline: Pipeline,
    *,
    theme: str | None = None,
    max_items: int = DEFAULT_ITEMS,
    max_chars: int | None = None,
    since: str | None = None,
    until: str | None = None,
    on_done: Callable[[int], None] = lambda count: None,
) -> Digest:
    """Choose the stories that tell most of what many articles tell.

    Parameters
    ----------
    pipeline : gives themes, headlines and summaries.
    theme : only articles that carry this theme; None takes all.
    max_items : at most so many stories.
    max_chars : at most so many characters of headlines and summaries. A story that does not fit
        has its headline alone, or is left out.
    since, until : only articles printed from this date to that, each a year, month or day such as
        "2022", "2022-09" or "2022-09-24", both included. Articles without a date are then left out.
    on_done : called with the number of articles of each batch that was read.

    Raises
    ------
    ToolkitError : the pipeline's model has no such theme.
    ValueError : a date is not in this form.
    """
    for date in (since, until):
        if date is not None and not is_iso_date(date):
            raise ValueError(f"'{date}' is no date such as 2022-09-24, 2022-09 or 2022")
    _check_theme(pipeline, theme)
    tokenizer = Tokenizer(pipeline.user_dict)
    kept: list[Article] = []
    counts = [sp.csr_array((0, _COLUMNS), dtype=np.float32)]
    signatures = [np.empty((0, SIGNATURE), np.uint32)]
    read = undated = 0
    for batch in batched(articles, BATCH):
        read += len(batch)
        on_done(len(batch))
        if since or until:
            dates = [iso_date_of(article) for article in batch]
            undated += dates.count("")
            batch = [
                article
                for article, date in zip(batch, dates, strict=True)
                if date and is_within(date, since, until)
            ]
        tokens = tokenizer.batch(batch)
        wanted = _wanted(pipeline, tokens, theme)
        kept += [batch[number] for number in wanted]
        counts.append(_counts(tokens)[wanted])
        signatures.append(signatures_of(tokens)[wanted])
    idf = idf_of(sp.vstack(counts, format="csr"))
    # Batch by batch, for what the weights are computed with is many times as large as they are.
    weights = sp.vstack([tf_idf(part, idf).astype(np.float32) for part in counts], format="csr")
    story_of = stories_of(np.concatenate(signatures))
    chosen = _choose(weights, story_of, max_items)
    items = [
        _item(row, [kept[other].id for other in np.flatnonzero(story_of == story) if other != own])
        for row, own, story in zip(
            pipeline.process(kept[number] for number in chosen),
            chosen.tolist(),
            story_of[chosen].tolist(),
            strict=True,
        )
    ]
    stories = int(story_of.max(initial=-1)) + 1
    return Digest(theme, _fitting(items, max_chars), read, undated, len(kept), stories)


def markdown(digest: Digest) -> str:
    """The digest as Markdown, a heading a story."""
    parts = [f"# {_escaped(digest.theme or 'digest')}", told(digest)]
    for item in digest.items:
        parts += [f"## {_escaped(item.headline)}", _escaped(item.summary)]
        parts.append(f"*{_escaped(_origin(item))}*")
    return "\n\n".join(filter(None, parts)) + "\n"


def text(digest: Digest) -> str:
    """The digest as lines for a terminal, an empty line between stories."""
    parts = [
        "\n".join(filter(None, (f"{place}. {item.headline}", item.summary, _origin(item))))
        for place, item in enumerate(digest.items, 1)
    ]
    return "\n\n".join(parts) + "\n" if parts else ""


def json_lines(digest: Digest) -> str:
    """The digest as JSON, a line a story."""
    return "".join(json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in digest.items)


def told(digest: Digest) -> str:
    """What the digest was made from, in one line."""
    wanted = f"{digest.articles} of {digest.theme or 'them'} taken"
    folded = f"{digest.articles - digest.stories} folded into another"
    return f"{digest.read} articles read, {wanted}, {folded}; {len(digest.items)} stories told"


FORMATS: dict[str, Callable[[Digest], str]] = {
    "text": text,
    "md": markdown,
    "jsonl": json_lines,
}
SUFFIXES = {".md": "md", ".txt": "text", ".jsonl": "jsonl"}


def _check_theme(pipeline: Pipeline, theme: str | None) -> None:
    known = [] if pipeline.tagger is None else [str(name) for name in pipeline.tagger.classes_]
    if theme is not None and theme not in known:
        raise ToolkitError(f"no theme '{theme}'; the model knows: {', '.join(known) or 'none'}")


def _wanted(pipeline: Pipeline, tokens: TokenBatch, theme: str | None) -> list[int]:
    """The articles that carry the theme."""
    if theme is None or pipeline.tagger is None:
        return list(range(len(tokens)))
    return [number for number, names in enumerate(pipeline.tagger.tag(tokens)) if theme in names]


def _counts(tokens: TokenBatch) -> sp.csr_array:
    """(D, 2 ** 20) how often each article has each content word, by the word's hash."""
    terms, term_of = tokens.terms
    often = np.bincount(term_of[term_of >= 0], minlength=len(terms)).astype(np.float32)
    column = tokens.lexicon.facts("digest", _columns, np.int32)[terms[:, 1]]
    shape = (len(tokens), _COLUMNS)
    return sp.csr_array((often, (terms[:, 0].astype(np.int32), column)), shape=shape)


def _columns(words: Sequence[str]) -> list[int]:
    # Python's own hash of a text differs from run to run.
    return [crc32(word.encode()) % _COLUMNS for word in words]


def _choose(weights: sp.csr_array, story_of: Ints, most: int) -> Ints:
    """The articles that stand for the stories of the digest, best first."""
    count = weights.shape[0]
    central: Floats = (weights @ weights.sum(axis=0, dtype=np.float64) / max(count, 1)).round(9)
    # The most central article of each story stands for it.
    order = np.lexsort((-central, story_of))
    standing = order[np.flatnonzero(np.diff(story_of[order], prepend=-1))]
    relevance = central[standing] / max(central.max(initial=0.0), 1e-9)
    others = weights[standing]
    likeness = np.zeros(len(standing))
    free = np.ones(len(standing), bool)
    chosen = []
    for _ in range(min(most, len(standing))):
        value = np.where(free, _RELEVANCE * relevance - (1 - _RELEVANCE) * likeness, -np.inf)
        best = int(value.round(9).argmax())
        free[best] = False
        chosen.append(best)
        likeness = np.maximum(likeness, others @ others[[best]].toarray()[0])
    return standing[np.array(chosen, np.int64)]


def _item(row: Row, folded: Sequence[str]) -> DigestItem:
    return DigestItem(
        row.id,
        row.source,
        row.position,
        row.title,
        iso_date_of(row),
        row.headline,
        row.summary,
        list(folded),
    )


def _fitting(items: Sequence[DigestItem], max_chars: int | None) -> list[DigestItem]:
    """The items that fit into so many characters, the first ones first."""
    if max_chars is None:
        return list(items)
    fitting = []
    for item in items:
        bare = replace(item, summary="")
        for version in (item, bare):
            chars = len(version.headline) + len(version.summary)
            if chars <= max_chars:
                fitting.append(version)
                max_chars -= chars
                break
    return fitting


def _origin(item: DigestItem) -> str:
    more = f"and {len(item.folded)} more like it" if item.folded else ""
    title = f"《{item.title}》" if item.title else ""
    return ", ".join(filter(None, (title, item.id, item.source, item.date, more)))


def _escaped(value: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(value.split()))
