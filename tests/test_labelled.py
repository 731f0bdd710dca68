from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.corpus import LONGEST_SHARED, NEAREST_ALLOWED, nearest, recurring
from toolkit import InputError, load_labelled
from toolkit.labelled import split_of

from .conftest import ROOT

THEMES = {"worker-services", "welfare", "competitions", "volunteering"}
GENRES = {
    "brief",
    "news",
    "feature",
    "notice",
    "interview",
    "qa",
    "caption",
    "profile",
    "commentary",
    "letter",
    "roundup",
}
CORPUS = load_labelled(ROOT / "labelled")


def test_every_record_is_complete() -> None:
    names = [
        "id",
        "kicker",
        "title",
        "subtitle",
        "body",
        "themes",
        "genre",
        "year",
        "city",
        "split",
        "note",
    ]
    for file in sorted((ROOT / "labelled").glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            assert list(json.loads(line)) == names
    for article in CORPUS:
        assert set(article.themes) <= THEMES
        assert len(set(article.themes)) == len(article.themes) <= 2
        assert article.genre in GENRES
        assert article.year is not None
        assert 2003 <= article.year <= 2026
        assert article.city
        assert len(article.body) >= 50


def test_ids_are_unique_and_decide_the_split() -> None:
    assert len({article.id for article in CORPUS}) == len(CORPUS)
    assert all(article.split == split_of(article.id) for article in CORPUS)


def test_size() -> None:
    carried = Counter(theme for article in CORPUS for theme in article.themes)
    assert len(CORPUS) >= 600
    assert all(carried[theme] >= 100 for theme in THEMES)
    assert sum(len(article.themes) == 2 for article in CORPUS) >= 60
    assert sum(not article.themes for article in CORPUS) >= 180


def test_no_two_are_near_duplicates() -> None:
    closest = max(nearest([article.body for article in CORPUS]))
    print(f"the nearest two articles share {closest:.3f} of their five-character strings")
    assert closest <= NEAREST_ALLOWED


def test_no_template_recurs() -> None:
    found = recurring([article.body for article in CORPUS])
    assert found == {}, f"of {LONGEST_SHARED} characters and more: {found}"


def test_a_corpus_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("id,body,themes\n1,桥通了。,路、桥\n2,天晴了。,\n", "utf-8")
    articles = load_labelled(path)
    assert [article.themes for article in articles] == [["路", "桥"], []]
    assert {article.split for article in articles} == {"train"}


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ('{"body": "桥通了。"}', "'themes' must hold"),
        ('{"themes": []}', "no text in the field 'body'"),
        ('{"body": "桥通了。", "themes": [], "year": "去年"}', "'year'"),
    ],
)
def test_bad_labels(tmp_path: Path, record: str, message: str) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(f"{record}\n", "utf-8")
    with pytest.raises(InputError, match=message) as raised:
        load_labelled(path)
    assert "line 1" in str(raised.value)


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no \.jsonl"):
        load_labelled(tmp_path)
