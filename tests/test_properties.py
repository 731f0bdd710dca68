"""What holds for any text, any record and any row, however odd."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit import Article, Pipeline, Row, TextRank, ToolkitError, read_page
from toolkit.archive import Job, Output, process
from toolkit.article import field_names
from toolkit.cells import defuse, restore
from toolkit.errors import InputError, printable
from toolkit.headline import headlines
from toolkit.readers import READERS, Page, Reading, Record, entries
from toolkit.tokens import Tokenizer
from toolkit.writers import FORMATS

from .conftest import ROOT

NAMES = field_names(Row)
SOURCE = (ROOT / "examples" / "page.txt").read_text("utf-8")
# Pieces of a real page among what no page has: any code point, lone surrogates too.
PIECES = [SOURCE[at : at + length] for length in (1, 7, 40) for at in range(0, len(SOURCE), 97)]
ODD = [
    "\0",
    "\ufeff",
    "\u202e",
    "\u2028",
    "\r",
    "\t",
    "\x1b[31m",
    "\ud800",
    "=1+1",
    "　",
    "……",
    "——",
]
CHARACTERS = st.text(st.characters(codec=None), max_size=12)
TEXTS = st.lists(st.sampled_from([*PIECES, *ODD, "\n", "。", "，"]) | CHARACTERS, max_size=30).map(
    "".join
)
BODIES = TEXTS.filter(str.strip)
WORDS = st.lists(TEXTS, max_size=3)
NUMBERS = st.dictionaries(TEXTS, st.floats(0, 1), max_size=3)
ROWS = st.builds(
    Row,
    id=TEXTS,
    source=TEXTS,
    position=st.integers(-(2**63), 2**63 - 1),
    kicker=TEXTS,
    title=TEXTS,
    subtitle=TEXTS,
    reporters=WORDS,
    correspondents=WORDS,
    body=BODIES,
    theme=st.none() | TEXTS,
    themes=WORDS,
    scores=NUMBERS,
    evidence=st.dictionaries(TEXTS, NUMBERS, max_size=2),
    headline=TEXTS,
    summary=TEXTS,
    keywords=WORDS,
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
some = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def whole(text: str) -> str:
    """The text with ? for a lone surrogate, as CSV and Parquet have it."""
    return text.encode("utf-8", "replace").decode()


def segmented(text: str) -> str:
    """The text with the mark for a lone surrogate that the segmenter takes."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


@given(st.data(), st.sampled_from(sorted(READERS)))
@settings(some, max_examples=250)
def test_readers_raise_nothing_but_ours(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, kind: str
) -> None:
    content = data.draw(
        st.binary(max_size=400)
        | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass"))
        | TEXTS.map(lambda text: text.encode("gb18030", "replace"))
        | st.lists(JSON).map(lambda values: "\n".join(map(json.dumps, values)).encode())
        | JSON.map(lambda value: json.dumps(value).encode())
    )
    path = tmp_path_factory.mktemp("any") / "a"
    path.write_bytes(content)
    found = list(entries([path], Reading(input_format=kind)))
    assert found, "neither an item nor a word of it"
    for entry in found:
        assert isinstance(entry, Page | Record | InputError)
        if isinstance(entry, InputError):
            assert str(entry).replace("\u3000", "").isprintable()


@given(st.dictionaries(st.sampled_from(NAMES) | TEXTS, JSON, max_size=6))
@settings(some, max_examples=300)
def test_any_record_is_an_article_or_one_error(values: dict[str, Any]) -> None:
    job = Job(NAMES, tag=False, write=False)
    done = process(job, [Record("s", 3, "line 4", values)])
    assert done.articles + len(done.rejected) == 1
    assert all("\n" not in str(error) for error in done.rejected)


@given(TEXTS)
@some
def test_a_page_invents_nothing(text: str) -> None:
    articles = read_page(text, "s")
    assert [article.position for article in articles] == list(range(len(articles)))
    assert len({article.id for article in articles}) == len(articles)
    # A mark may be widened, and odd blanks become plain ones; nothing else comes.
    printed = set(normalize("NFKC", segmented(text))) | {"\n", " "}
    for article in articles:
        assert article.body.strip()
        assert not set(normalize("NFKC", article.body + article.heading)) - printed


@given(st.lists(TEXTS, max_size=4))
@some
def test_tokens_are_the_text(texts: list[str]) -> None:
    tokenizer = Tokenizer()
    together = tokenizer.batch(texts)
    assert len(together) == len(texts)
    alone = [tokenizer.batch([text]) for text in texts]
    counts = [int((together.document_of == number).sum()) for number in range(len(texts))]
    assert counts == [len(batch.document_of) for batch in alone]
    for batch, text in zip(alone, texts, strict=True):
        size = len(batch.document_of)
        # A lexicon has words in simplified characters, each as long as what stands in the text.
        assert all(
            len(batch.word(token)) == len(batch.text_of(token, token + 1)) for token in range(size)
        )
        words = "".join(batch.text_of(token, token + 1) for token in range(size))
        assert re.sub(r"\s", "", words) == re.sub(r"\s", "", segmented(text))


@given(st.lists(BODIES.map(lambda body: Article(body=body)), min_size=1, max_size=4))
@some
def test_ranks_are_shares(articles: list[Article]) -> None:
    ranking = TextRank().rank(articles)
    assert np.isfinite(ranking.sentences).all()
    assert (ranking.sentences >= 0).all()
    for article, headline in zip(articles, headlines(ranking, max_chars=24), strict=True):
        assert len(headline) <= 24
        # A blank stands where the sentence had a comma.
        assert not set(headline) - set(segmented(article.body)) - {" "}


@given(articles=st.lists(BODIES.map(lambda body: Article(body=body)), max_size=5))
@settings(some, max_examples=80)
def test_rows_of_the_pipeline(pipeline: Pipeline, articles: list[Article]) -> None:
    rows = pipeline.process(articles)
    assert [row.body for row in rows] == [article.body for article in articles]
    # Headlines: see the next test.
    alone = [replace(pipeline.process([article])[0], headline="") for article in articles]
    assert [replace(row, headline="") for row in rows] == alone
    for row in rows:
        assert all(math.isfinite(p) and 0 <= p <= 1 for p in row.scores.values())
        assert (row.theme is None) == (not row.themes)
        assert all(map(math.isfinite, (w for e in row.evidence.values() for w in e.values())))
        body = segmented(row.body)
        assert all(word in re.sub(r"\s", "", body) or word in body for word in row.keywords)


def test_a_headline_is_the_article_s_alone(pipeline: Pipeline) -> None:
    articles = [Article(body="("), Article(body="点40分，外卖")]
    assert pipeline.process(articles)[1] == pipeline.process(articles[1:])[0]


@given(st.lists(ROWS, max_size=3), st.sampled_from(sorted(FORMATS)))
@settings(some, max_examples=120)
def test_rows_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], name: str
) -> None:
    form = FORMATS[name]
    folder = tmp_path_factory.mktemp("rows")
    collected, finished = folder / "collected", folder / f"out.{name}"
    collected.write_bytes(form.header(NAMES) + b"".join(form.encode([row], NAMES) for row in rows))
    form.finish(collected, finished)
    found = list(entries([finished], Reading(encoding="utf-8")))
    assert [type(each) for each in found] == [Record] * len(rows) or (
        not rows and isinstance(found[0], InputError)
    )
    kept = (lambda text: text) if name == "jsonl" else whole
    for record, row in zip(found if rows else [], rows, strict=True):
        assert isinstance(record, Record)
        for field in ("id", "source", "kicker", "title", "subtitle", "body", "headline"):
            assert record.values[field] == kept(getattr(row, field))
        assert int(record.values["position"]) == row.position
    if name == "parquet":
        assert sum(batch.num_rows for batch in [pq.read_table(finished)] if rows) == len(rows)


@given(TEXTS | st.from_regex(r"'*\s*[=+@＝'-]?.{0,4}", fullmatch=True))
@settings(max_examples=500, deadline=None)
def test_a_cell_is_no_formula_and_reads_back(text: str) -> None:
    cell = defuse(text)
    assert restore(cell) == text
    number = re.fullmatch(r"[+-]?\d+(\.\d+)?", cell)
    assert number or not re.match(r"[\s\0]*[=+\-@＝＋－＠]|[\t\r\n\0]", cell)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("-12", "-12"),
        ("+3.5", "+3.5"),
        ("'-12", "''-12"),
        ("'老'井", "'老'井"),
        ("－－记老井", "'－－记老井"),
        ("1-2", "1-2"),
        ("", ""),
    ],
)
def test_cells(text: str, cell: str) -> None:
    assert (defuse(text), restore(cell)) == (cell, text)


def test_formulas_in_a_table_of_rows() -> None:
    row = Row(id="=1+1", title="@x", reporters=["+cmd", "王芳"], body="-桥\n通了。", position=-3)
    data = FORMATS["csv"].encode([row], NAMES).decode()
    cells = dict(zip(NAMES, next(csv.reader(io.StringIO(data, newline=""))), strict=True))
    assert [cells[name] for name in ("id", "title", "reporters", "body", "position")] == [
        "'=1+1",
        "'@x",
        "'+cmd、王芳",
        "'-桥\n通了。",
        "-3",
    ]


@given(TEXTS)
@some
def test_errors_are_one_line(text: str) -> None:
    shown = str(InputError(f"a{text}", text, text))
    assert shown.replace("\u3000", "").isprintable()
    assert printable("老井 a") == "老井 a"
    shown.encode()


def test_ids_and_sources_are_no_paths(tmp_path: Path) -> None:
    """What a record calls itself is told, and nothing is opened or written by it."""
    job = Job(NAMES)
    paths = ["../outside", "/outside", str(tmp_path / "outside"), "C:\\outside", "a\0b"]
    shard = [
        Record("a.jsonl", n, f"line {n}", {"id": path, "source": path, "body": "桥通了。"})
        for n, path in enumerate(paths)
    ]
    (tmp_path / "out").mkdir()
    with Output(tmp_path / "out" / "rows.jsonl", job, "x") as out:
        out.add(process(job, shard))
        out.finish()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "rows.jsonl"]
    rows = (tmp_path / "out" / "rows.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(row)["id"] for row in rows] == paths


def test_our_errors_have_one_base() -> None:
    assert issubclass(InputError, ToolkitError)
