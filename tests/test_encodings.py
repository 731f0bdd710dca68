from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.encodings import ENCODINGS, measure, whole_in
from toolkit import InputError, load_labelled, read_articles
from toolkit.readers import Guess, Page, Reading, decode, detect, read

from .conftest import ROOT
from .test_cli import lines, toolkit

BODIES = [article.body for article in load_labelled(ROOT / "labelled", "train")]
BODY = next(body for body in BODIES if body.count("\n") > 3 and "\ufffd" not in body)
OPENING = "老井重新出水了，挑水的人排到了街口。"


def read_bytes(tmp_path: Path, name: str, data: bytes) -> tuple[list[str], list[str], list[str]]:
    """Texts, what was said of encodings, and errors."""
    path = tmp_path / name
    path.write_bytes(data)
    said: list[str] = []
    errors: list[str] = []
    reading = Reading(
        on_encoding=lambda _, encoding, sure: said.append(encoding + ("" if sure else "?")),
        on_error=lambda error: errors.append(error.problem),
    )
    items = list(read(path, reading))
    texts = [item.text if isinstance(item, Page) else item.values["body"] for item in items]
    return texts, said, errors


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name != "cp950"])
def test_twenty_characters_are_enough_and_none_is_wrongly_sure(encoding: str) -> None:
    counts = measure(BODIES, encoding, 20, whole_in(encoding))
    assert counts.wrong_and_sure == 0
    assert counts.right >= 0.99 * counts.texts
    assert counts.asked <= 0.01 * counts.texts


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        # In GB18030 this is valid UTF-8 too, and for years editors showed it wrongly.
        ("联通", "gb18030"),
        ("老井村䶮家𠮷野工会的驿站昨天开门", "gb18030"),
        ("老井重新出水了", "utf-16-le"),
        ("老井\n", "utf-16-be"),
    ],
)
def test_hard_ones(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    guess = detect(data, "a.txt")
    assert decode(data, "a.txt", guess.encoding) == text


def test_a_short_text_is_asked_about() -> None:
    assert detect("联通".encode("gb18030"), "") == Guess("gb18030", False)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_a_mark_decides(encoding: str) -> None:
    text = "a" if encoding != "gb18030" else "\ufeffa"
    assert detect(text.encode(encoding), "").sure
    assert decode(text.encode(encoding), "", detect(text.encode(encoding), "").encoding) == "a"


@pytest.mark.parametrize(
    "data", [bytes(range(128, 256)) * 3, "これは日本語の文章です。".encode("shift_jis") * 9]
)
def test_what_is_no_chinese_text_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="give one with --encoding"):
        detect(data, "a.txt")


def test_two_encodings_by_turns(tmp_path: Path) -> None:
    text_lines = BODY.split("\n")
    data = b"\n".join(
        line.encode("gb18030" if n % 2 else "utf-8") for n, line in enumerate(text_lines)
    )
    assert read_bytes(tmp_path, "a.txt", data) == ([BODY], ["utf-8 and gb18030 by turns?"], [])


def test_records_in_two_encodings(tmp_path: Path) -> None:
    line = f'{{"body": "{OPENING}"}}\n'
    data = line.encode() * 3 + line.encode("gb18030") + line.encode() + b'{"body": "\xff\xfe"}\n'
    texts, said, errors = read_bytes(tmp_path, "a.jsonl", data)
    assert texts == [OPENING] * 5
    assert said == ["utf-8 and gb18030 by turns?"]
    assert errors == ["bytes that do not decode; try --encoding"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_cut_short(tmp_path: Path, encoding: str) -> None:
    texts, _, errors = read_bytes(tmp_path, "a.txt", BODY.encode(encoding)[:-1])
    assert texts == [BODY[:-1]]
    assert errors == ["the file ends in half a character and may be cut short; the rest is read"]


def test_a_few_bytes_are_wrong(tmp_path: Path) -> None:
    data = bytearray(BODY.encode())
    data[300] = 0xFF
    (text,), said, errors = read_bytes(tmp_path, "a.txt", bytes(data))
    assert text[:90] == BODY[:90]
    assert text[-90:] == BODY[-90:]
    assert "\ufffd" in text
    assert said == []
    assert len(errors) == 1
    assert "do not decode" in errors[0]


@pytest.mark.parametrize(
    ("data", "called"),
    [
        (b"%PDF-1.4 ", "a PDF"),
        (b"PK\x03\x04", "a zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office file"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        ("\ufeff\n<!DOCTYPE HTML><p>老井".encode(), "a web page"),
    ],
)
def test_what_is_called_text_and_is_not(tmp_path: Path, data: bytes, called: str) -> None:
    texts, _, (error,) = read_bytes(tmp_path, "a.txt", data)
    assert texts == []
    assert f"not text but {called}" in error


def test_the_user_is_asked_and_decides(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("联通".encode("gb18030"))
    done = toolkit("split", str(path))
    assert f"{path}: read as gb18030, but not surely; give the right one with --encoding" in (
        done.stderr
    )
    path.write_bytes(OPENING.encode("gb18030"))
    done = toolkit("split", str(path), "--encoding", "gb18030")
    assert done.stderr == ""
    assert lines(done.stdout)[0]["body"] == OPENING
    with pytest.raises(InputError, match="--encoding"):
        list(read_articles(path, encoding="utf-8"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_records_cut_short(tmp_path: Path, encoding: str) -> None:
    line = f'{{"body": "{OPENING}"}}\n'
    data = (line * 3).encode(encoding)[:-3]
    texts, said, errors = read_bytes(tmp_path, "a.jsonl", data)
    assert (texts, said) == ([OPENING] * 2, [encoding])
    assert len(errors) == 1


@pytest.mark.parametrize("encoding", ["undefined", "idna", "hex", "no-such", "utf-7", "utf-32"])
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv"])
def test_encodings_that_are_not_meant(tmp_path: Path, encoding: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(f'{{"body": "{OPENING}"}}\n'.encode())
    errors: list[InputError] = []
    list(read(path, Reading(encoding=encoding, on_error=errors.append)))
    assert len(errors) <= 1
