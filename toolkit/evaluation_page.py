"""The page that tells an editor how well themes are given, and the same as JSON for machines."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from . import markup
from .charts import Dot, against_diagonal, curves
from .diagnosis import ALL, Curve, Diagnosis, Mistake
from .errors import ToolkitError
from .evaluate import Evaluation, Measured
from .markup import Html, code, escaped, joined, note, table, theme_cell, theme_name

FORMAT = "article-toolkit evaluation"
VERSION = 1
AIMED_ECE = 0.03
FEW = 30
EXCERPT = 160
SHADES = 5

_SLICED = {"length": "正文长短", "year": "年份", "noise": "识别与转换的痕迹", "genre": "体裁"}
_NOISE = {
    ALL: "看不出痕迹",
    "spaces": "字间有空格",
    "half-width": "汉字间有半角标点",
    "full-width": "有全角数字或字母",
    "broken": "句子中间断行",
    "unreadable": "有乱码",
}
_GENRES = {
    "brief": "简讯",
    "news": "消息",
    "feature": "通讯",
    "notice": "通知公告",
    "interview": "访谈",
    "qa": "问答",
    "caption": "图片说明",
    "profile": "人物",
    "commentary": "评论",
    "letter": "来信",
    "roundup": "综述",
}


def check(path: Path, corpus: Path) -> Path:
    """Where the JSON goes that stands beside a page, once both may be written.

    Raises
    ------
    ToolkitError : a file of the user's stands in either's place, or the folder is missing.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise ToolkitError(f"{path}: the report is a page; end its name in .html")
    if not path.parent.is_dir():
        raise ToolkitError(f"{path}: cannot be written: no folder {path.parent}")
    beside = path.with_suffix(".json")
    if beside.exists() and not _ours(beside):
        raise ToolkitError(
            f"{beside}: is not an earlier report and would be replaced; give --report another name"
        )
    if corpus.resolve() in (path.resolve(), beside.resolve()):
        raise ToolkitError(f"{path}: would replace the articles; give --report another name")
    return beside


def write(diagnosis: Diagnosis, path: Path, beside: Path) -> None:
    """Write the page, and beside it the same as JSON.

    Raises
    ------
    ToolkitError : one of them cannot be written.
    """
    told = {"format": FORMAT, "version": VERSION, **diagnosis.to_dict()}
    markup.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n", beside)
    markup.write(page(diagnosis, path.name), path)


def page(diagnosis: Diagnosis, name: str) -> str:
    """The whole page as HTML.

    name : the page's own, for the command that makes it again.
    """
    sections = [
        ("summary", "总览", _summary(diagnosis, name)),
        ("confusion", "标成了什么", _confusion(diagnosis)),
        *(
            (f"mistakes-{k}", f"错例：{theme_name(theme)}", _mistakes(diagnosis, theme))
            for k, theme in enumerate(diagnosis.evaluation.themes)
        ),
        ("slices", "在哪些文章上好，在哪些上差", _slices(diagnosis)),
        ("calibration", "概率可信吗", _calibration(diagnosis)),
        ("thresholds", "换个阈值会怎样", _thresholds(diagnosis)),
        ("learning", "再多标些文章有用吗", _learning(diagnosis)),
    ]
    return markup.page(f"主题评测：{diagnosis.subject.corpus}", sections, "toolkit evaluate")


def _ours(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as stream:
            return f'"format": "{FORMAT}"' in stream.read(200)
    except (OSError, UnicodeDecodeError):
        return False


# The sections


def _summary(diagnosis: Diagnosis, name: str) -> Html:
    result, subject = diagnosis.evaluation, diagnosis.subject
    if subject.cross_validated:
        how = (
            "交叉验证：文章分成五份，每份由只在其余四份上训练的模型来标。没有一篇是由见过它的模型"
            "标的，阈值和校准也一样。测的是用这些文章训练出的模型，不是某个现成的模型。"
        )
    else:
        how = f"用{f'模型 {subject.model}' if subject.model else '自带的模型'}标注。"
        how += "模型若是用这些文章训练的，数字会偏高。"
    facts = [
        ("文章", f"{result.articles:,}"),
        ("其中无主题的", f"{result.none_articles:,}"),
        ("来自", f"{subject.corpus}，split 为 {subject.split}"),
        ("怎样测的", how),
    ]
    heads = ["主题", "文章", "精确率", "召回率", "F1", "平均精确率"]
    rows = [
        [
            theme_cell(theme),
            escaped(f"{score.articles:,}"),
            *(
                _cell(each) if score.articles else escaped("—")
                for each in (score.precision, score.recall, score.f1, score.average_precision)
            ),
        ]
        for theme, score in result.themes.items()
    ]
    unseen = any(not score.articles for score in result.themes.values())
    macro = (
        result.macro_precision,
        result.macro_recall,
        result.macro_f1,
        result.macro_average_precision,
    )
    micro = (result.micro_precision, result.micro_recall, result.micro_f1)
    rows.append([escaped("宏平均（各主题同等看待）"), escaped("—"), *map(_cell, macro)])
    rows.append(
        [escaped("微平均（各次标注同等看待）"), escaped("—"), *map(_cell, micro), escaped("—")]
    )
    nones = result.none_articles
    whole = [
        ["主题全对（不多、不少）的文章", _cell(result.exact)],
        ["有主题的文章中，主要主题对的", _cell(result.primary) if nones < result.articles else "—"],
        ["无主题的文章中，误给了主题的", _cell(result.none_tagged) if nones else "—"],
    ]
    return joined(
        table(
            "评测的是什么",
            ["项目", "内容"],
            [[escaped(a), escaped(b)] for a, b in facts],
            words={1},
        ),
        table("各主题的成绩", heads, rows, numbers={1, 2, 3, 4, 5}),
        table("整篇来看", ["项目", "比例"], [[escaped(a), Html(b)] for a, b in whole], numbers={1}),
        note(
            "精确率：给出的主题里，有多少是对的。召回率：该给的主题里，有多少给出了。F1：两者的调和平均。"
            "平均精确率：不看阈值，只看概率把该给的排在前面排得多好。方括号里是 95% 的自助法区间："
            "换一批同样的文章，数字大致会落在其中。"
            + ("没有一篇文章带有的主题，在宏平均里算作 0。" if unseen else "")
        ),
        note("同一条命令得到同一份报告：", code(_command(diagnosis, name))),
    )


def _command(diagnosis: Diagnosis, name: str) -> str:
    subject = diagnosis.subject
    parts = ["toolkit", "evaluate", subject.corpus, "--split", subject.split]
    parts += ["--model", subject.model] if subject.model else []
    parts.append("--cross-validate" if subject.cross_validated else "--no-cross-validate")
    parts += ["--learning-curve"] if diagnosis.learning_curve else []
    return shlex.join([*parts, "--report", name])


def _confusion(diagnosis: Diagnosis) -> Html:
    themes = [*diagnosis.evaluation.themes, ""]
    rows = [
        [theme_cell(theme), *(_shaded(number, sum(counts)) for number in counts)]
        for theme, counts in zip(themes, diagnosis.confusion, strict=True)
    ]
    heads = [escaped("标注的主要主题 ↓　给出的 →"), *map(theme_cell, themes)]
    return joined(
        table("主要主题与给出的最可能的主题", heads, rows, numbers=set(range(1, len(heads)))),
        note(
            "每行是标注为该主题的文章，看它们被给了什么；对角线上是对的，颜色越深，占该行越多。"
            "有两个主题的文章，模型若把次要的排在前面，也算在对角线外。"
        ),
    )


def _shaded(number: int, whole: int) -> Html:
    shade = -(-number * SHADES // whole) if whole else 0
    return Html(f'<span class="heat h{shade}">{number:,}</span>')


def _mistakes(diagnosis: Diagnosis, theme: str) -> Html:
    parts = []
    kinds = [("不该给而给了", True), ("该给而没给", False)]
    for (name, given), made in zip(kinds, diagnosis.mistakes_made[theme], strict=True):
        listed = [m for m in diagnosis.mistakes if m.theme == theme and m.given == given]
        parts.append(Html(f"<h3>{escaped(f'{name}：{made:,} 篇')}</h3>"))
        if not listed:
            parts.append(note("没有。"))
        elif len(listed) < made:
            parts.append(note(f"列出离阈值最远的 {len(listed)} 篇。"))
        parts += map(_mistake, listed)
    if any(mistake.theme == theme for mistake in diagnosis.mistakes):
        parts.append(
            note(
                "词后的数字是它给该主题的对数几率加（＋）减（−）了多少；正文里按字面标出这些词，加分的"
                "有底色，减分的有下划线。看看是模型错了，还是标注该改。"
            )
        )
    return joined(*parts)


def _mistake(mistake: Mistake) -> Html:
    facts = [
        f"标注：{_themes(mistake.labelled)}",
        f"给出：{_themes(mistake.predicted)}",
        f"概率 {mistake.probability:.3f}，阈值 {mistake.threshold:.3f}",
        *([f"标注说明：{mistake.note}"] if mistake.note else []),
    ]
    text, rest = mistake.body[:EXCERPT], mistake.body[EXCERPT:]
    more = f"<details><summary>其余 {len(rest):,} 字</summary>{_marked(rest, mistake)}</details>"
    return Html(
        f'<article class="case"><h4><bdi>{escaped(mistake.title or "（无标题）")}</bdi> '
        f"{code(mistake.id)}</h4>{note('；'.join(facts))}"
        f'<p class="words-for">{_weighed("＋", mistake.words_for)}</p>'
        f'<p class="words-against">{_weighed("−", mistake.words_against)}</p>'
        f"{_marked(text, mistake)}{more if rest else ''}</article>"
    )


def _weighed(sign: str, words: Mapping[str, float]) -> Html:
    if not words:
        return escaped(f"{sign} 没有这样的词")
    return escaped("　".join(f"{word} {sign}{abs(each):.2f}" for word, each in words.items()))


def _marked(text: str, mistake: Mistake) -> Html:
    """A text with the words marked that spoke for the theme and against it."""
    words = sorted([*mistake.words_for, *mistake.words_against], key=len, reverse=True)
    pieces = re.split(f"({'|'.join(map(re.escape, words))})", text) if words else [text]
    return Html(
        '<p class="body">'
        + "".join(
            f"<mark>{escaped(piece)}</mark>"
            if piece in mistake.words_for
            else f"<u>{escaped(piece)}</u>"
            if piece in mistake.words_against
            else escaped(piece)
            for piece in pieces
        )
        + "</p>"
    )


def _slices(diagnosis: Diagnosis) -> Html:
    heads = ["", "文章", "微平均精确率", "微平均召回率", "微平均 F1", "无主题的", "其中误给"]
    parts = []
    for by, slices in diagnosis.slices.items():
        rows = [
            [
                escaped(_slice_name(by, name)),
                escaped(f"{result.articles:,}{'（少）' if result.articles < FEW else ''}"),
                *_slice_cells(result),
            ]
            for name, result in slices.items()
        ]
        heads[0] = _SLICED[by]
        parts.append(table(f"按{_SLICED[by]}", heads, rows, numbers={1, 2, 3, 4, 5, 6}))
    parts.append(
        note(
            "痕迹是从正文里数出来的，一篇可有几种，所以各行有重叠；错认成别的字（如“已”作“己”）"
            f"看不出来，不在其内。不足 {FEW} 篇的记作“少”，其数字靠不住，区间也一样。"
        )
    )
    return joined(*parts)


def _slice_cells(result: Evaluation) -> list[Html]:
    themed = result.none_articles < result.articles
    shown = (result.micro_precision, result.micro_recall, result.micro_f1)
    cells = [_cell(each) if themed else escaped("—") for each in shown]
    tagged = _cell(result.none_tagged) if result.none_articles else escaped("—")
    return [*cells, escaped(f"{result.none_articles:,}"), tagged]


def _slice_name(by: str, name: str) -> str:
    if by == "noise":
        return _NOISE[name]
    if by == "genre":
        return _GENRES.get(name, name) or "未注明"
    if not name:
        return "未注明"
    low, high = name.split("-")
    if by == "year":
        return f"{low}—{high}年"
    if not low:
        return f"不到 {int(high) + 1} 字"
    return f"{low}—{high} 字" if high else f"{low} 字以上"


def _calibration(diagnosis: Diagnosis) -> Html:
    result = diagnosis.evaluation
    measured = [(theme, score.ece, score.brier) for theme, score in result.themes.items()]
    rows = []
    for theme, ece, brier in [*measured, (ALL, result.ece, result.brier)]:
        right = diagnosis.reliability[theme]
        chance = Html(f"{right.right_ece:.3f}<br><code>≤ {right.right_ece_high:.3f}</code>")
        label = theme_cell(theme) if theme else escaped("各主题合在一起")
        rows.append([label, _cell(ece), chance, _cell(brier)])
    heads = ["主题", "预期校准误差", "若概率全准，碰巧会有", "布里尔分"]
    parts = [
        table("概率与事实差多少", heads, rows, numbers={1, 2, 3}),
        note(
            "预期校准误差（expected calibration error，Naeini 等，2015）：把概率按每 0.1 一段分成"
            "十段，每段里平均概率与实际比例之差，按篇数加权平均。越小越好，我们以不超过 "
            f"{AIMED_ECE} 为目标。文章少时，概率全准也会碰巧有一点误差，列在旁边；测得的若不比它"
            "大，就看不出有什么不准。布里尔分：概率与 0 或 1 之差的平方的平均，也是越小越好。"
        ),
    ]
    for theme, found in diagnosis.reliability.items():
        name = theme_name(theme) if theme else "各主题合在一起"
        dots = [
            Dot(
                each.predicted,
                each.observed,
                each.right_low,
                each.right_high,
                f"概率平均 {each.predicted:.3f}，实际 {each.observed:.3f}，{each.count:,} 篇次",
            )
            for each in found.bins
        ]
        parts.append(
            against_diagonal(f"{name}：给出的概率（横）与实际的比例（纵）", ("全准", "实际"), dots)
        )
        binned = [
            [
                escaped(f"{each.low:.1f}—{each.high:.1f}"),
                escaped(f"{each.count:,}"),
                escaped(f"{each.predicted:.3f}"),
                escaped(f"{each.observed:.3f}"),
                escaped(f"{each.right_low:.3f}—{each.right_high:.3f}"),
            ]
            for each in found.bins
        ]
        heads = ["概率", "篇次", "平均概率", "实际比例", "若全准会在"]
        parts.append(table(f"{name}：各段", heads, binned, numbers={1, 2, 3, 4}))
    parts.append(
        note(
            "点在斜线上，是说多少就有多少；在斜线下，是说得太满。竖线是若概率全准，100 次里有 95 次"
            "实际比例会在的范围（Bröcker 与 Smith，2007）；点落在竖线上，就看不出不准。"
        )
    )
    return joined(*parts)


def _thresholds(diagnosis: Diagnosis) -> Html:
    parts = [
        note(
            "概率达到阈值，才给主题。阈值调高，给得少而准；调低，给得多而杂。竖线是现用的阈值"
            + ("（五个模型的中位数）。" if diagnosis.subject.cross_validated else "。")
            + "误报：无主题的文章里，会被给这个主题的比例。"
        )
    ]
    for theme, found in diagnosis.curves.items():
        series = {
            "精确率": found.precision,
            "召回率": found.recall,
            "F1": found.f1,
            "误报": found.false_alarms,
        }
        name = theme_name(theme)
        marked = (f"现用 {found.chosen:.2f}", found.chosen)
        parts.append(curves(f"{name}：阈值（横）与各项（纵）", found.thresholds, series, marked))
        parts.append(_threshold_table(name, found))
    return joined(*parts)


def _threshold_table(name: str, found: Curve) -> Html:
    # A tenth apart is enough to read; the curve holds the rest.
    shown = [
        place
        for place, at in enumerate(found.thresholds)
        if at == found.chosen or (0 < at < 1 and round(at * 10, 6).is_integer())
    ]
    rows = [
        [
            escaped(f"{at:.2f}{'（现用）' if at == found.chosen else ''}"),
            *(
                _number(values[place])
                for values in (found.precision, found.recall, found.f1, found.false_alarms)
            ),
        ]
        for place in shown
        for at in [found.thresholds[place]]
    ]
    heads = ["阈值", "精确率", "召回率", "F1", "误报"]
    return table(f"{name}：各阈值", heads, rows, numbers={1, 2, 3, 4})


def _learning(diagnosis: Diagnosis) -> Html:
    points = diagnosis.learning_curve
    if not points:
        return note("没有测。要测，加 --learning-curve：用训练文章的一成、两成……十成各训练一次。")
    known = [(point, point.evaluation) for point in points if point.evaluation is not None]
    shown: dict[str, Callable[[Evaluation], Measured]] = {
        "宏平均 F1": lambda result: result.macro_f1,
        "宏平均精确率": lambda result: result.macro_precision,
        "宏平均召回率": lambda result: result.macro_recall,
        "宏平均的平均精确率": lambda result: result.macro_average_precision,
        "无主题而误给": lambda result: result.none_tagged,
    }
    series = {name: [figure(result).value for _, result in known] for name, figure in shown.items()}
    rows = [
        [
            escaped(f"{point.articles:,}（{point.share:.0%}）"),
            *(
                [escaped("太少，训练不成"), *[escaped("—")] * (len(shown) - 1)]
                if (result := point.evaluation) is None
                else [_cell(figure(result)) for figure in shown.values()]
            ),
        ]
        for point in points
    ]
    heads = ["训练文章", *shown]
    sizes = [float(point.articles) for point, _ in known]
    return joined(
        *([curves("训练文章数（横）与各项（纵）", sizes, series)] if known else []),
        table("用多少文章训练，就有多好", heads, rows, numbers=set(range(1, len(heads)))),
        note(
            "曲线右端还在上升，再标一些会更好；已经平了，多标同样的文章用处就不大。区间只说评测的文章换一批会"
            "怎样，不说训练的文章换一批会怎样。"
        ),
    )


# Cells


def _cell(measured: Measured) -> Html:
    return Html(f"{measured.value:.3f}<br><code>[{measured.low:.3f}, {measured.high:.3f}]</code>")


def _number(value: float | None) -> Html:
    return escaped("—" if value is None else f"{value:.3f}")


def _themes(themes: Iterable[str]) -> str:
    names: Sequence[str] = [theme_name(theme) for theme in themes]
    return "、".join(names) or theme_name("")
