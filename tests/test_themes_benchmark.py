from __future__ import annotations

import numpy as np

from benchmarks.themes import FIRST, conditions, shortened, thresholds, untitled
from toolkit import LabelledArticle


def test_thresholds_keep_false_alarms_and_lose_little() -> None:
    labels = np.array([[1, 0]] * 3 + [[0, 1]] * 3 + [[0, 0]] * 4)
    probabilities = np.zeros((10, 2))
    probabilities[:, 0] = [0.9, 0.8, 0.7, 0, 0, 0, 0.75, 0, 0.1, 0]
    probabilities[:, 1] = [0, 0, 0, 0.9, 0.8, 0.3, 0, 0.2, 0, 0.1]
    free = thresholds(probabilities, labels, 1.0)
    assert (probabilities >= free).sum() == 7
    strict = thresholds(probabilities, labels, 0.0)
    none = probabilities[6:]
    assert not (none >= strict).any()
    # Only the theme that has the false alarm is raised, and only past it.
    assert strict[1] == free[1]
    assert ((probabilities >= strict)[:6] == labels[:6]).sum() == 11


def test_short_articles_with_and_without_their_headings() -> None:
    article = LabelledArticle(kicker="引", title="题", subtitle="副", body="桥" * 2 * FIRST)
    found = {name: change(article) for name, change in conditions() if str(FIRST) in name}
    (titled, alone) = found.values()
    assert titled == shortened(article)
    assert (titled.heading, alone.heading) == ("引\n题\n副", "")
    assert titled.body == alone.body == "桥" * FIRST
    assert untitled(article).body == article.body
