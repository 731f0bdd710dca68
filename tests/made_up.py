"""Labelled articles made up by a seed: words of a theme among words of none."""

from __future__ import annotations

import numpy as np

from toolkit import LabelledArticle

WORDS = {
    "水": "水井 水泵 水管 泉水 蓄水 抽水 水渠 灌溉 水表 饮水".split(),
    "路": "公路 铺路 路面 桥梁 隧道 通车 沥青 路灯 车道 压路机".split(),
}
OTHERS = (
    "苹果 学校 书本 天空 音乐 山坡 邻居 电影 棋盘 花园 老人 孩子 早晨 集市 帽子 "
    "信件 木匠 石头 窗户 茶叶 故事 羊群 炉火 节日 照片 钟表 陶罐 草帽 稻田 风筝"
).split()


def article(theme: str | None, number: int, seed: int = 0) -> LabelledArticle:
    """An article of a theme, or of none; no two share much text."""
    rng = np.random.default_rng([seed, number, len(theme or "")])
    own = list(rng.choice(WORDS[theme], 6)) if theme else []
    words = [str(word) for word in rng.permutation([*own, *rng.choice(OTHERS, 30)])]
    body = "。".join("，".join(words[at : at + 6]) for at in range(0, len(words), 6))
    name = f"{theme or 'x'}{number}"
    return LabelledArticle(id=name, body=f"{body}。", themes=[theme] if theme else [])


def corpus(each: int, seed: int = 0) -> list[LabelledArticle]:
    """So many articles of each theme, and of none."""
    kinds = (*WORDS, None)
    return [
        article(theme, each * place + number, seed)
        for place, theme in enumerate(kinds)
        for number in range(each)
    ]
