"""How well pages are split: boundaries, titles and fields over the pages of tests/pages."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit import Article, read_page

PAGES = Path(__file__).parent.parent / "tests" / "pages"


@dataclass
class Counts:
    """What was found on some pages, and what was expected there."""

    expected: int = 0
    found: int = 0
    matched: int = 0
    fields: dict[str, int] = field(default_factory=dict)
    passages: int = 0
    joined: int = 0

    @property
    def precision(self) -> float:
        """Share of the articles found that start and end where an expected one does."""
        return self.matched / max(self.found, 1)

    @property
    def recall(self) -> float:
        """Share of the expected articles that were found with both ends right."""
        return self.matched / max(self.expected, 1)


def solid(text: str) -> str:
    """A text without white space: what a break leaves behind is not what is measured."""
    return "".join(text.split())


def compare(articles: list[Article], expected: list[dict[str, Any]], counts: Counts) -> list[str]:
    """Add one page to the counts; what differs comes back as lines to read."""
    remaining = list(articles)
    differences = []
    counts.expected += len(expected)
    counts.found += len(articles)
    for want in expected:
        start = solid(want["body_starts"])
        article = next((a for a in remaining if solid(a.body).startswith(start)), None)
        if article is None:
            differences.append(f"no article starts: {want['body_starts']}")
            continue
        remaining.remove(article)
        body = solid(article.body)
        if body.endswith(solid(want["body_ends"])):
            counts.matched += 1
        else:
            differences.append(f"ends: {article.body[-30:]!r} for {want['body_ends']!r}")
        for name in ("kicker", "title", "subtitle", "reporters", "correspondents"):
            got = getattr(article, name)
            if got == want[name]:
                counts.fields[name] = counts.fields.get(name, 0) + 1
            else:
                differences.append(f"{name}: {got!r} for {want[name]!r}")
        for passage in want["joined"]:
            counts.passages += 1
            if any(solid(passage) in solid(line) for line in article.body.split("\n")):
                counts.joined += 1
            else:
                differences.append(f"not joined: {passage}")
    differences += [f"unexpected: {a.title!r} {a.body[:30]!r}" for a in remaining]
    return differences


def load(path: Path) -> tuple[list[Article], list[dict[str, Any]]]:
    """Read a page and its expected reading."""
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    return read_page(path.read_text("utf-8"), str(path)), expected


def main(prefixes: list[str]) -> None:
    """Print the counts of the pages whose names start with a prefix, and every difference."""
    for prefix in prefixes:
        counts = Counts()
        for path in sorted(PAGES.glob(f"{prefix}*.txt")):
            differences = compare(*load(path), counts)
            for difference in differences:
                print(f"  {path.stem}: {difference}")
        print(
            f"{prefix}: {counts.expected} articles; boundaries: precision {counts.precision:.3f}, "
            f"recall {counts.recall:.3f}; passages joined {counts.joined}/{counts.passages}; "
            "exact: "
            + ", ".join(f"{name} {n}/{counts.expected}" for name, n in counts.fields.items())
        )


if __name__ == "__main__":
    main(sys.argv[1:] or ["dev", "held"])
