from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from toolkit import read_page
from toolkit.article import Article, Row, field_names

from .conftest import ROOT, shared

PAGE = ROOT / "examples" / "page.txt"


def toolkit(
    *arguments: str, stdin: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does, in a process of its own."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"} | environment
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", *arguments],
        input=stdin,
        capture_output=True,
        env=env,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_run_prints_a_row_an_article() -> None:
    done = toolkit("run", str(PAGE))
    assert (done.returncode, done.stderr) == (0, "")
    rows = lines(done.stdout)
    assert len(rows) == 6
    assert all(tuple(row) == field_names(Row) for row in rows)
    expected = json.loads(PAGE.with_suffix(".expected.json").read_text("utf-8"))
    for row, want in zip(rows, expected, strict=True):
        assert want["theme"] in (row["themes"] or [None])  # type: ignore[operator]
    assert all(row["headline"] and row["summary"] and row["keywords"] for row in rows)


def test_run_on_the_real_page() -> None:
    page = shared("pages/workers-daily-page.txt")
    rows = lines(toolkit("run", str(page)).stdout)
    expected = json.loads(page.with_suffix(".expected.json").read_text("utf-8"))
    assert [(row["title"], row["theme"]) for row in rows] == [
        (want["title"], want["theme"]) for want in expected
    ]
    for row in rows:
        for theme in row["themes"]:  # type: ignore[attr-defined]
            assert row["evidence"][theme]  # type: ignore[index]


@pytest.mark.parametrize(
    ("command", "added"),
    [
        ("split", ()),
        ("tag", ("theme", "themes", "scores", "evidence")),
        ("headline", ("headline", "summary")),
        ("keywords", ("keywords",)),
    ],
)
def test_steps_pipe(command: str, added: tuple[str, ...]) -> None:
    articles = toolkit("split", "-", stdin=PAGE.read_bytes()).stdout
    done = toolkit(command, "-", stdin=articles.encode())
    assert done.returncode == 0
    rows = lines(done.stdout)
    assert tuple(rows[0]) == (*field_names(Article), *added)
    assert [row["title"] for row in rows] == [a.title for a in read_page(PAGE.read_text("utf-8"))]


def test_explain_pipes() -> None:
    rows = lines(toolkit("explain", str(PAGE), "-n", "3").stdout)
    for row in rows:
        for theme in row["themes"].values():  # type: ignore[attr-defined]
            assert 0 <= theme["probability"] <= 1
            assert 1 <= len(theme["words"]) <= 3


def test_headlines_are_explained() -> None:
    rows = lines(toolkit("headline", str(PAGE), "--max-chars", "20").stdout)
    told = lines(toolkit("headline", str(PAGE), "--max-chars", "20", "--explain").stdout)
    for row, one in zip(rows, told, strict=True):
        choices: list[dict[str, object]] = one["choices"]  # type: ignore[assignment]
        assert (one["id"], choices[0]["text"]) == (row["id"], row["headline"])
        assert len(choices) == 2
        assert choices[0]["reasons"]
    table = toolkit("headline", str(PAGE), "--explain", "--format", "table", COLUMNS="160").stdout
    assert "what counted" in table
    assert "coverage" in table


def test_headlines_in_two_parts_and_summaries_by_sentences() -> None:
    for command in ("headline", "run"):
        options = ("--style", "two-part", "--sentences", "1")
        plain = lines(toolkit(command, str(PAGE)).stdout)
        rows = lines(toolkit(command, str(PAGE), *options).stdout)
        assert any(" " in str(row["headline"]) for row in rows)
        assert [row["headline"] for row in rows] != [row["headline"] for row in plain]
        assert all(str(row["summary"]).rstrip("”").count("。") <= 1 for row in rows)
        assert any(str(row["summary"]).count("。") > 1 for row in plain)
    long = lines(toolkit("headline", str(PAGE), "--sentences", "9").stdout)
    assert any(len(str(row["summary"])) > 120 for row in long)


def test_digest(tmp_path: Path) -> None:
    done = toolkit("digest", str(PAGE), "--max-items", "2")
    assert done.returncode == 0
    items = lines(done.stdout)
    assert [set(item) for item in items] == [
        {"id", "source", "position", "title", "date", "headline", "summary", "folded"}
    ] * 2
    assert "6 articles read, 6 of them taken, 0 folded into another; 2 stories told" in done.stderr
    twice = toolkit("digest", str(PAGE), str(PAGE), "--format", "text").stdout
    assert twice.count("and 1 more like it") == 6
    page = tmp_path / "digest.md"
    done = toolkit("digest", str(PAGE), "--theme", "welfare", "-o", str(page))
    assert (done.returncode, done.stdout) == (0, "")
    text = page.read_text("utf-8")
    tagged = [row for row in lines(toolkit("tag", str(PAGE)).stdout) if "welfare" in row["themes"]]  # type: ignore[operator]
    assert text.startswith("# welfare\n")
    assert text.count("\n## ") == len(tagged) > 0


def test_a_digest_of_a_time(tmp_path: Path) -> None:
    records = tmp_path / "a.jsonl"
    records.write_text(
        "".join(
            json.dumps({"id": id_, "body": f"{body}通车了，市民很高兴。"}, ensure_ascii=False)
            + "\n"
            for id_, body in (("2022-09-24", "大桥"), ("2023-01-02", "地铁"), ("x", "公路"))
        ),
        "utf-8",
    )
    done = toolkit("digest", str(records), "--since", "2023")
    assert done.returncode == 1
    assert [item["id"] for item in lines(done.stdout)] == ["2023-01-02"]
    assert "1 left out: no date" in done.stderr
    assert toolkit("digest", str(PAGE), "--since", "2023").returncode == 2


@pytest.mark.parametrize("command", [("explain",), ("headline", "--explain"), ("digest",)])
def test_a_bad_record_costs_no_other(command: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"body": "大桥通车了。"}\n{"body": 3}\n{"body": "路修好了。"}\n', "utf-8")
    done = toolkit(*command, str(path))
    assert done.returncode == 1
    assert len(lines(done.stdout)) == 2


def test_files_out(tmp_path: Path) -> None:
    for name in ("rows.jsonl", "rows.csv", "rows.parquet"):
        done = toolkit("run", str(PAGE), "-o", str(tmp_path / name))
        assert done.returncode == 0
        assert done.stdout == ""
        assert "6 articles" in done.stderr
    assert len(lines((tmp_path / "rows.jsonl").read_text("utf-8"))) == 6
    assert (tmp_path / "rows.csv").read_bytes()[:3] == b"\xef\xbb\xbf"
    assert pq.read_table(tmp_path / "rows.parquet").num_rows == 6
    again = toolkit("keywords", str(tmp_path / "rows.csv"))
    assert len(lines(again.stdout)) == 6


def test_table() -> None:
    done = toolkit("run", str(PAGE), "--format", "table", COLUMNS="200")
    assert done.returncode == 0
    assert "headline" in done.stdout
    assert "welfare" in done.stdout


def test_max_chars() -> None:
    rows = lines(toolkit("headline", str(PAGE), "--max-chars", "12").stdout)
    assert all(0 < len(str(row["headline"])) <= 12 for row in rows)


def test_another_encoding_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(PAGE.read_text("utf-8").encode("gb18030"))
    done = toolkit("split", str(path))
    assert done.returncode == 0
    assert done.stderr == f"toolkit: {path}: read as gb18030\n"
    assert len(lines(done.stdout)) == 6


def test_fields_of_other_names(tmp_path: Path) -> None:
    path = tmp_path / "导出.csv"
    path.write_text("标题,内容\n桥通了,桥昨天通了车。\n", "utf-8")
    done = toolkit("keywords", str(path), "--field", "body=内容", "--field", "title=标题")
    assert [row["title"] for row in lines(done.stdout)] == ["桥通了"]
    bad = toolkit("keywords", str(path))
    assert bad.returncode == 2
    assert "--field body=" in bad.stderr


def test_a_bad_record_is_told_and_the_rest_is_done(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"body": "桥通了。"}\n{"body": 3}\n{"body": "路修好了。"}\n', "utf-8")
    done = toolkit("keywords", str(path))
    assert done.returncode == 1
    assert len(lines(done.stdout)) == 2
    assert done.stderr.count("\n") == 1
    assert f"{path}: line 2: " in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "nowhere.txt"], "nowhere.txt: no such file"),
        (["run", str(PAGE), "-m", "nowhere"], "no model here"),
        (["run", str(PAGE), "-o", "nowhere/rows.csv"], "cannot be written"),
        (["run", str(PAGE), "-o", "rows.doc"], "no writer"),
        (["run", str(PAGE), "--field", "x=y"], "is not FIELD=NAME"),
        (["run", str(PAGE), "--max-chars", "2"], "greater than or equal to 6"),
        (["run", str(PAGE), "--user-dict", "nowhere"], "user dictionary"),
        (["run", str(PAGE), "--encoding", "utf-9"], "no encoding is called"),
        (["digest", "nowhere.txt"], "nowhere.txt: no such file"),
        (["digest", str(PAGE), "--theme", "sport"], "no theme 'sport'; the model knows: "),
        (["digest", str(PAGE), "--since", "2022-1"], "'2022-1' is no date such as"),
        (["digest", str(PAGE), "-o", "digest.csv"], "end the name in .md, .txt, .jsonl"),
        (["digest", str(PAGE), "-o", "nowhere/digest.md"], "cannot be written"),
        (["headline", str(PAGE), "--explain", "-o", "x.csv"], "not with --output"),
        (["headline", str(PAGE), "--explain", "--style", "two-part"], "not with --style"),
        (["headline", str(PAGE), "--style", "three"], "not one of 'plain', 'two-part'"),
        (["train", "nowhere", "--out", "x"], "no such file"),
        (["evaluate", str(ROOT / "labelled"), "--split", "none"], "no articles of the split"),
        (["run"], "Missing argument"),
    ],
)
def test_mistakes_are_one_clear_line(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = toolkit(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_train_and_use(tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    with labels.open("w", encoding="utf-8") as stream:
        for number in range(20):
            for theme, body in (
                ("水", f"老井第{number}次出水，水很甜。"),
                ("路", f"新路第{number}段通车，路很平。"),
            ):
                record = {"id": f"{theme}{number}", "body": body, "themes": [theme]}
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    model = tmp_path / "model"
    done = toolkit("train", str(labels), "--out", str(model))
    assert done.returncode == 0, done.stderr
    assert (model / "card.md").exists()
    rows = lines(
        toolkit("tag", "-", "-m", str(model), stdin="老井第9次出水，水很甜。".encode()).stdout
    )
    assert rows[0]["theme"] == "水"
    measured = json.loads(
        toolkit("evaluate", str(labels), "-m", str(model), "--split", "train").stdout
    )
    assert measured["macro_f1"]["value"] > 0.9


def test_help_and_version() -> None:
    assert "INPUT" in toolkit("--help").stdout
    assert toolkit("--version").stdout.startswith("toolkit ")
    for command in (
        "run",
        "split",
        "tag",
        "headline",
        "keywords",
        "train",
        "evaluate",
        "explain",
        "digest",
    ):
        assert toolkit(command, "--help").returncode == 0


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m toolkit split {PAGE} | head -c 10"
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert b"Traceback" not in done.stderr
