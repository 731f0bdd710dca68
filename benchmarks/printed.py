"""News items with the headline that they were printed under, and which of them are kept aside."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from toolkit import Article, read_articles

# What a headline may take, of ours and of every rival that is held to the same.
MAX_CHARS = 24


def pairs(archive: Path) -> list[Article]:
    """The archive's items with a headline of their own and a body of 150 to 3,000 characters."""
    return [
        article
        for article in read_articles(archive)
        if 150 <= len(article.body) <= 3000
        and "快讯" not in article.title
        and not re.search("【.*】", article.title)
        and len(article.title) >= 6
    ]


def held_out(article: Article) -> bool:
    """Whether an item is kept for measuring: half of them are, by a hash of the id."""
    return _digest(article)[0] % 2 == 1


def fold(article: Article) -> int:
    """The half, 0 or 1, that an article is dealt to where each is measured by the other's model."""
    return _digest(article)[1] % 2


def _digest(article: Article) -> bytes:
    return sha256(article.id.encode()).digest()
