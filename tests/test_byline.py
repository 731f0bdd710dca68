from __future__ import annotations

import pytest

from toolkit import byline


@pytest.mark.parametrize(
    ("text", "reporters", "correspondents", "rest"),
    [
        ("本报讯（记者 孙艳 通讯员 邱善齐）桥通了。", ["孙艳"], ["邱善齐"], "桥通了。"),
        (
            "本报讯 记者谭晓兵 通讯员郝静、武志远“桥通了。”",
            ["谭晓兵"],
            ["郝静", "武志远"],
            "“桥通了。”",
        ),
        ("本报讯 近日，桥通了。", [], [], "近日，桥通了。"),
        ("(记者 司徒燕)桥通了。", ["司徒燕"], [], "桥通了。"),
        ("新华社北京3月5日电（记者 裴远帆）桥通了。", ["裴远帆"], [], "桥通了。"),
        ("记者易程报道：桥通了。", ["易程"], [], "桥通了。"),
        ("据《江城日报》报道，桥通了。", [], [], "桥通了。"),
        ("本报讯（见习记者 王 芳 实习生 高岚）桥通了。", ["王芳"], [], "桥通了。"),
    ],
)
def test_openings(text: str, reporters: list[str], correspondents: list[str], rest: str) -> None:
    found = byline.opening(text)
    assert found is not None
    credit, length = found
    assert (credit.reporters, credit.correspondents, text[length:]) == (
        reporters,
        correspondents,
        rest,
    )


@pytest.mark.parametrize(
    "text",
    [
        "据介绍，桥通了。",
        "记者昨日从市城管局获悉，桥通了。",
        "人民日报社来电祝贺。",
        "近日，桥通了。",
        "",
    ],
)
def test_no_opening(text: str) -> None:
    assert byline.opening(text) is None
    assert byline.credit_length(text) == 0


@pytest.mark.parametrize(
    ("text", "reporters", "correspondents"),
    [
        ("□ 本报记者 聂克俭", ["聂克俭"], []),
        ("本报通讯员　苗长河", [], ["苗长河"]),
        ("■记者 康铁生 报道", ["康铁生"], []),
        ("□戚文竹", ["戚文竹"], []),
        ("本报记者 田一禾 通讯员 贡亮 文/图", ["田一禾"], ["贡亮"]),
        ("（王芳 李强）", ["王芳", "李强"], []),
        ("（作者单位：黑石矿职工医院）", [], []),
    ],
)
def test_lines(text: str, reporters: list[str], correspondents: list[str]) -> None:
    credit = byline.line(text)
    assert credit is not None
    assert (credit.reporters, credit.correspondents) == (reporters, correspondents)


@pytest.mark.parametrize(
    "text", ["老矿街口有个修补摊", "记者从市里获悉", "（资料图片）", "简讯", ""]
)
def test_not_lines(text: str) -> None:
    assert byline.line(text) is None


def test_closing() -> None:
    text = "老把式们手把手地教他们磨刀。（郑小满 通讯员 熊伟）"
    found = byline.closing(text)
    assert found is not None
    credit, start = found
    assert (credit.reporters, credit.correspondents) == (["郑小满"], ["熊伟"])
    assert text[:start] == "老把式们手把手地教他们磨刀。"
    assert byline.closing("巷子改名叫谷香巷（原粮库后巷）") is None
    assert byline.closing("他说。（笑）") is None
