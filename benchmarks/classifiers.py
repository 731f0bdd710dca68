"""Ways to give themes that ours is measured against, each with its library's defaults or what its
guide recommends, and all behind one interface.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from toolkit import Article, ThemeTagger, models

from . import rules
from .peers import full_text

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Articles = Sequence[Article]


class Classifier(Protocol):
    """Learns K classes from labelled articles and scores others."""

    def fit(self, articles: Articles, labels: Labels) -> None:
        """Learn from (N, K) labels of 0 and 1; where each article has one, as of one class each."""

    def scores(self, articles: Articles) -> Floats:
        """(N, K), the higher the likelier."""

    @property
    def thresholds(self) -> Floats:
        """(K,) or (1,), the scores from which on a class is given when nothing else is asked."""

    def size(self) -> int:
        """Bytes of the model when it is kept in a file."""


class Ours:
    """`ThemeTagger` as it is."""

    def fit(self, articles: Articles, labels: Labels) -> None:
        self.tagger = ThemeTagger().fit(articles, labels)

    def scores(self, articles: Articles) -> Floats:
        return self.tagger.predict_proba(articles)

    @property
    def thresholds(self) -> Floats:
        return self.tagger.thresholds_

    def size(self) -> int:
        with tempfile.TemporaryDirectory() as folder:
            models.save(self.tagger, folder)
            return sum(file.stat().st_size for file in Path(folder).iterdir())


class KeywordRules:
    """The rules of `benchmarks.rules`; they learn nothing."""

    thresholds = np.array([float(rules.ENOUGH)])

    def __init__(self, themes: Sequence[str]) -> None:
        self.themes = themes

    def fit(self, articles: Articles, labels: Labels) -> None:
        pass

    def scores(self, articles: Articles) -> Floats:
        return np.array(
            [
                [rules.score(theme, article.heading, article.body) for theme in self.themes]
                for article in articles
            ],
            float,
        )

    def size(self) -> int:
        return len(pickle.dumps(rules.RULES))


class ScikitLearn:
    """A vectoriser and a classifier of scikit-learn's, a theme against the rest."""

    thresholds = np.array([0.0])

    def __init__(self, vectorizer: Any, classifier: Any) -> None:
        self.vectorizer = vectorizer
        self.classifier = classifier

    def fit(self, articles: Articles, labels: Labels) -> None:
        clone: Any = import_module("sklearn.base").clone
        X = self.vectorizer.fit_transform(map(full_text, articles))
        if (labels.sum(axis=1) == 1).all():
            self.fitted = [clone(self.classifier).fit(X, labels.argmax(axis=1))]
        else:
            self.fitted = [clone(self.classifier).fit(X, each) for each in labels.T]

    def scores(self, articles: Articles) -> Floats:
        X = self.vectorizer.transform(map(full_text, articles))
        return np.column_stack([self._margin(fitted, X) for fitted in self.fitted])

    @staticmethod
    def _margin(fitted: Any, X: Any) -> Floats:
        if hasattr(fitted, "decision_function"):
            margin: Floats = fitted.decision_function(X)
            return margin
        # Naive Bayes's probabilities are 0 and 1 for long texts; their logarithms are not.
        log: Floats = fitted.predict_joint_log_proba(X)
        return log[:, 1] - log[:, 0] if log.shape[1] == 2 else log

    def size(self) -> int:
        return len(pickle.dumps((self.vectorizer, self.fitted)))


class FastText:
    """fastText on jieba's words, with what its tutorial ends with: 25 epochs, pairs of words.

    The pairs share 200,000 buckets, a tenth of the default, which is for far larger corpora.
    """

    thresholds = np.array([0.5])

    def fit(self, articles: Articles, labels: Labels) -> None:
        fasttext: Any = import_module("fasttext")
        single = (labels.sum(axis=1) == 1).all()
        self.classes = labels.shape[1]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.txt"
            with path.open("w", encoding="utf-8") as stream:
                for article, own in zip(articles, labels, strict=True):
                    names = [f"__label__{k}" for k in np.flatnonzero(own)] or ["__label__none"]
                    stream.write(" ".join([*names, _line(article)]) + "\n")
            self.model = fasttext.train_supervised(
                str(path),
                loss="softmax" if single else "ova",
                lr=0.5,
                epoch=25,
                wordNgrams=2,
                bucket=200_000,
                thread=1,
                seed=0,
                verbose=0,
            )

    def scores(self, articles: Articles) -> Floats:
        found = np.zeros((len(articles), self.classes))
        # For one line, older releases ask NumPy 2 for a view that it cannot give; lists work.
        labels, probabilities = self.model.predict([_line(a) for a in articles], k=-1)
        for row, (own, likely) in enumerate(zip(labels, probabilities, strict=True)):
            for label, probability in zip(own, likely, strict=True):
                if label != "__label__none":
                    found[row, int(label.removeprefix("__label__"))] = probability
        return found

    def size(self) -> int:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.bin"
            self.model.save_model(str(path))
            return path.stat().st_size


_WORDS: dict[str, list[str]] = {}


def jieba_words(text: str) -> list[str]:
    """The words of a text by jieba, which is slow: they are kept until `forget_words`."""
    if text not in _WORDS:
        jieba: Any = import_module("jieba")
        _WORDS[text] = jieba.lcut(text)
    return _WORDS[text]


def forget_words() -> None:
    """Have jieba segment anew, so that it can be timed."""
    _WORDS.clear()


def _line(article: Article) -> str:
    return " ".join(" ".join(jieba_words(full_text(article))).split())


def methods(themes: Sequence[str] | None) -> dict[str, Callable[[], Classifier]]:
    """Name to a maker of each method, ours first.

    themes : the names of the classes, where there are rules for them.
    """
    text: Any = import_module("sklearn.feature_extraction.text")
    bayes: Any = import_module("sklearn.naive_bayes")
    linear: Any = import_module("sklearn.linear_model")
    svm: Any = import_module("sklearn.svm")
    by_words = {"tokenizer": jieba_words, "token_pattern": None, "lowercase": False}

    def counts() -> Any:
        return text.CountVectorizer(**by_words)

    def tf_idf() -> Any:
        return text.TfidfVectorizer(**by_words)

    def characters() -> Any:
        return text.TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)

    def made(vectorizer: Callable[[], Any], classifier: Any) -> ScikitLearn:
        return ScikitLearn(vectorizer(), classifier)

    found: dict[str, Callable[[], Classifier]] = {"toolkit": Ours}
    if themes is not None:
        found["keyword rules"] = partial(KeywordRules, themes)
    found |= {
        "jieba + multinomial naive Bayes": partial(made, counts, bayes.MultinomialNB()),
        "jieba + complement naive Bayes": partial(made, counts, bayes.ComplementNB()),
        "jieba + TF-IDF + logistic regression": partial(
            made, tf_idf, linear.LogisticRegression(max_iter=1000)
        ),
        "jieba + TF-IDF + LinearSVC": partial(made, tf_idf, svm.LinearSVC(random_state=0)),
        "1- and 2-grams of characters + LinearSVC": partial(
            made, characters, svm.LinearSVC(random_state=0)
        ),
        "fastText on jieba's words": FastText,
    }
    return found
