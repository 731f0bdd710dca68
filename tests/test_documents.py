from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable, Iterator
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import xlwt
from docx.oxml import parse_xml
from ebooklib import epub
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from toolkit import load_labelled, read_articles
from toolkit.readers import Limits, Page, Reading, Record, isolated, read

from .conftest import ROOT
from .font import FONT, squares
from .test_cli import lines, toolkit

pdfmetrics.registerFont(TTFont(FONT, squares()))
ARTICLES = [
    article
    for article in load_labelled(ROOT / "labelled", "train")
    if article.title and len(article.body) > 200 and len(article.title) < 16
][:8]
TITLES = [article.title for article in ARTICLES]
SIZE, LEADING, GUTTER = 9, 13, 14
Put = Callable[[float, float, str, float], None]


def pages(path: Path, **settings: Any) -> list[str]:
    return [item.text for item in read(path, Reading(**settings)) if isinstance(item, Page)]


def problems(path: Path, limits: Limits | None = None) -> list[str]:
    found: list[str] = []
    reading = Reading(on_error=lambda error: found.append(str(error)), limits=limits or Limits())
    for _ in read(path, reading):
        pass
    assert all("\n" not in line for line in found)
    return found


# PDF


def wrapped(body: str, width: int) -> list[str]:
    found = []
    for paragraph in body.split("\n"):
        rest = f"　　{paragraph}"
        while rest:
            end = width + (rest[width : width + 1] in tuple("，。、；：”！？"))
            found.append(rest[:end])
            rest = rest[end:]
    return found


class Paper:
    """A PDF set as a newspaper sets it."""

    def __init__(self, path: Path, **settings: Any) -> None:
        self.canvas = canvas.Canvas(str(path), pagesize=(800, 1100), **settings)

    def put(self, x: float, y: float, text: str, size: float) -> None:
        bare = text.lstrip("　")
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x + (len(text) - len(bare)) * size, y, bare)

    def article(self, number: int, x: float, y: float, width: float, columns: int) -> float:
        """Set one article with its headline above its columns; the height where it ends."""
        self.put(x, y - 24, TITLES[number], 20)
        y -= 44
        column = (width - GUTTER * (columns - 1)) / columns
        set_lines = wrapped(ARTICLES[number].body, int(column / SIZE))
        each = -(-len(set_lines) // columns)
        for place, line in enumerate(set_lines):
            down, across = place % each, place // each
            self.put(x + across * (column + GUTTER), y - SIZE - down * LEADING, line, SIZE)
        return y - each * LEADING - SIZE

    def end_page(self) -> None:
        self.canvas.showPage()

    def save(self) -> None:
        self.canvas.save()


def assert_same_articles(path: Path, numbers: list[int]) -> None:
    found = list(read_articles(path))
    assert [article.title for article in found] == [TITLES[number] for number in numbers]
    for article, number in zip(found, numbers, strict=True):
        # Whether a paragraph ends at a column's end cannot always be told.
        assert article.body.replace("\n", "") == ARTICLES[number].body.replace("\n", "")


def test_articles_in_columns_and_one_beside_them(tmp_path: Path) -> None:
    path = tmp_path / "A01.pdf"
    paper = Paper(path)
    paper.put(40, 1060, "江城工人报", 30)
    paper.put(300, 1065, "2019年3月5日 星期二 第2版", 9)
    y = paper.article(0, 40, 1030, 520, 3)
    paper.article(1, 40, y - 20, 520, 2)
    paper.article(2, 590, 1030, 170, 1)
    paper.save()
    assert_same_articles(path, [0, 1, 2])


def test_a_short_headline_over_four_columns(tmp_path: Path) -> None:
    path = tmp_path / "A01.pdf"
    paper = Paper(path)
    y = paper.article(0, 40, 1060, 720, 4)
    paper.article(1, 40, y - 30, 350, 2)
    paper.save()
    assert_same_articles(path, [0, 1])


def test_drawn_in_no_order_at_all(tmp_path: Path) -> None:
    path = tmp_path / "A01.pdf"
    paper = Paper(path)
    drawn: list[tuple[float, float, str, float]] = []
    put, paper.put = paper.put, lambda *args: drawn.append(args)  # type: ignore[method-assign]
    paper.article(0, 40, 1060, 520, 3)
    for args in sorted(drawn, key=lambda args: args[2]):
        put(*args)
    paper.save()
    assert_same_articles(path, [0])


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_is_turned(tmp_path: Path, turn: int) -> None:
    path = tmp_path / "A01.pdf"
    paper = Paper(path)
    paper.canvas.setPageRotation(turn)
    # What is drawn is turned against the page, so that a reader sees it upright.
    if turn == 90:
        paper.canvas.transform(0, 1, -1, 0, 800, 0)
    elif turn == 180:
        paper.canvas.transform(-1, 0, 0, -1, 800, 1100)
    else:
        paper.canvas.transform(0, -1, 1, 0, 0, 1100)
    paper.article(0, 40, 760, 520, 3)
    paper.save()
    assert_same_articles(path, [0])


def test_lines_that_run_downwards(tmp_path: Path) -> None:
    path = tmp_path / "A01.pdf"
    paper = Paper(path)
    body = ARTICLES[0].body
    for place, line in enumerate(wrapped(body, 40)):
        for down, char in enumerate(line):
            if char != "　":
                paper.put(700 - place * 14, 1000 - down * SIZE, char, SIZE)
    paper.save()
    assert pages(path)[0].replace("\n", "") == body.replace("\n", "")


def test_a_headline_that_runs_downwards(tmp_path: Path) -> None:
    path = tmp_path / "A01.pdf"
    paper = Paper(path)
    for down, char in enumerate("老井重新出水"):
        paper.put(40, 1000 - down * 24, char, 20)
    for place, line in enumerate(wrapped(ARTICLES[0].body, 40)):
        paper.put(90, 1010 - place * LEADING, line, SIZE)
    paper.save()
    assert pages(path)[0].startswith("# 老井重新出水\n")


def test_pages_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    paper = Paper(path)
    for number in range(2):
        paper.article(number, 40, 1060, 520, 3)
        paper.end_page()
    paper.canvas.rect(10, 10, 100, 100)
    paper.save()
    errors: list[str] = []
    found = list(read_articles(path, on_error=lambda error: errors.append(str(error))))
    assert [article.id for article in found] == ["paper-p1-1", "paper-p2-1"]
    assert [article.source for article in found] == [f"{path}#page=1", f"{path}#page=2"]
    assert len(errors) == 1
    assert "#page=3: the page holds no text, only pictures" in errors[0]


def test_a_scanned_pdf_is_told_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    paper = Paper(path)
    for _ in range(3):
        paper.canvas.rect(10, 10, 100, 100)
        paper.end_page()
    paper.save()
    (problem,) = problems(path)
    assert "every page holds no text" in problem
    assert "ocrmypdf" in problem


def test_a_pdf_whose_fonts_hide_its_text(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    paper = Paper(path)
    paper.put(40, 1000, "".join(chr(code) for code in range(0xE000, 0xE040)), SIZE)
    paper.put(40, 900, "龘靐齉爩龖灪厵驫麤纞虋讟钃鸜龞龗馕籱爨癵" * 2, SIZE)
    paper.save()
    (problem,) = problems(path)
    assert "fonts hide" in problem


def test_a_locked_pdf(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    paper = Paper(path, encrypt=StandardEncryption("secret", canPrint=0))
    paper.put(40, 1000, "老井", SIZE)
    paper.save()
    assert "locked with a password" in problems(path)[0]


# Web pages

TWO_ARTICLES = """<html><head><title>第2版</title><meta charset="{charset}"></head><body>
<ul><li><a href="1.htm">首页目录</a><li><a href="2.htm">往期报纸</a></ul>
<div><h2>老井重新出水</h2><p>本报讯（记者 王芳）昨天上午，城关镇的<b>老井</b>重新出水了，
<a href="x">挑水的人</a>排到了街口。<p>老井在镇东头，已经干了二十年。</div>
<div><h2>新桥昨日通车</h2>昨天，河上的新桥通车，赶集的人都来看。<br>
　　老桥是木头的，每年发水都要修。</div>
<p style="display:none">看不见的字。</p><div id="footer">版权所有，翻印必究。</div>
<script>var text = "不是文章。"</script></body></html>"""


def assert_two_articles(path: Path) -> None:
    first, second = read_articles(path)
    assert (first.title, first.reporters) == ("老井重新出水", ["王芳"])
    assert first.body == (
        "昨天上午，城关镇的老井重新出水了，挑水的人排到了街口。\n老井在镇东头，已经干了二十年。"
    )
    assert second.title == "新桥昨日通车"
    assert second.body.split("\n") == [
        "昨天，河上的新桥通车，赶集的人都来看。",
        "老桥是木头的，每年发水都要修。",
    ]


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.xhtml"])
@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("gb2312", "utf-8"), ("utf-8", "gb18030")],
)
def test_web_page(tmp_path: Path, name: str, declared: str, encoding: str) -> None:
    path = tmp_path / name
    path.write_bytes(TWO_ARTICLES.format(charset=declared).encode(encoding))
    assert_two_articles(path)


def test_the_title_of_an_e_paper(tmp_path: Path) -> None:
    path = tmp_path / "node_3.htm"
    path.write_text(
        "<html><body><a href=x>上一版</a><table><tr><td><founder-title><p>老井重新出水</p>"
        "</founder-title><td><founder-content><p>　　昨天上午，城关镇的老井重新出水了。</p>"
        "</founder-content></table></body></html>",
        "utf-8",
    )
    (article,) = read_articles(path)
    assert (article.title, article.body) == ("老井重新出水", "昨天上午，城关镇的老井重新出水了。")


def test_the_title_only_in_the_head(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        "<title>老井重新出水_江城工人报</title><p>昨天上午，城关镇的老井重新出水了。</p>", "utf-8"
    )
    assert [article.title for article in read_articles(path)] == ["老井重新出水"]


def test_saved_in_one_file(tmp_path: Path) -> None:
    message = MIMEMultipart("related")
    message.attach(MIMEText(TWO_ARTICLES.format(charset="gb2312"), "html", "gb2312"))
    path = tmp_path / "a.mht"
    path.write_bytes(message.as_bytes())
    assert_two_articles(path)


def test_a_page_of_menus(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text("<ul><li><a href=1>老井重新出水</a><li><a href=2>新桥通车</a></ul>", "utf-8")
    assert "no text besides menus" in problems(path)[0]


def make_epub(path: Path) -> None:
    book = epub.EpubBook()
    book.set_identifier("a")
    book.set_title("合订本")
    chapters = []
    for number in range(3):
        chapter = epub.EpubHtml(title=TITLES[number], file_name=f"{number}.xhtml")
        paragraphs = "".join(f"<p>{p}</p>" for p in ARTICLES[number].body.split("\n"))
        chapter.content = f"<h1>{TITLES[number]}</h1>{paragraphs}"
        book.add_item(chapter)
        chapters.append(chapter)
    book.toc = chapters
    book.spine = ["nav", *reversed(chapters)]
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    epub.write_epub(str(path), book)


def test_a_book_in_the_order_of_its_spine(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    make_epub(path)
    found = list(read_articles(path))
    assert [article.title for article in found] == TITLES[2::-1]
    assert [article.body for article in found] == [article.body for article in ARTICLES[2::-1]]
    assert found[0].source == f"{path}/EPUB/2.xhtml"


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密")
    path = tmp_path / "a.epub"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "META-INF/container.xml",
            f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]><container><rootfiles>'
            '<rootfile full-path="a.opf"/></rootfiles>&x;</container>',
        )
        book.writestr(
            "a.opf",
            '<package><manifest><item id="a" href="a.xhtml"/></manifest>'
            '<spine><itemref idref="a"/></spine></package>',
        )
        book.writestr(
            "a.xhtml",
            f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
            "<html><body><p>老井重新出水了。&x;</p></body></html>",
        )
    (text,) = pages(path)
    assert "老井重新出水了" in text
    assert "机密" not in text


# Office


def test_word_with_headings_and_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = docx.Document()
    for article in ARTICLES[:2]:
        document.add_heading(article.title, 1)
        for paragraph in article.body.split("\n"):
            document.add_paragraph(paragraph)
    document.add_table(1, 1).cell(0, 0).text = "表中的一段话，它也要读到，一个字都不能少。"
    document.save(str(path))
    found = list(read_articles(path))
    assert [article.title for article in found] == TITLES[:2]
    assert found[0].body == ARTICLES[0].body
    assert found[1].body.endswith("一个字都不能少。")


def test_word_with_a_text_box_and_hidden_text(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    box = "<w:txbxContent><w:p><w:r><w:t>框里的话。</w:t></w:r></w:p></w:txbxContent>"
    names = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    document = docx.Document()
    document.add_paragraph("框外的话。").add_run("看不见").font.hidden = True
    document.paragraphs[0]._p.append(
        parse_xml(
            f"<w:r {names}><mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice>"
            f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    document.save(str(path))
    assert pages(path) == ["框外的话。\n框里的话。"]


TABLE: list[list[Any]] = [
    ["2019年稿件登记表"],
    ["编号", "标题", "正文", "日期"],
    [1, "老井", "老井重新出水了，挑水的人排到了街口。", datetime.date(2019, 3, 5)],
    [2.5, "新桥", "新桥昨天通车，赶集的人都来看。", None],
    ["3", "夜校", "夜校昨晚开课。", "", "多出来的一格"],
]


def test_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in TABLE:
        book.active.append(row)
    book.create_sheet("空")
    other = book.create_sheet("二")
    other.append(["标题", "正文"])
    other.append(["公式", '=HYPERLINK("http://example.com")'])
    book.save(path)
    errors: list[str] = []
    reading = Reading(on_error=lambda error: errors.append(str(error)))
    records = [item for item in read(path, reading) if isinstance(item, Record)]
    assert [dict(record.values) for record in records] == [
        {"编号": "1", "标题": "老井", "正文": TABLE[2][2], "日期": "2019-03-05"},
        {"编号": "2.5", "标题": "新桥", "正文": TABLE[3][2], "日期": ""},
        {"标题": "公式", "正文": ""},
    ]
    assert [record.place for record in records] == ["Sheet, line 3", "Sheet, line 4", "二, line 2"]
    assert errors == [f"{path}: Sheet, line 5: a cell under no name in the header"]


def test_old_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for y, row in enumerate(TABLE[1:4]):
        for x, value in enumerate(row[:3]):
            sheet.write(y, x, value)
    book.save(str(path))
    fields = {"id": "编号", "title": "标题", "body": "正文"}
    assert [(a.id, a.title) for a in read_articles(path, fields=fields)] == [
        ("1", "老井"),
        ("2.5", "新桥"),
    ]


# Zips

TEXT = "老井重新出水\n昨天上午，城关镇的老井重新出水了，挑水的人排到了街口。\n"


def zipped(files: dict[str, bytes], **settings: Any) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content, **settings)
    return data.getvalue()


def test_zips_in_zips_and_their_names(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    inner = zipped({"第1版.txt": TEXT.encode("gb18030"), ".DS_Store": b"x"})
    record = b'{"id": "r", "body": "x"}'
    path.write_bytes(
        zipped({"b/in.zip": inner, "a.jsonl": record, "../../etc/..\\c.txt": TEXT.encode()})
    )
    found = list(read_articles(path))
    assert [article.source for article in found] == [
        f"{path}/a.jsonl",
        f"{path}/b/in.zip/第1版.txt",
        f"{path}/etc/c.txt",
    ]
    assert found[1].title == "老井重新出水"


def test_names_in_gbk(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    utf8, gbk = "版面版面.txt".encode(), "第一版面1.txt".encode("gbk")
    assert len(utf8) == len(gbk) + 3
    data = zipped({"x" * len(gbk): TEXT.encode()}).replace(b"x" * len(gbk), gbk)
    path.write_bytes(data)
    assert [article.source for article in read_articles(path)] == [f"{path}/第一版面1.txt"]


def test_a_document_that_is_called_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    document = docx.Document()
    document.add_paragraph("老井重新出水了。")
    document.save(str(path))
    assert pages(path) == ["老井重新出水了。"]


def test_from_standard_input(tmp_path: Path) -> None:
    done = toolkit("split", "-", stdin=zipped({"a.txt": TEXT.encode()}))
    assert [row["source"] for row in lines(done.stdout)] == ["-/a.txt"]
    paper = Paper(tmp_path / "a.pdf")
    paper.article(0, 40, 1060, 520, 3)
    paper.save()
    done = toolkit("split", "-", stdin=(tmp_path / "a.pdf").read_bytes())
    assert [row["title"] for row in lines(done.stdout)] == TITLES[:1]


def test_a_locked_file_in_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    data = bytearray(zipped({"a.txt": TEXT.encode(), "b.txt": TEXT.encode()}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    path.write_bytes(data)
    assert problems(path) == [f"{path}/a.txt: locked with a password; unpack it by hand"]


def test_the_rest_of_a_damaged_zip_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    data = bytearray(zipped({"a.txt": ARTICLES[0].body.encode(), "b.txt": TEXT.encode()}))
    data[60] ^= 0xFF
    path.write_bytes(data)
    errors: list[str] = []
    found = list(read_articles(path, on_error=lambda error: errors.append(str(error))))
    assert [article.source for article in found] == [f"{path}/b.txt"]
    assert len(errors) == 1
    assert "damaged or cut short" in errors[0]


# Limits


def deep(levels: int) -> bytes:
    data = zipped({"a.txt": TEXT.encode()})
    for _ in range(levels - 1):
        data = zipped({"a.zip": data})
    return data


ZEROS = b"\n" * (1 << 25)


@pytest.mark.parametrize(
    ("name", "data", "limits", "message"),
    [
        ("a.json", b"[" + b" " * 99, Limits(file_size=50), "more bytes than 50; --limit file-size"),
        ("a.html", b"x" * 99, Limits(file_size=50), "more bytes than 50; --limit file-size"),
        ("a.txt", TEXT.encode(), Limits(page_chars=20), "characters than 20; --limit page-chars"),
        ("a.html", b"<p>" + b"x" * 99, Limits(page_chars=20), "--limit page-chars"),
        ("a.jsonl", b'{"body": "x"}', Limits(record_chars=9), "line 1: the line has more"),
        ("a.csv", b"id,body\n1," + b"x" * 99, Limits(record_chars=40), "line 2: the line has"),
        ("a.csv", b'id,body\n1,"' + b"x\n" * 99, Limits(record_chars=40), "mark left open?"),
        ("a.zip", deep(4), Limits(), "--limit zip-depth"),
        ("a.zip", zipped({"a.txt": b"x", "b.txt": b"x"}), Limits(zip_files=1), "zip-files"),
        ("a.zip", zipped({"a.jsonl": ZEROS}), Limits(), "--limit unpacked-ratio"),
        ("a.zip", zipped({"a.zip": zipped({"a.jsonl": ZEROS})}), Limits(), "unpacked-ratio"),
        (
            "a.zip",
            zipped({"a.txt": TEXT.encode() * 9, "b.txt": b"x"}),
            Limits(unpacked_size=500),
            "--limit unpacked-size",
        ),
        ("a.docx", zipped({"word/document.xml": ZEROS}), Limits(), "--limit unpacked-ratio"),
        ("a.xlsx", zipped({"xl/workbook.xml": ZEROS}), Limits(), "--limit unpacked-ratio"),
        ("a.epub", zipped({"META-INF/container.xml": ZEROS}), Limits(), "unpacked-ratio"),
    ],
)
def test_limits_of_readers(
    tmp_path: Path, name: str, data: bytes, limits: Limits, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    found = problems(path, limits)
    assert message in found[-1]
    assert len(found) <= 2


def test_limit_of_pdf_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    paper = Paper(path)
    for number in range(3):
        paper.put(40, 1000, TITLES[number], SIZE)
        paper.end_page()
    paper.save()
    assert "more pages than 2; --limit pdf-pages" in problems(path, Limits(pdf_pages=2))[0]
    assert problems(path, Limits(pdf_pages=3)) == []


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(page_articles=1), "more articles than 1; --limit page-articles"),
        (Limits(article_chars=15), "article 2: the article has more characters than 15"),
    ],
)
def test_limits_of_articles(tmp_path: Path, limits: Limits, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "# 老井\n老井重新出水了。\n\n# 新桥\n新桥昨天通车，赶集的人都来看，站满了桥。\n", "utf-8"
    )
    errors: list[str] = []
    found = list(read_articles(path, on_error=lambda e: errors.append(str(e)), limits=limits))
    assert len(errors) == 1
    assert message in errors[0]
    assert [article.title for article in found] == ([] if limits.page_articles == 1 else ["老井"])


def test_limit_of_a_page_s_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def for_ever(*arguments: object) -> None:
        while True:
            pass

    monkeypatch.setattr("toolkit.pipeline.read_page", for_ever)
    path = tmp_path / "a.txt"
    path.write_text(TEXT, "utf-8")
    errors: list[str] = []
    limits = Limits(seconds=1)
    assert not list(read_articles(path, on_error=lambda e: errors.append(str(e)), limits=limits))
    assert "takes more seconds than 1; --limit seconds" in errors[0]


def test_limits_by_name() -> None:
    limits = Limits().but(["file-size=1GB", "article-chars=20000", "seconds = 5".replace(" ", "")])
    assert (limits.file_size, limits.article_chars, limits.seconds) == (10**9, 20_000, 5)
    for wrong in ("file-size", "file-size=", "file-size=-1", "file-size=0", "size=1", "seconds=1h"):
        with pytest.raises(ValueError, match="one of file-size, record-chars, "):
            Limits().but([wrong])
    done = toolkit("split", "-", "--limit", "size=1", stdin=b"x")
    assert done.returncode == 2
    assert "file-size" in done.stderr


def test_limits_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    done = toolkit("split", str(tmp_path / "a.txt"), "--limit", "article-chars=5")
    assert done.returncode == 2
    assert "more characters than 5" in done.stderr


# A process of their own


@pytest.fixture
def fresh_children() -> Iterator[None]:
    isolated._end()
    yield
    isolated._end()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import os; os.abort()", "damaged: it crashes its parser"),
        ("while True: pass", "takes more seconds than 1; --limit seconds"),
        ("b = bytearray(10**11)", "bytes of memory than 1,000,000,000; --limit memory"),
        ("raise ModuleNotFoundError(name='docx')", "needs docx; pip install"),
        ("raise KeyError('rId7')", "damaged, or no docx file"),
        ("print('{}'); raise ValueError", "damaged, or no docx file"),
    ],
)
@pytest.mark.usefixtures("fresh_children")
def test_what_a_parser_may_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, message: str
) -> None:
    (tmp_path / "docx.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.docx").write_bytes(b"x")
    (folder / "b.html").write_text("<p>老井重新出水了。</p>", "utf-8")
    errors: list[str] = []
    reading = Reading(
        on_error=lambda error: errors.append(str(error)), limits=Limits(seconds=1, memory=10**9)
    )
    found = [item.text for item in read(folder, reading) if isinstance(item, Page)]
    assert len(errors) == 1
    assert message in errors[0]
    assert found == ["老井重新出水了。"]


@pytest.mark.usefixtures("fresh_children")
def test_left_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    make_epub(path)
    first = next(iter(read(path)))
    assert isinstance(first, Page)
    assert pages(path)[0] == first.text
    one, other = read(path), read(path)
    assert [next(one), next(one)] == [next(other), next(other)]


@pytest.mark.usefixtures("fresh_children")
def test_nothing_is_imported_from_the_user_s_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docx.py").write_text("raise SystemExit")
    path = tmp_path / "a.docx"
    document = docx.Document()
    document.add_paragraph("老井重新出水了。")
    document.save(str(path))
    monkeypatch.chdir(tmp_path)
    assert pages(path) == ["老井重新出水了。"]


# All together


def test_a_folder_of_everything(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    paper = Paper(folder / "a.pdf")
    for number in range(2):
        paper.article(number, 40, 1060, 520, 3)
        paper.end_page()
    paper.save()
    make_epub(folder / "b.epub")
    (folder / "c.html").write_bytes(TWO_ARTICLES.format(charset="gbk").encode("gb18030"))
    document = docx.Document()
    document.add_paragraph(ARTICLES[0].body)
    document.save(str(folder / "d.docx"))
    book = openpyxl.Workbook()
    book.active.append(["id", "body"])
    book.active.append(["x", ARTICLES[1].body])
    book.save(folder / "e.xlsx")
    (folder / "f.zip").write_bytes(zipped({"p.txt": TEXT.encode(), "q.pdf": b"%PDF-"}))
    (folder / "g.txt").write_bytes(TEXT.encode("gb18030"))
    (folder / "h.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    (folder / "i.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "j.txt").write_bytes(b"%PDF-1.4")
    rows = []
    for name, workers in (("one.jsonl", "1"), ("two.jsonl", "2")):
        out = tmp_path / name
        done = toolkit("run", str(folder), "-o", str(out), "--workers", workers)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        rows.append(lines(out.read_text("utf-8")))
        rejected = lines((tmp_path / f"{name}.rejected.jsonl").read_text("utf-8"))
        assert [str(each["file"]).removeprefix(f"{folder}/") for each in rejected] == [
            "f.zip/q.pdf",
            "h.doc",
            "i.jpg",
            "j.txt",
        ]
        assert all(each["reason"] for each in rejected)
    assert rows[0] == rows[1]
    found = [str(row["source"]).removeprefix(f"{folder}/")[:1] for row in rows[0]]
    assert found == list("aabbbccdefg")
    assert len({row["id"] for row in rows[0]}) == len(rows[0])
