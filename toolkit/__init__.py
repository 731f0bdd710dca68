"""Reads Chinese newspaper pages and archives: articles, themes, headlines, summaries."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .article import Article, Row
    from .digest import Digest, DigestItem, make_digest
    from .errors import InputError, ModelError, ToolkitError
    from .headline import headlines
    from .labelled import LabelledArticle, load_labelled
    from .learning import ThemeTagger
    from .page import read_page
    from .phrases import keywords
    from .pipeline import Pipeline, read_articles
    from .summary import summaries
    from .textrank import Ranking, TextRank
    from .themes import ThemeModel
    from .tokens import TokenBatch, Tokenizer

_HOMES = {
    "Article": "article",
    "Row": "article",
    "Digest": "digest",
    "DigestItem": "digest",
    "make_digest": "digest",
    "InputError": "errors",
    "ModelError": "errors",
    "ToolkitError": "errors",
    "headlines": "headline",
    "summaries": "summary",
    "LabelledArticle": "labelled",
    "load_labelled": "labelled",
    "read_page": "page",
    "Pipeline": "pipeline",
    "read_articles": "pipeline",
    "Ranking": "textrank",
    "TextRank": "textrank",
    "keywords": "phrases",
    "ThemeTagger": "learning",
    "ThemeModel": "themes",
    "TokenBatch": "tokens",
    "Tokenizer": "tokens",
}

__all__ = [
    "Article",
    "Digest",
    "DigestItem",
    "InputError",
    "LabelledArticle",
    "ModelError",
    "Pipeline",
    "Ranking",
    "Row",
    "TextRank",
    "ThemeModel",
    "ThemeTagger",
    "TokenBatch",
    "Tokenizer",
    "ToolkitError",
    "headlines",
    "keywords",
    "load_labelled",
    "make_digest",
    "read_articles",
    "read_page",
    "summaries",
]


def __getattr__(name: str) -> Any:
    # Loaded when first used: reading a page must not wait for scikit-learn.
    if name not in _HOMES:
        raise AttributeError(f"module 'toolkit' has no attribute '{name}'")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
