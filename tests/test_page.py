from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.pages import PAGES, Counts, compare, load, solid
from toolkit import load_labelled, read_page
from toolkit.lines import close_up, is_caption, is_furniture, narrow

from .conftest import ROOT, shared

DEVELOPED_ON = sorted(PAGES.glob("dev-*.txt"))


def test_own_pages() -> None:
    counts = Counts()
    for path in [*DEVELOPED_ON, ROOT / "examples" / "page.txt"]:
        compare(*load(path), counts)
    assert counts.expected == counts.found == counts.matched >= 80
    assert counts.joined == counts.passages >= 120
    assert min(counts.fields.values()) >= 0.97 * counts.expected


def test_real_page() -> None:
    articles, expected = load(shared("pages/workers-daily-page.txt"))
    assert len(articles) == len(expected) == 6
    assert compare(articles, expected, Counts()) == []


def test_pages_not_developed_on() -> None:
    counts = Counts()
    for path in PAGES.glob("held-*.txt"):
        compare(*load(path), counts)
    assert counts.expected >= 30
    assert counts.precision >= 0.7
    assert counts.recall >= 0.7


def test_one_article_gives_one_article() -> None:
    articles = load_labelled(ROOT / "labelled", "train")
    for titled in (True, False):
        single = 0
        for article in articles:
            title = f"{article.title}\n" if titled and article.title else ""
            single += len(read_page(f"{title}{article.body}")) == 1
        assert single / len(articles) >= 0.98


def test_title_line_of_a_single_article() -> None:
    body = "昨天上午，城关小学门口的斑马线重新画好了，护学岗的老师说，孩子们过马路安心多了。"
    (article,) = read_page(f"斑马线重新画好了\n{body}")
    assert (article.title, article.body) == ("斑马线重新画好了", body)
    (untitled,) = read_page(body)
    assert (untitled.title, untitled.body) == ("", body)


def test_markdown() -> None:
    text = (
        "# 桥通了\n\n桥昨天通了车，赶集的人都来看。\n\n## 老渡口\n\n老渡口的船停了。\n\n"
        "# 路修好了\n\n路平了。\n"
    )
    first, second = read_page(text)
    assert (first.title, second.title) == ("桥通了", "路修好了")
    assert "#" not in first.body + second.body


def test_labels_of_a_web_export() -> None:
    text = (
        "标题：桥通了\n来源：河东日报\n日期：2022-07-14　浏览次数：86\n作者：方若冰\n\n"
        "　　桥昨天通了车。\n"
        "----------------\n标题：路修好了\n日期：2022-07-15\n\n　　路平了。\n"
    )
    first, second = read_page(text)
    assert (first.title, first.reporters, first.body) == ("桥通了", ["方若冰"], "桥昨天通了车。")
    assert (second.title, second.body) == ("路修好了", "路平了。")


def test_ids_and_positions() -> None:
    first = "甲县修路\n本报讯（记者 王芳）路修好了，车也通了。\n"
    text = f"{first}乙县修桥\n本报讯（记者 李强）桥修好了，人也过了。"
    articles = read_page(text, "pages/a.txt")
    assert [(a.id, a.source, a.position) for a in articles] == [
        ("a-1", "pages/a.txt", 0),
        ("a-2", "pages/a.txt", 1),
    ]
    assert [a.reporters for a in articles] == [["王芳"], ["李强"]]


def test_a_text_without_articles() -> None:
    assert read_page("") == []
    assert read_page(" \n\u3000\n") == []


def test_a_page_of_captions_is_not_lost() -> None:
    caption = "图为昨天下午，环卫工人在滨河路清扫落叶。　本报记者 王芳 摄"
    (article,) = read_page(caption)
    assert "清扫落叶" in article.body


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(text: str) -> None:
    for article in read_page(text):
        assert article.body.strip()
        assert "\n\n" not in article.body


PARAGRAPHS = st.lists(
    st.sampled_from(
        [
            "昨天上午，市总工会的送水车开进了三号工地。",
            "本报讯（记者 王芳 通讯员 李强）老井重新出水了。",
            "全长１２００米的管线换了新的，水压也上来了，",
            "住在六楼的人家不用再半夜接水。",
            "老井出水了",
            "□本报记者 王芳",
            "",
            "第３版　2019年5月6日　星期一",
        ]
    ),
    min_size=1,
    max_size=12,
)


@given(PARAGRAPHS)
@settings(max_examples=200, deadline=None)
def test_no_sentence_is_lost_or_invented(lines: list[str]) -> None:
    read = "".join(
        solid(a.kicker + a.title + a.subtitle + a.body) for a in read_page("\n".join(lines))
    )
    for sentence in ("昨天上午，市总工会的送水车开进了三号工地。", "老井重新出水了。"):
        assert read.count(sentence) == sum(sentence in line for line in lines)


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("ＡＢＣ１２３", "ABC123"),
        ("共１．５万元", "共1.5万元"),
        ("茶叶,苹果;梨", "茶叶，苹果；梨"),
        ("3:2", "3:2"),
        ("1,200元", "1,200元"),
        ("(记者", "（记者"),
    ],
)
def test_narrow(raw: str, read: str) -> None:
    assert narrow(raw) == read


def test_close_up() -> None:
    assert close_up("停 水 通 知", heading=True) == "停水通知"
    assert close_up("春耕在即　农机下田", heading=True) == "春耕在即 农机下田"
    assert close_up("厚 被 送到了沿线") == "厚被送到了沿线"
    assert close_up("以“学思想 强党性”为题") == "以“学思想 强党性”为题"
    assert close_up("用 open source 软件") == "用 open source 软件"


@pytest.mark.parametrize(
    "line",
    [
        "第3版",
        "2019年5月6日 星期一 第02版：综合",
        "责任编辑：祁云 版式：小柯",
        "投稿邮箱：abc@example.com",
        "A3",
    ],
)
def test_furniture(line: str) -> None:
    assert is_furniture(line, page_top=False)


@pytest.mark.parametrize(
    "line", ["报名电话：5566000，联系人老邹。", "一家老印刷厂的“出门学”", "3名职工获奖"]
)
def test_not_furniture(line: str) -> None:
    assert not is_furniture(line, page_top=False)


def test_captions() -> None:
    assert is_caption("图为骑手在换电池。 本报记者 江桥 摄")
    assert is_caption("（资料图片）")
    assert is_caption("▲候车硐室里，矿工在跟家人通话。")
    assert not is_caption("图书室里坐满了人。")


def test_half_a_character_is_no_trouble() -> None:
    (article,) = read_page("老矿街口的\ud800\n修补摊\n昨天，修补摊\ud800开张了。")
    assert article.body == "昨天，修补摊\ufffd开张了。"


def test_thousands_of_headings_are_no_trouble() -> None:
    # Quadratic time would take minutes here.
    (article,) = read_page("工会办实事\n" * 30_000)
    assert (article.heading + article.body).count("工会办实事") == 30_000
