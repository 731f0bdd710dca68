"""Labelled articles: reading a corpus, and dealing it into training and test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from .article import Article, whole_number
from .errors import InputError
from .readers import Page, read

TEST_PARTS = frozenset({"25", "26", "27"})
_SEPARATORS = re.compile(r"[、,，;；|\s]+")


@dataclass(slots=True, kw_only=True)
class LabelledArticle(Article):
    """An article with the themes a person gave it.

    Attributes
    ----------
    themes : primary theme first; empty for none.
    genre, year, city : what kind of piece it is, when and where it was printed.
    split : "train" or "test".
    note : why, where the label is a close call.
    """

    themes: list[str] = field(default_factory=list)
    genre: str = ""
    year: int | None = None
    city: str = ""
    split: str = "train"
    note: str = ""

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Make a labelled article from a record's values by field name.

        Raises
        ------
        ValueError : there is no body or no themes, or a value is not of its field's kind.
        """
        themes = values.get("themes")
        if isinstance(themes, str):
            themes = [part for part in _SEPARATORS.split(themes) if part]
        if not isinstance(themes, list) or not all(isinstance(part, str) for part in themes):
            raise ValueError("the field 'themes' must hold a list of names, empty for none")
        article = super(LabelledArticle, cls).from_mapping(values)
        article.themes = themes
        article.genre = str(values.get("genre") or "")
        article.year = whole_number("year", values["year"]) if values.get("year") else None
        article.city = str(values.get("city") or "")
        article.split = str(values.get("split") or "train")
        article.note = str(values.get("note") or "")
        return article


def load_labelled(path: str | Path, split: str | None = None) -> list[LabelledArticle]:
    """Read a labelled corpus: a file of records, or a folder of them.

    Parameters
    ----------
    split : keep only the articles of this split.

    Raises
    ------
    InputError : a file or record cannot be read, or is not labelled.
    """
    path = Path(path)
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise InputError(str(path), "the folder holds no .jsonl file of labelled articles")
    articles: list[LabelledArticle] = []
    for file in files:
        for item in read(file):
            if isinstance(item, Page):
                raise InputError(str(file), "not a file of labelled records; use JSONL or CSV")
            try:
                article = LabelledArticle.from_mapping(item.values)
            except ValueError as error:
                raise InputError(str(file), str(error), item.place) from None
            article.source = str(file)
            articles.append(article)
    return [article for article in articles if split in (None, article.split)]


def split_of(identifier: str) -> str:
    """The split of an article of our corpus by its id: four whole parts are for testing.

    They were written last, by writers who wrote nothing else, when all else was settled; so the
    test is of texts unlike those trained on, and nobody picks what is in it.
    """
    return "test" if identifier.partition("-")[0] in TEST_PARTS else "train"
