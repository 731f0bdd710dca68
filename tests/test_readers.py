from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import Article, InputError, read_articles
from toolkit.readers import Page, Reading, read

from .conftest import ROOT

TEXT = (
    "老井重新出水了\n昨天上午，城关镇的老井重新出水了，挑水的人排到了街口，都说这水比从前还甜。\n"
)
RECORDS: list[dict[str, Any]] = [
    {"id": "甲", "title": "老井出水", "body": "老井重新出水了。\n水是甜的。"},
    {"id": "乙", "title": "“新”桥, 通车", "body": "桥通了。"},
]
TRADITIONAL = (
    "老井重新出水了\n昨天上午，城關鎮的老井重新出水了，挑水的人排到了街口，都說這水比從前還甜。\n"
)


def bodies(path: Path, **options: Any) -> list[str]:
    return [article.body for article in read_articles(path, **options)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "gbk"]
)
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(TEXT.encode(encoding))
    told: list[str] = []
    (article,) = read_articles(path, on_encoding=lambda _, found, sure: told.append(found))
    assert article.title == "老井重新出水了"
    assert "比从前还甜" in article.body
    assert bool(told) == (not encoding.startswith("utf-8"))


def test_big5(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(TRADITIONAL.encode("big5"))
    (article,) = read_articles(path)
    assert "都說這水比從前還甜" in article.body


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv", ".tsv", ".parquet"])
@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_records(tmp_path: Path, suffix: str, packing: str) -> None:
    path = tmp_path / f"archive{suffix}{packing}"
    data = as_bytes(suffix)
    packed = {"": lambda b: b, ".gz": gzip.compress, ".zst": zstandard.compress}[packing](data)
    path.write_bytes(packed)
    articles = list(read_articles(path))
    assert [(a.id, a.title, a.body) for a in articles] == [
        (r["id"], r["title"], r["body"]) for r in RECORDS
    ]
    assert [a.position for a in articles] == [0, 1]
    assert {a.source for a in articles} == {str(path)}


def as_bytes(suffix: str) -> bytes:
    if suffix == ".jsonl":
        return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in RECORDS).encode()
    if suffix == ".json":
        return json.dumps(RECORDS).encode()
    if suffix == ".parquet":
        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pylist(RECORDS), sink)
        return bytes(sink.getvalue())
    mark = {".csv": ",", ".tsv": "\t"}[suffix]
    lines = [mark.join(["id", "title", "body"])]
    for record in RECORDS:
        lines.append(
            mark.join('"' + str(value).replace('"', '""') + '"' for value in record.values())
        )
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def test_gb18030_table_with_other_names(tmp_path: Path) -> None:
    path = tmp_path / "导出.csv"
    rows = [
        "编号,标题,内容",
        "7,老井,老井重新出水了，挑水的人排到了街口。",
        "8,新桥,新桥昨天通车，赶集的人都来看。",
    ]
    path.write_bytes("\n".join(rows).encode("gb18030"))
    articles = list(read_articles(path, fields={"id": "编号", "title": "标题", "body": "内容"}))
    assert [(a.id, a.title) for a in articles] == [("7", "老井"), ("8", "新桥")]
    with pytest.raises(InputError, match="编号, 标题, 内容"):
        list(read_articles(path))


def test_folder_in_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/2.txt", "a.txt", "c.md"):
        (tmp_path / name).write_text(f"{name}\n这是{name}里的一句话，它自成一篇。", "utf-8")
    (tmp_path / ".hidden.txt").write_text("不读我。", "utf-8")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    errors: list[str] = []
    articles = list(read_articles(tmp_path, on_error=lambda error: errors.append(str(error))))
    assert [Path(a.source).name for a in articles] == ["a.txt", "2.txt", "c.md"]
    assert len(errors) == 1
    assert "photo.jpg" in errors[0]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.jsonl", b'{"body": "x"}\nnot json\n', "line 2: not JSON"),
        ("a.jsonl", b'{"body": "x"}\n[1]\n', "line 2: a line must be one JSON object"),
        ("a.jsonl", '{"body": "甲"}\n'.encode() + b'{"body": "\xff\xfe"}\n', "line 2: bytes"),
        ("a.jsonl", b'{"text": "x"}\n', "no text in the field 'body'"),
        ("a.json", b"{", "not JSON"),
        ("a.csv", b"id,body\n1,x,y\n", "line 2: more cells"),
        ("a.txt", b"", "the file is empty"),
        ("a.txt.gz", gzip.compress(TEXT.encode())[:-9], "damaged or cut short"),
        ("a.txt.gz", b"not gzip", "damaged or cut short"),
        ("a.jsonl.zst", b"not zstd", "damaged or cut short"),
        ("a.jsonl.zst", zstandard.compress(b'{"body": "y"}')[:-1], "damaged or cut short"),
        ("a.jsonl", b"", "holds no rows"),
        ("a.csv", b"id,body\n", "holds no rows"),
        ("a.parquet", b"not parquet", "not a Parquet file"),
        ("a.pdf", b"%PDF-", "damaged, or no PDF"),
        ("a.odg", b"x", "no reader for '.odg'"),
        ("a.txt", bytes(range(128, 256)) * 3, "not text in a known encoding"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    errors: list[str] = []
    good = list(read_articles(path, on_error=lambda error: errors.append(str(error))))
    assert len(errors) == 1
    assert message in errors[0]
    assert str(path) in errors[0]
    assert "\n" not in errors[0]
    with pytest.raises(InputError):
        list(read_articles(path))
    assert [article.body for article in good] == (
        ["x"] if b'"x"}\n' in data and b"body" in data else ["甲"] if "甲".encode() in data else []
    )


def test_frames_of_zstd_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.zst"
    path.write_bytes(b"".join(zstandard.compress(f'{{"body": "{n}"}}\n'.encode()) for n in "甲乙"))
    assert bodies(path) == ["甲", "乙"]


def test_a_row_of_parquet_that_is_no_text_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    column = pa.array(["甲".encode(), b"\xff", "乙".encode()]).view(pa.string())
    pq.write_table(pa.table({"body": column}), path)
    errors: list[str] = []
    articles = list(read_articles(path, on_error=lambda error: errors.append(str(error))))
    assert [article.body for article in articles] == ["甲", "乙"]
    assert len(errors) == 1
    assert "record 2: cannot be read" in errors[0]


def test_a_name_too_long(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        list(read_articles("x" * 5000))


def test_names_break_no_line(tmp_path: Path) -> None:
    path = tmp_path / "a\n\x1b[31mb.jsonl"
    path.write_bytes(b"x")
    with pytest.raises(InputError) as raised:
        list(read_articles(path))
    assert "a\\n\\x1b[31mb.jsonl: line 1: not JSON" in str(raised.value)
    assert raised.value.source == str(path)


def test_missing_file() -> None:
    with pytest.raises(InputError, match="no such file"):
        list(read_articles("nowhere.txt"))


def test_wrong_encoding_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode("gb18030"))
    with pytest.raises(InputError, match="--encoding"):
        list(read_articles(path, encoding="utf-8"))
    with pytest.raises(InputError, match="no encoding is called"):
        list(read_articles(path, encoding="utf-9"))


def test_a_row_reads_back_as_its_article(tmp_path: Path) -> None:
    article = Article(
        id="1", source="s", position=3, title="题", reporters=["王芳"], body="甲。\n乙。"
    )
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(article.to_dict(), ensure_ascii=False), "utf-8")
    assert list(read_articles(path)) == [article]


@given(st.binary(max_size=300), st.sampled_from(["txt", "jsonl", "json", "csv", "tsv", "parquet"]))
@settings(max_examples=300, deadline=None)
def test_no_error_but_ours(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, kind: str
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / f"a.{kind}"
    path.write_bytes(data)
    for item in read(path, Reading(on_error=lambda error: None)):
        assert isinstance(item, Page) or item.values is not None


def test_ids_tell_files_of_one_name_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "examples" / "page.txt").read_bytes()
    for day in ("2003/05", "2004/05"):
        (tmp_path / day).mkdir(parents=True)
        (tmp_path / day / "A01.txt").write_bytes(page)
    monkeypatch.chdir(tmp_path)

    def first_ids(*paths: str) -> list[str]:
        return [article.id for article in read_articles(*paths) if article.position == 0]

    apart = ["2003-05-A01-1", "2004-05-A01-1"]
    assert first_ids(".") == first_ids(str(tmp_path)) == first_ids("2003", "2004") == apart
    assert first_ids("2003") == ["05-A01-1"]
    assert first_ids("2003/05/A01.txt") == ["A01-1"]
    assert first_ids("2003/05/A01.txt", "2004/05/A01.txt") == apart


def test_ids_tell_the_folders_of_a_zip(tmp_path: Path) -> None:
    page = (ROOT / "examples" / "page.txt").read_bytes()
    with zipfile.ZipFile(tmp_path / "papers.zip", "w") as archive:
        for name in ("may/A01.txt", "june/A01.txt"):
            archive.writestr(name, page)
    ids = [article.id for article in read_articles(tmp_path / "papers.zip")]
    assert ids[0] == "papers-june-A01-1"
    assert len(set(ids)) == 12
