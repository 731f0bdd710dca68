from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from rich.console import Console

from toolkit import Article, InputError, ModelError, ThemeTagger, Tokenizer, load_labelled, models
from toolkit.article import Row
from toolkit.review import Answers, Question, Review, ask, queue, sampled
from toolkit.sampling import distance, features, most_telling

from .made_up import article, corpus
from .test_cli import toolkit

NAMES = ["水", "路"]


@pytest.fixture(scope="module")
def tagger() -> ThemeTagger:
    labelled = corpus(15)
    return ThemeTagger().fit(labelled, [each.themes for each in labelled])


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[Answers]:
    with Answers(tmp_path / "answers.jsonl") as opened:
        yield opened


def questions(count: int, *themes: str) -> list[Question]:
    return [
        Question(Row(id=str(number), body=f"第{number}篇。", themes=list(themes)), {})
        for number in range(count)
    ]


def kept(answers: Answers) -> list[tuple[str, list[str]]]:
    """What is on the disk at this moment."""
    records = map(json.loads, answers.path.read_text("utf-8").splitlines())
    return [(record["id"], record["themes"]) for record in records]


def press(review: Review, keys: str) -> list[str]:
    return [review.press(key) for key in keys]


def test_distance_is_of_the_theme_nearest_even_odds() -> None:
    found = distance(np.array([[0.5, 0.9], [0.25, 0.1], [0.99, 0.75], [0.0, 1.0]]))
    assert found[:3] == pytest.approx([0, np.log(3), np.log(3)])
    assert 15 < found[3] < 25


def test_the_telling_are_unsure_and_unlike() -> None:
    kinds = np.repeat([0, 1, 2], 4)
    rows = sp.csr_array(np.eye(3)[kinds])
    apart = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2])
    assert sorted(kinds[most_telling(apart, rows, 3)]) == [0, 1, 2]
    assert most_telling(apart, rows, 20).tolist() == list(range(12))
    # Ten times as many as are asked compete; the surest two stay out.
    far = np.append(apart[:10], [50.0, 60.0])
    assert most_telling(far, rows, 1)[0] < 10
    assert len(set(most_telling(apart, sp.csr_array(np.ones((12, 1))), 5).tolist())) == 5


def test_features_are_of_length_one() -> None:
    found = features(Tokenizer().batch(["水泵和水管。", "水泵水泵。", "。"]))
    assert np.round((found.power(2)).sum(axis=1), 6).tolist() == [1, 1, 0]


def test_a_sample_is_fair_and_the_same_again() -> None:
    archive = [Article(id=str(number), body="。") for number in range(40)]
    first = [each.id for each in sampled(iter(archive), 10)]
    assert first == [each.id for each in sampled(iter(archive), 10)]
    assert len(set(first)) == 10
    times = np.zeros(40)
    for seed in range(400):
        for each in sampled(iter(archive), 10, seed):
            times[int(each.id)] += 1
    # 100 expected of each, with a deviation of 8.7.
    assert (abs(times - 100) < 45).all()
    assert len(sampled(iter(archive[:5]), 10)) == 5


def test_the_queue_asks_the_unsure_and_not_again(tagger: ThemeTagger) -> None:
    archive = [*corpus(200, seed=1), Article(id="bare", body="水井。公路。")]
    done: list[int] = []
    asked = queue(tagger, iter(archive), 8, on_done=done.append)
    apart = distance(tagger.predict_proba(archive))
    own = {each.id: value for each, value in zip(archive, apart, strict=True)}
    unsure = set(sorted(own, key=own.__getitem__)[:80])
    ids = [question.row.id for question in asked]
    assert len(set(ids)) == 8
    assert set(ids) <= unsure
    assert sum(done) == len(archive)
    assert all(question.row.headline for question in asked)
    assert set(asked[0].words) == set(NAMES)
    assert not set(ids) & {q.row.id for q in queue(tagger, iter(archive), 8, set(ids))}
    assert queue(tagger, [], 8) == []


def test_keys(answers: Answers) -> None:
    review = Review(questions(5, "水"), NAMES, answers)
    assert press(review, "\r") == [""]
    assert kept(answers) == [("0", ["水"])]
    press(review, "2\n")
    press(review, "121\r")
    press(review, "n")
    press(review, "s")
    assert review.over
    assert kept(answers) == [("0", ["水"]), ("1", ["水", "路"]), ("2", ["路", "水"]), ("3", [])]
    assert review.answered == 4


def test_undo(answers: Answers) -> None:
    review = Review(questions(4, "水"), NAMES, answers)
    assert press(review, "u") == ["nothing to undo"]
    press(review, "\rns")
    press(review, "u")
    assert (review.place, kept(answers)) == (2, [("0", ["水"]), ("1", [])])
    press(review, "u")
    assert (review.place, review.chosen, kept(answers)) == (1, ["水"], [("0", ["水"])])
    assert answers.ids == {"0"}
    press(review, "2\r")
    assert kept(answers) == [("0", ["水"]), ("1", ["水", "路"])]


def test_other_keys(answers: Answers) -> None:
    review = Review(questions(2), NAMES, answers)
    assert press(review, "39x") == ["no such key"] * 3
    assert review.press("\x1b[A") == "no such key"
    press(review, "t")
    assert review.whole
    press(review, "q")
    assert review.over
    assert kept(answers) == []


def test_answers_go_on_from_before(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    with Answers(path) as answers:
        answers.add(Article(id="a", title="井", body="桥\n通了。"), ["路"])
    with Answers(path) as answers:
        assert answers.ids == {"a"}
        answers.add(Article(id="b", body="天晴。"), [])
    (first, second) = load_labelled(path)
    assert (first.title, first.body, first.themes) == ("井", "桥\n通了。", ["路"])
    assert (second.id, second.themes) == ("b", [])


@pytest.mark.parametrize(
    ("tail", "cut"),
    [('{"id": "c", "bo', 2), ('{"id": "c", "body": "雨。", "themes": []}', None)],
)
def test_a_last_line_without_its_end(tail: str, cut: int | None, tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    with Answers(path) as answers:
        answers.add(Article(id="a", body="桥通了。"), ["路"])
    with path.open("a", encoding="utf-8") as stream:
        stream.write(tail)
    with Answers(path) as answers:
        assert answers.cut_line == cut
        assert ("c" in answers.ids) == (cut is None)
        answers.add(Article(id="d", body="天晴。"), [])
    assert [each.id for each in load_labelled(path)] == (["a", "d"] if cut else ["a", "c", "d"])


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text("id,body\n1,桥\n", "utf-8")
    with pytest.raises(InputError, match=r"notes\.jsonl: line 1: not an answer"):
        Answers(path)
    assert path.read_text("utf-8") == "id,body\n1,桥\n"
    with pytest.raises(InputError, match=r"answers\.csv: answers are kept as JSONL"):
        Answers(tmp_path / "answers.csv")
    with pytest.raises(InputError, match="cannot be written"):
        Answers(tmp_path / "nowhere" / "answers.jsonl")


def test_the_command(tmp_path: Path, tagger: ThemeTagger) -> None:
    models.save(tagger, tmp_path / "model")
    archive, out = tmp_path / "archive.jsonl", tmp_path / "answers.jsonl"
    archive.write_text(
        "".join(
            json.dumps({"id": each.id, "body": each.body}, ensure_ascii=False) + "\n"
            for each in corpus(10, seed=2)
        ),
        "utf-8",
    )

    def review(keys: str, *more: str) -> str:
        done = toolkit(
            *("review", str(archive), "-o", str(out), "-m", str(tmp_path / "model")),
            *more,
            stdin=keys.encode(),
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    shown = review("n1u\nt", "-n", "5")
    assert "1 of 5" in shown and "2 of 5" in shown
    assert "1 answered now, 1 in" in shown
    (first,) = load_labelled(out)
    assert "1 answered now, 2 in" in review("n", "-n", "5")
    again = load_labelled(out)
    assert again[0].id == first.id
    assert len({each.id for each in again}) == 2
    assert "28 answered now, 30 in" in review("n" * 40, "-n", "50", "--sample", "99")
    assert "nothing left to ask" in review("")
    with out.open("a", encoding="utf-8") as stream:
        stream.write('{"id": "z')
    assert f"{out}: line 31: cut short" in review("")


@pytest.mark.parametrize(
    ("inputs", "code", "message"),
    [
        (["-"], 2, "standard input is for the keys"),
        (["nowhere.jsonl"], 2, "no such file"),
        (["some.jsonl"], 1, "some.jsonl: line 2: "),
    ],
)
def test_input_that_cannot_be_used(
    inputs: list[str], code: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("some.jsonl").write_text('{"id": "a", "body": "桥通了。"}\n{"body": 3}\n', "utf-8")
    done = toolkit("review", *inputs, "--out", "answers.jsonl", stdin=b"n")
    assert done.returncode == code
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert Path("answers.jsonl").exists() == (code == 1)
    if code == 1:
        assert [each.id for each in load_labelled("answers.jsonl")] == ["a"]


def test_an_article_cannot_command_the_terminal(answers: Answers) -> None:
    row = Row(id="a", title="井\x1b[2J", body="桥\x9b\r通了。", scores={"水": 0.5, "路": 0.1})
    review = Review([Question(row, {"水": {}, "路": {"桥": 1.0}})], NAMES, answers)
    console = Console(file=StringIO(), width=80)
    ask(review, iter("n"), [0.5, 0.5], console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "井�[2J" in shown and "桥��通了。" in shown and "桥 +1.00" in shown
    assert not set(shown) & set("\x1b\x9b\r")


def test_more_themes_than_keys(answers: Answers) -> None:
    with pytest.raises(ModelError, match="60 themes"):
        Review([], [str(number) for number in range(60)], answers)


def test_made_up_articles_are_no_twins() -> None:
    assert article("水", 1).body != article("水", 2).body
