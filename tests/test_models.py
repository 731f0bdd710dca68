from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import Article, ModelError, ThemeTagger, models

from .conftest import ROOT

SHIPPED = ROOT / "models" / "themes"
TEXTS = ["工会送毛巾", "工会送药品", "工会办比赛", "车间办比赛", "今天下雨", "明天下雨"]
LABELS = [["送"], ["送"], ["赛"], ["赛"], [], []]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tagger = ThemeTagger(min_df=1).fit(TEXTS, LABELS)
    models.save(tagger, tmp_path / "model")
    return tmp_path / "model"


def test_a_model_comes_back_as_it_was(folder: Path, tmp_path: Path) -> None:
    tagger = models.load(folder)
    models.save(tagger, tmp_path / "again")
    for file in folder.iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()
    assert tagger.tag(["工会送毛巾"]) == ThemeTagger(min_df=1).fit(TEXTS, LABELS).tag(
        ["工会送毛巾"]
    )


def test_the_user_dictionary_travels_with_the_model(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("送毛巾 1000 v\n", "utf-8")
    tagger = ThemeTagger(min_df=1, user_dict=str(words)).fit(TEXTS, LABELS)
    models.save(tagger, tmp_path / "model")
    words.unlink()
    loaded = models.load(tmp_path / "model")
    (explained,) = loaded.explain([Article(body="工会送毛巾")])
    assert "送毛巾" in explained["送"]


def rewrite(folder: Path, **changes: object) -> None:
    file = folder / "model.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), "utf-8")


def reseal(folder: Path, name: str, data: bytes) -> None:
    """Replace a file and its checksum, as someone who means harm would."""
    (folder / name).write_bytes(data)
    sums = json.loads((folder / "model.json").read_text("utf-8"))["sha256"]
    rewrite(folder, sha256=sums | {name: sha256(data).hexdigest()})


def lengthen(folder: Path, feature: str) -> None:
    _, *rest = (folder / "features.txt").read_text("utf-8").split("\n")
    reseal(folder, "features.txt", "\n".join([feature, *rest]).encode())


def pickled_array(folder: Path) -> None:
    np.save(folder / "idf.npy", np.array([print], dtype=object), allow_pickle=True)
    reseal(folder, "idf.npy", (folder / "idf.npy").read_bytes())


def torn_header(folder: Path) -> None:
    """An array whose header is Python text that does not end."""
    header = b"{'descr': '<f4', 'shape': (" + b"\n" * 91
    size = len(header).to_bytes(2, "little")
    reseal(folder, "idf.npy", b"\x93NUMPY\x01\x00" + size + header + bytes(40))


DAMAGE: list[tuple[Callable[[Path], object], str]] = [
    (lambda f: (f / "model.json").unlink(), "no model here"),
    (lambda f: (f / "model.json").write_text("{"), "cannot be read as JSON"),
    (lambda f: (f / "model.json").write_text("[]"), "not a model of this toolkit"),
    (lambda f: rewrite(f, format="other"), "not a model of this toolkit"),
    (lambda f: rewrite(f, version=1), "format version 1"),
    (lambda f: rewrite(f, sha256={}), "does not list"),
    (lambda f: rewrite(f, classes=1), "not a model this version can use"),
    (lambda f: rewrite(f, thresholds=[0.5]), "do not fit together"),
    (lambda f: rewrite(f, words=[["工会"]]), "do not fit together"),
    (lambda f: rewrite(f, intercept="x"), "not a model this version can use"),
    (lambda f: (f / "coef.npy").unlink(), "is missing"),
    (lambda f: (f / "coef.npy").write_bytes(b""), "damaged"),
    (lambda f: (f / "features.txt").write_text("x\n"), "damaged"),
    (lambda f: reseal(f, "coef.npy", b"\x93NUMPY"), "not a model this version can use"),
    (lambda f: reseal(f, "coef.npy", pickle.dumps([1])), "not a model this version can use"),
    (lambda f: rewrite(f, intercept=[float("inf"), 0.0]), "do not fit together"),
    (lambda f: rewrite(f, thresholds=[float("nan"), 0.5]), "do not fit together"),
    (torn_header, "not a model this version can use"),
    (pickled_array, "not a model this version can use"),
    (lambda f: reseal(f, "features.txt", b"\xff\n"), "not a model this version can use"),
    (lambda f: lengthen(f, "工会办"), "one character or two"),
    (lambda f: lengthen(f, ""), "one character or two"),
    (lambda f: lengthen(f, "\U00020000"), "one character or two"),
]


@pytest.mark.parametrize(("damage", "message"), DAMAGE)
def test_a_bad_model_is_one_line(
    folder: Path, damage: Callable[[Path], object], message: str
) -> None:
    damage(folder)
    with pytest.raises(ModelError, match=message) as raised:
        models.load(folder)
    assert "\n" not in str(raised.value)
    assert str(folder) in str(raised.value)


@given(st.integers(0, 400), st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_no_flipped_byte_goes_unnoticed(
    tmp_path_factory: pytest.TempPathFactory, place: int, flip: int
) -> None:
    folder = tmp_path_factory.mktemp("flip")
    models.save(ThemeTagger(min_df=1).fit(TEXTS, LABELS), folder)
    for name in ("coef.npy", "short_coef.npy", "idf.npy", "features.txt"):
        data = bytearray((folder / name).read_bytes())
        data[place % len(data)] ^= flip
        (folder / name).write_bytes(bytes(data))
        with pytest.raises(ModelError, match="damaged"):
            models.load(folder)


def test_a_missing_folder() -> None:
    with pytest.raises(ModelError, match="no model here"):
        models.load("nowhere")


def test_the_shipped_model_is_small() -> None:
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) <= 5_000_000
