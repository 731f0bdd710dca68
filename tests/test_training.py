from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from toolkit import (
    InputError,
    LabelledArticle,
    ThemeTagger,
    checks,
    load_labelled,
    models,
    training,
)
from toolkit.learning import EVEN
from toolkit.similarity import overlap, overlaps

from .made_up import article, corpus
from .test_cli import toolkit

TEXT = "昨天上午，老井边的新水泵开始抽水，全村三十户人家都接上了水管。"
OTHER_TEXT = "县里的公路铺上了沥青，从镇上到车站只要走二十分钟就能到了。"


def write(path: Path, articles: Sequence[LabelledArticle]) -> Path:
    keys = ("id", "body", "themes", "split")
    records = [{key: getattr(each, key) for key in keys} for each in articles]
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text(text, "utf-8")
    return path


def labelled(text: str, *themes: str, name: str = "1", split: str = "train") -> LabelledArticle:
    return LabelledArticle(
        id=name, body=text, themes=list(themes), split=split, source="a.csv", place=f"line {name}"
    )


def test_a_folder_for_each_theme(tmp_path: Path) -> None:
    for folder, name, text in (
        ("水", "井.txt", f"老井有了新水泵\n{TEXT}"),
        ("路", "a.txt", OTHER_TEXT),
        ("其他", "b.md", "今天的集市上来了很多人，天气也很好。"),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text, "utf-8")
    found = {each.id: each for each in load_labelled(tmp_path)}
    assert {name: each.themes for name, each in found.items()} == {
        "水/井": ["水"],
        "路/a": ["路"],
        "其他/b": [],
    }
    assert (found["水/井"].title, found["水/井"].body) == ("老井有了新水泵", TEXT)
    assert found["路/a"].source == str(tmp_path / "路" / "a.txt")


def test_a_table_among_the_texts_of_a_theme(tmp_path: Path) -> None:
    (tmp_path / "水").mkdir()
    (tmp_path / "水" / "a.csv").write_text("body\n桥\n", "utf-8")
    with pytest.raises(InputError, match=r"a\.csv: a folder of a theme holds texts"):
        load_labelled(tmp_path)


def test_a_spreadsheet_from_excel(tmp_path: Path) -> None:
    path = tmp_path / "标注.csv"
    path.write_bytes(f"标题,正文,主题\r\n井,{TEXT},水\r\n,{OTHER_TEXT},无\r\n".encode("gb18030"))
    fields = {"title": "标题", "body": "正文", "themes": "主题"}
    found = load_labelled(path, fields=fields)
    assert [(each.id, each.title, each.themes) for each in found] == [
        ("标注-1", "井", ["水"]),
        ("标注-2", "", []),
    ]
    answers = write(tmp_path / "answers.jsonl", [replace(found[0], themes=[])])
    assert [each.themes for each in load_labelled([path, answers], fields=fields)] == [[], []]
    with pytest.raises(InputError, match=r"line 2: .*the record has: 标题, 正文, 主题; map one"):
        load_labelled(path)


def test_a_correction_takes_the_place_and_the_split(tmp_path: Path) -> None:
    first = [labelled(TEXT, "路", name="1", split="test"), labelled(OTHER_TEXT, name="2")]
    answers = [labelled(TEXT.replace("三十", "卅"), "水", name="1"), labelled("新的。", name="3")]
    paths = [write(tmp_path / "a.jsonl", first), write(tmp_path / "b.jsonl", answers)]
    found = load_labelled(paths)
    assert [(each.id, each.themes, each.split) for each in found] == [
        ("1", ["水"], "test"),
        ("2", [], "train"),
        ("3", [], "train"),
    ]


def test_one_id_for_two_texts_corrects_nothing(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "a.jsonl", [labelled(TEXT, "水")]),
        write(tmp_path / "b.jsonl", [labelled(OTHER_TEXT, "路")]),
    ]
    assert [each.themes for each in load_labelled(paths)] == [["水"], ["路"]]


def test_overlap_is_containment_in_the_larger() -> None:
    assert overlap(TEXT, TEXT.replace("，", " ")) == 1
    assert overlap(TEXT[:15], TEXT + OTHER_TEXT) == 1
    assert overlap(TEXT, OTHER_TEXT) == 0
    assert (overlap("桥", "桥。"), overlap("桥", "路")) == (1, 0)
    pairs, shared = overlaps([TEXT, OTHER_TEXT, TEXT[:15], ""])
    assert (pairs.tolist(), shared.tolist()) == ([[0, 2]], [1])


def test_phrases_of_the_genre_are_not_looked_for() -> None:
    texts = [f"{OTHER_TEXT}{number}" for number in range(4)]
    assert len(overlaps(texts, most=4)[0]) == 6
    assert overlaps(texts, most=3)[0].tolist() == []


def test_twins() -> None:
    brief = TEXT[:20]
    cases = {
        "in two splits": labelled(brief, "水", name="2", split="test"),
        "labelled differently": labelled(brief, "路", name="2"),
        "twice": labelled(brief, "水", name="2"),
    }
    for kind, second in cases.items():
        (found,) = checks.twins([labelled(TEXT, "水"), labelled(OTHER_TEXT, name="3"), second])
        assert (found.kind, found.first.id, found.second.id) == (kind, "1", "2")


def test_flipped_labels_are_found() -> None:
    pytest.importorskip("cleanlab")
    articles = corpus(40)
    flipped = {"水3", "水17", "路44", "路61", "x85", "x101"}
    wrong = {"水": [], "路": ["水"], "x": ["路"]}
    articles = [
        replace(each, themes=wrong[each.id[0]]) if each.id in flipped else each for each in articles
    ]
    tagger = ThemeTagger().fit(articles, [each.themes for each in articles])
    names = [str(name) for name in tagger.classes_]
    found = checks.doubts(articles, names, tagger.held_out_)
    assert found is not None
    ids = {doubt.article.id for doubt in found}
    # Confident learning would rather miss a wrong label than accuse a right one.
    assert ids <= flipped
    assert len(ids) >= len(flipped) / 2
    taken = next(doubt for doubt in found if doubt.article.id == "路44" and doubt.theme == "路")
    assert not taken.labelled
    assert taken.probability > 0.5


def test_without_cleanlab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    articles = corpus(10)
    tagger = ThemeTagger().fit(articles, [each.themes for each in articles])
    found = checks.check(tagger, articles, [])
    assert found.doubts is None
    assert any("pip install" in line for line in found.lines(Path("model")))


def test_what_is_learned_and_what_would_help() -> None:
    articles = [*corpus(12), *(article("水", 100 + number) for number in range(30))]
    tagger = ThemeTagger().fit(articles, [each.themes for each in articles])
    found = checks.check(tagger, articles, [])
    water, road = sorted(found.lessons, key=lambda lesson: -lesson.articles)
    assert (water.theme, water.articles, road.theme, road.articles) == ("水", 42, "路", 12)
    assert "公路" in road.words or "路面" in road.words
    assert not set(road.words) & set(water.words)
    said = "\n".join(found.lines(Path("model")))
    assert "路: 12 articles; label at least 30" in said
    assert "of no theme: 12 articles" in said
    assert "水: 42" not in said
    assert said.count("toolkit review ARCHIVE --model model") == 1


def test_a_theme_of_two_articles_that_fall_into_one_fold() -> None:
    articles = corpus(10)
    themes = [["水", "鱼"] if each.id in ("水1", "水2") else each.themes for each in articles]
    for seed in range(5):
        tagger = ThemeTagger(random_state=seed, repeats=1).fit(articles, themes)
        assert list(tagger.classes_) == ["水", "路", "鱼"]
        assert (tagger.held_out_ > 0).all()
        assert (tagger.held_out_thresholds_ >= EVEN).all()


def test_train_tells_and_writes_what_is_odd(tmp_path: Path) -> None:
    articles = corpus(15)
    articles += [
        replace(articles[0], id="again", themes=["路"]),
        replace(articles[1], id="held", split="test"),
    ]
    labels, model = write(tmp_path / "labels.jsonl", articles), tmp_path / "model"
    done = toolkit("train", str(labels), "-o", str(model), COLUMNS="200")
    assert (done.returncode, done.stdout) == (0, f"{model}\n"), done.stderr
    assert f"{labels}: line 1 (水0) and {labels}: line 46 (again)" in done.stderr
    assert f"{labels}: line 2 (水1) and {labels}: line 47 (held)" in done.stderr
    said = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(said) == len(set(said))
    with (model / "checks.csv").open(encoding="utf-8-sig", newline="") as stream:
        found = {(row["finding"], row["where"]) for row in csv.DictReader(stream)}
    assert ("labelled differently", f"{labels}: line 1 (水0)") in found
    assert json.loads((model / "model.json").read_text("utf-8"))["training"]["held_out"]

    clean = write(tmp_path / "clean.jsonl", corpus(15))
    assert toolkit("train", str(clean), "-o", str(model)).returncode == 0
    assert not (model / "checks.csv").exists()


def test_the_table_of_what_is_odd_starts_no_formula(tmp_path: Path) -> None:
    first = replace(labelled(TEXT, "水"), title="=HYPERLINK(A1)")
    twin = labelled(TEXT, "路", name="2")
    checks.Checks([], 50, checks.twins([first, twin]), None).write(tmp_path)
    with (tmp_path / checks.FILE).open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["opening"] == "'=HYPERLINK(A1)"


@pytest.mark.parametrize("name", ["model.json", "features.txt", "card.md", "checks.csv"])
def test_what_is_there_is_kept_but_for_an_earlier_model(tmp_path: Path, name: str) -> None:
    labels, model = write(tmp_path / "labels.jsonl", corpus(10)), tmp_path / "model"
    model.mkdir()
    mine = model / name
    mine.write_text('{"mine": 1}', "utf-8")
    refused = toolkit("train", str(labels), "-o", str(model))
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert f"{mine}: is there already; --force overwrites it" in refused.stderr
    assert mine.read_text("utf-8") == '{"mine": 1}'
    assert list(model.iterdir()) == [mine]
    for options in (["--force"], []):
        assert toolkit("train", str(labels), "-o", str(model), *options).returncode == 0
        models.load(model)


def test_another_file_in_the_model_s_folder_stays(tmp_path: Path) -> None:
    labels = write(tmp_path / "labels.jsonl", corpus(10))
    training.train(labels, tmp_path)
    assert labels.exists()
    models.load(tmp_path)


def test_a_damaged_model_can_be_trained_again(tmp_path: Path) -> None:
    labels, model = write(tmp_path / "labels.jsonl", corpus(10)), tmp_path / "model"
    training.train(labels, model)
    (model / "coef.npy").write_bytes(b"")
    training.train(labels, model)
    models.load(model)


def test_train_with_corrections(tmp_path: Path) -> None:
    articles = corpus(15)
    wrong = [replace(each, themes=["路"]) if each.id == "水0" else each for each in articles]
    labels = write(tmp_path / "labels.jsonl", wrong)
    answers = write(tmp_path / "answers.jsonl", [articles[0]])
    done = toolkit("train", str(labels), str(answers), "-o", str(tmp_path / "model"))
    assert done.returncode == 0
    trained = json.loads((tmp_path / "model" / "model.json").read_text("utf-8"))["training"]
    counts = trained["corpus"]["train"]
    assert (counts["articles"], counts["themes"]) == (45, {"水": 15, "路": 15})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["empty.jsonl"], "empty.jsonl: the file holds no rows"),
        (["labels.csv"], "labels.csv: line 2: the field 'themes'"),
        (["labels.csv", "--field", "theme=主题"], "is not FIELD=NAME"),
    ],
)
def test_mistakes_in_training(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty.jsonl").write_text("\n", "utf-8")
    Path("labels.csv").write_text("body,主题\n桥通了。,路\n", "utf-8")
    done = toolkit("train", *arguments, "--out", "model")
    assert done.returncode == 2
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert not Path("model").exists()
