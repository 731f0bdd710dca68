"""Labelled articles: reading them, correcting them, and dealing them into training and test."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from .article import Article, identifier, whole_number
from .errors import InputError
from .page import read_page
from .readers import Page, read
from .similarity import overlap

TEST_PARTS = frozenset({"28", "29", "30", "31"})
# What people call the articles of no theme, in a table's cell or as a folder's name.
NONE = frozenset({"none", "无", "其他", "其它"})
# Texts that have this share of the shorter one in common are one article.
SAME_TEXT = 0.5
_SEPARATORS = re.compile(r"[、,，;；|\s]+")
_TABLES = re.compile(r"\.(jsonl|ndjson|csv|tsv|xlsx)(\.gz|\.zst)?$")


@dataclass(slots=True, kw_only=True)
class LabelledArticle(Article):
    """An article with the themes a person gave it.

    Attributes
    ----------
    themes : primary theme first; empty for none.
    genre, year, city : what kind of piece it is, when and where it was printed.
    split : "train" or "test".
    note : why, where the label is a close call.
    place : where in its file it stands, such as "line 3".
    """

    themes: list[str] = field(default_factory=list)
    genre: str = ""
    year: int | None = None
    city: str = ""
    split: str = "train"
    note: str = ""
    place: str = ""

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
        article.themes = [theme for theme in dict.fromkeys(themes) if theme.lower() not in NONE]
        article.genre = str(values.get("genre") or "")
        article.year = whole_number("year", values["year"]) if values.get("year") else None
        article.city = str(values.get("city") or "")
        article.split = str(values.get("split") or "train")
        article.note = str(values.get("note") or "")
        return article


def load_labelled(
    paths: str | Path | Sequence[str | Path],
    split: str | None = None,
    fields: Mapping[str, str] | None = None,
) -> list[LabelledArticle]:
    """Read labelled articles.

    Parameters
    ----------
    paths : one path or several; each is a file of records, a folder of such files, or a folder
        that holds a folder of texts for each theme, and one called "none" or "其他". Where two
        paths label the same article, by its id and its text, the later one's themes hold, in
        the place and the split of the earlier.
    split : keep only the articles of this split.
    fields : field to the name that records may give it, such as {"themes": "主题"}.

    Raises
    ------
    InputError : a file or record cannot be read, or is not labelled.
    """
    paths = [paths] if isinstance(paths, str | Path) else paths
    articles: list[LabelledArticle] = []
    for path in paths:
        _correct(articles, list(_load(Path(path), fields or {})))
    return [article for article in articles if split in (None, article.split)]


def _correct(articles: list[LabelledArticle], later: Iterable[LabelledArticle]) -> None:
    """Add later articles, each in the place of the same one where that is there."""
    places: dict[str, list[int]] = {}
    for place, article in enumerate(articles):
        places.setdefault(article.id, []).append(place)
    for article in later:
        for place in places.get(article.id, ()):
            # Two tables that both count from 1 give one id to two articles.
            if overlap(articles[place].body, article.body) >= SAME_TEXT:
                article.split = articles[place].split
                articles[place] = article
                break
        else:
            articles.append(article)


def _load(path: Path, fields: Mapping[str, str]) -> Iterator[LabelledArticle]:
    if not path.is_dir():
        yield from _records(path, fields)
        return
    inside = sorted(each for each in path.iterdir() if not each.name.startswith("."))
    files = [each for each in inside if each.is_file() and _TABLES.search(each.name.lower())]
    folders = [each for each in inside if each.is_dir()]
    if files:
        for file in files:
            yield from _records(file, fields)
    elif folders:
        for folder in folders:
            yield from _texts(folder)
    else:
        problem = "the folder holds no .jsonl or .csv file of labelled articles"
        raise InputError(str(path), f"{problem}, and no folder of texts for each theme")


def _records(file: Path, fields: Mapping[str, str]) -> Iterator[LabelledArticle]:
    for item in read(file):
        if isinstance(item, Page):
            raise InputError(str(file), "not a file of labelled records; use JSONL or CSV")
        # Of several paths one may have its own names, and answers have ours.
        renamed = {name: item.values[own] for name, own in fields.items() if own in item.values}
        values = {**item.values, **renamed}
        try:
            article = LabelledArticle.from_mapping(values)
        except ValueError as error:
            known = ", ".join(str(name) for name in item.values)
            problem = f"{error}; the record has: {known}; map one with --field themes=NAME"
            raise InputError(str(file), problem, item.place) from None
        article.source, article.place = str(file), item.place
        article.id = article.id or identifier(str(file), item.position)
        yield article


def _texts(folder: Path) -> Iterator[LabelledArticle]:
    """The articles of one theme, one a file, the theme being the folder's name."""
    themes = [] if folder.name.lower() in NONE else [folder.name]
    for item in read(folder):
        if not isinstance(item, Page):
            problem = f"a folder of a theme holds texts, one article each; move it out of {folder}"
            raise InputError(item.source, problem)
        found = read_page(item.text, item.source)
        # What reads as several articles was still put here as one.
        article = found[0] if len(found) == 1 else Article(body=item.text.strip())
        yield LabelledArticle(
            **article.to_dict() | {"id": _name_within(item.source, folder), "source": item.source},
            themes=themes,
        )


def _name_within(source: str, folder: Path) -> str:
    return Path(source).relative_to(folder.parent).with_suffix("").as_posix()


def split_of(identifier: str) -> str:
    """The split of an article of our corpus by its id: four whole parts are for testing.

    They were written last, by writers who wrote nothing else, when all else was settled; so the
    test is of texts unlike those trained on, and nobody picks what is in it.
    """
    return "test" if identifier.partition("-")[0] in TEST_PARTS else "train"
