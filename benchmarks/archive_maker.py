"""Archives of any size for measuring speed: made of the labelled corpus, or a real one repeated.

python -m benchmarks.archive_maker -n 10000 -o archive.jsonl     make one
python -m benchmarks.archive_maker -n 10000 --check              how like the corpus it is

A made article takes its theme and the lengths of its paragraphs from an article of the corpus and
fills them with whole sentences of other articles of that theme, opening sentences where an article
opens. Rare names of people and places, and numbers, are slots that are filled anew each time, with
one used before or with one invented. How often one is invented is the slope of Heaps' law,
V(n) = K n^b, fitted on the corpus, so the vocabulary goes on growing as the corpus's does. The same
seed gives the same archive, and a shorter archive is the start of a longer one.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import rjieba

from toolkit import LabelledArticle, load_labelled, read_articles

ROOT = Path(__file__).parent.parent
REAL = ROOT.parent / "shared" / "archive" / "tv-news-2022-2023.jsonl.gz"
SEED = 0

_SENTENCE = re.compile(r"[^。！？…]*[。！？…]+[”’」』）》]*|[^。！？…]+")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_PERSON, _PLACE = "person", "place"
# A name that stands in more articles than this is a public one, which a paper goes on using.
_RARE = 2
# Below this many digits there are too few numbers for new ones to be invented.
_OPEN_DIGITS = 3

Record = dict[str, str]
Tagged = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with slots: a text before each slot, the kind of each, and the text at the end."""

    before: tuple[str, ...]
    slots: tuple[str, ...]
    end: str


@dataclass(slots=True)
class Theme:
    """What the articles of one theme give: their shapes, titles and sentences.

    Attributes
    ----------
    shapes : the lengths of each article's paragraphs, in characters.
    """

    shapes: list[list[int]] = field(default_factory=list)
    titles: list[Template] = field(default_factory=list)
    leads: list[Template] = field(default_factory=list)
    others: list[Template] = field(default_factory=list)


@dataclass(frozen=True)
class Heaps:
    """Heaps' law: a text of n words holds `factor * n ** exponent` different ones."""

    factor: float
    exponent: float

    def slope(self, words: float) -> float:
        """The chance that the next word has not been seen before."""
        return self.factor * self.exponent * math.pow(max(words, 1.0), self.exponent - 1)


class Fillings:
    """What the slots of each kind have held so far, and what is invented for them.

    Drawing from everything that was ever filled in makes the frequent more frequent, as in real
    text (H. Simon, "On a class of skew distribution functions", 1955).
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._held: dict[str, list[str]] = defaultdict(list)
        self._known: set[str] = set()
        self._surnames: list[str] = []
        self._given: list[str] = []
        self._syllables: list[str] = []
        self._endings: list[str] = []

    def add(self, kind: str, text: str) -> None:
        """Note what the corpus has in a slot; its characters are what new names are made of."""
        self._held[kind].append(text)
        self._known.add(text)
        if kind == _PERSON:
            self._surnames.append(text[0])
            self._given += text[1:]
        elif kind == _PLACE:
            self._syllables += text[:-1]
            self._endings.append(text[-1])

    def draw(self, kind: str, new: float) -> str:
        """Fill a slot: with something new, at the chance given, or with what one held before."""
        text = self._rng.choice(self._held[kind])
        if is_open(kind) and self._rng.random() < new:
            text = self._invent(kind)
        self._held[kind].append(text)
        return text

    def _invent(self, kind: str) -> str:
        extra = 0
        while (text := self._propose(kind, extra // 4)) in self._known:
            # After some tries in vain a longer one is taken.
            extra += 1
        self._known.add(text)
        return text

    def _propose(self, kind: str, longer: int) -> str:
        choose = self._rng.choice
        if kind == _PERSON:
            given = (choose(self._given) for _ in range(self._rng.randint(1, 2) + longer))
            return choose(self._surnames) + "".join(given)
        if kind == _PLACE:
            first = (choose(self._syllables) for _ in range(2 + longer))
            return "".join(first) + choose(self._endings)
        digits = (str(self._rng.randint(0, 9)) if c == "0" else c for c in kind[1:])
        more = (str(self._rng.randint(0, 9)) for _ in range(longer))
        return str(self._rng.randint(1, 9)) + "".join(more) + "".join(digits)


class Maker:
    """Makes articles out of a labelled corpus.

    Parameters
    ----------
    corpus : the articles to take apart.
    seed : of all that is drawn.
    """

    def __init__(self, corpus: Sequence[LabelledArticle], seed: int = SEED) -> None:
        self._rng = random.Random(seed)
        self._fillings = Fillings(self._rng)
        self._themes: dict[str, Theme] = defaultdict(Theme)
        self._order = [theme_of(article) for article in corpus]
        tagged = [[sentences(line) for line in article.body.split("\n")] for article in corpus]
        titles = [rjieba.tag(article.title) for article in corpus]
        rare = rare_names([[t for line in article for t in line] for article in tagged])
        slots = 0
        for article, title, lines in zip(corpus, titles, tagged, strict=True):
            theme = self._themes[theme_of(article)]
            theme.shapes.append([len(line) for line in article.body.split("\n")])
            if article.title:
                theme.titles.append(self._template(title, rare))
            templates = [self._template(tags, rare) for line in lines for tags in line]
            theme.leads += templates[:1]
            theme.others += templates[1:]
            slots += sum(is_open(kind) for template in templates for kind in template.slots)
        words = [[word for line in lines for tags in line for word, _ in tags] for lines in tagged]
        self._heaps = heaps(words)
        self._corpus_words = sum(map(len, words))
        self._slots_per_word = slots / self._corpus_words
        self._words_per_char = self._corpus_words / sum(len(article.body) for article in corpus)

    def articles(self) -> Iterator[Record]:
        """Articles without end, each with an id, a title and a body."""
        chars = 0
        number = 0
        while True:
            number += 1
            theme = self._themes[self._rng.choice(self._order)]
            new = self._invention(chars * self._words_per_char)
            title = self._fill(self._rng.choice(theme.titles), new) if theme.titles else ""
            body = self._body(theme, new)
            chars += len(body)
            yield {"id": f"made-{number:08d}", "title": title, "body": body}

    def _invention(self, words: float) -> float:
        """The chance that a slot holds something new, after so many words."""
        # At first the corpus's own words are new too; the slots take over as these run out.
        spent = 1 - math.exp(-words / self._corpus_words)
        return min(1.0, spent * self._heaps.slope(words) / self._slots_per_word)

    def _body(self, theme: Theme, new: float) -> str:
        paragraphs: list[str] = []
        for goal in self._rng.choice(theme.shapes):
            text = self._fill(self._rng.choice(theme.others if paragraphs else theme.leads), new)
            while True:
                following = self._fill(self._rng.choice(theme.others), new)
                # The sentence that comes nearer to the length by being left out ends it.
                if len(text) + len(following) / 2 > goal:
                    break
                text += following
            paragraphs.append(text)
        return "\n".join(paragraphs)

    def _fill(self, template: Template, new: float) -> str:
        filled = [
            before + self._fillings.draw(kind, new)
            for before, kind in zip(template.before, template.slots, strict=True)
        ]
        return "".join(filled) + template.end

    def _template(self, tagged: Tagged, rare: set[str]) -> Template:
        before: list[str] = []
        slots: list[str] = []
        text = ""
        for place, (word, tag) in enumerate(tagged):
            following = tagged[place + 1][0] if place + 1 < len(tagged) else ""
            kind = slot(word, tag, following, rare)
            if kind is None:
                text += word
                continue
            before.append(text)
            slots.append(kind)
            self._fillings.add(kind, word)
            text = ""
        return Template(tuple(before), tuple(slots), text)


def theme_of(article: LabelledArticle) -> str:
    """An article's primary theme; "" for none."""
    return article.themes[0] if article.themes else ""


def sentences(line: str) -> list[Tagged]:
    """The sentences of a paragraph, each as its words with their tags."""
    return [rjieba.tag(sentence) for sentence in _SENTENCE.findall(line)]


def slot(word: str, tag: str, following: str, rare: set[str]) -> str | None:
    """The kind of slot that a word makes: a name's, or a number's with its digits as 0."""
    if _NUMBER.fullmatch(word):
        return None if following.startswith("年") else re.sub(r"\d", "0", word)
    if word in rare:
        return _PERSON if tag.startswith("nr") else _PLACE
    return None


def is_open(kind: str) -> bool:
    """Whether something new can be invented for a kind of slot."""
    return kind in (_PERSON, _PLACE) or kind.count("0") >= _OPEN_DIGITS


def rare_names(articles: Sequence[Sequence[Tagged]]) -> set[str]:
    """Names of people and places of two or three characters that stand in few articles."""
    standing = Counter(
        word
        for article in articles
        for word in {
            word
            for tagged in article
            for word, tag in tagged
            if tag.startswith(("nr", "ns")) and 2 <= len(word) <= 3
        }
    )
    return {word for word, count in standing.items() if count <= _RARE}


def vocabulary(texts: Iterable[Sequence[str]]) -> tuple[list[int], list[int]]:
    """How many words, and how many different ones, there are after each text."""
    seen: set[str] = set()
    words, different = [0], [0]
    for text in texts:
        seen.update(text)
        words.append(words[-1] + len(text))
        different.append(len(seen))
    return words[1:], different[1:]


def heaps(texts: Iterable[Sequence[str]]) -> Heaps:
    """Heaps' law of some texts, by least squares over the logarithms of both counts."""
    words, different = map(np.array, vocabulary(texts))
    # Growth slows down in a small corpus, so what is to be continued is that of its last nine
    # tenths; evenly spaced logarithms, else the many points at the end would be all that counts.
    chosen = np.unique(np.geomspace(max(len(words) // 10, 1), len(words), 50).astype(int)) - 1
    exponent, logarithm = np.polyfit(np.log(words[chosen]), np.log(different[chosen]), 1)
    return Heaps(float(np.exp(logarithm)), float(exponent))


def made(count: int, seed: int = SEED) -> Iterator[Record]:
    """So many articles made of the labelled corpus."""
    return islice(Maker(load_labelled(ROOT / "labelled"), seed).articles(), count)


def repeated(archive: Path, count: int) -> Iterator[Record]:
    """A real archive, as often as it takes for so many articles; every id is given once."""
    articles = [{"id": a.id, "title": a.title, "body": a.body} for a in read_articles(archive)]
    if not articles:
        raise SystemExit(f"{archive}: no articles in it")
    for number in range(count):
        turn, place = divmod(number, len(articles))
        article = articles[place]
        yield article | {"id": f"{article['id']}-{turn}"} if turn else article


def write(records: Iterable[Record], path: Path) -> None:
    """Write records as JSONL."""
    with path.open("w", encoding="utf-8") as stream:
        for record in records:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def describe(bodies: Sequence[str]) -> dict[str, float | list[float]]:
    """Lengths and vocabulary of some articles."""
    words = [rjieba.cut(body) for body in bodies]
    law = heaps(words)
    lengths = np.array([len(body) for body in bodies])
    return {
        "articles": len(bodies),
        "mb": round(sum(len(body.encode()) for body in bodies) / 1e6, 2),
        "characters 5 25 50 75 95 %": np.percentile(lengths, [5, 25, 50, 75, 95]).tolist(),
        "words": sum(map(len, words)),
        "different words": len(set().union(*words)),
        "heaps factor": round(law.factor, 2),
        "heaps exponent": round(law.exponent, 3),
    }


def records(archive: Path | None, count: int, seed: int) -> Iterator[Record]:
    """So many articles: of a real archive, or made when none is given."""
    return repeated(archive, count) if archive else made(count, seed)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("-n", "--articles", type=int, default=1000)
    parser.add_argument("-o", "--output", type=Path, help="write JSONL here")
    parser.add_argument("--archive", type=Path, help="repeat this one instead of making one")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--check", action="store_true", help="print what the archive is like")
    options = parser.parse_args()
    if options.output:
        write(records(options.archive, options.articles, options.seed), options.output)
    if options.check:
        bodies = [r["body"] for r in records(options.archive, options.articles, options.seed)]
        compared = {
            "archive": bodies,
            "labelled": [a.body for a in load_labelled(ROOT / "labelled")],
        }
        if REAL.exists():
            compared[REAL.name] = [article.body for article in read_articles(REAL)]
        print(json.dumps({name: describe(texts) for name, texts in compared.items()}, indent=1))


if __name__ == "__main__":
    main()
