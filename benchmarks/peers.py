"""What the toolkit is measured against: libraries that do one of its steps, each optional.

`pip install .[bench]` installs them. Each is given what its own documentation shows as its way to
do the step, and its preparation (imports, dictionaries, training) is not timed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit import Article, LabelledArticle

ROOT = Path(__file__).parent.parent

ASSEMBLED = "jieba + TF-IDF + LinearSVC, textrank4zh"

Work = Callable[[Sequence["Article"]], int]
Sentence = Callable[[str], str]


@dataclass(frozen=True)
class Contestant:
    """One way to do one step.

    Attributes
    ----------
    task : the step; contestants of one task are compared.
    prepare : loads and trains what is needed and returns the work: articles to how many of them
        could not be done.
    module : what must be importable for it.
    ours : whether it is the toolkit's own.
    """

    name: str
    task: str
    prepare: Callable[[], Work]
    module: str
    ours: bool = False


def each(function: Callable[[Article], object]) -> Work:
    """Work that does one article after another and counts those on which a library fails."""

    def work(articles: Sequence[Article]) -> int:
        failed = 0
        for article in articles:
            try:
                function(article)
            except Exception:
                failed += 1
        return failed

    return work


def full_text(article: Article) -> str:
    """What themes are told from: the lines above the body, and the body."""
    return f"{article.heading}\n{article.body}"


def training() -> list[LabelledArticle]:
    """The articles that taggers learn from."""
    from toolkit import load_labelled

    return load_labelled(ROOT / "labelled", "train")


def jieba_cut() -> Work:
    """Segmentation by jieba itself."""
    jieba: Any = import_module("jieba")
    jieba.initialize()
    return each(lambda article: jieba.lcut(article.body))


def jieba_textrank() -> Work:
    """Keywords by jieba's TextRank."""
    analyse: Any = import_module("jieba.analyse")
    return each(lambda article: analyse.textrank(article.body, topK=8))


def jieba_svm() -> Work:
    """Themes by the textbook pipeline: jieba's words, TF-IDF, a linear SVM a theme."""
    jieba: Any = import_module("jieba")
    text: Any = import_module("sklearn.feature_extraction.text")
    multiclass: Any = import_module("sklearn.multiclass")
    preprocessing: Any = import_module("sklearn.preprocessing")
    svm: Any = import_module("sklearn.svm")
    corpus = training()
    vectorizer = text.TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None)
    labels = preprocessing.MultiLabelBinarizer().fit_transform([a.themes for a in corpus])
    classifier = multiclass.OneVsRestClassifier(svm.LinearSVC())
    classifier.fit(vectorizer.fit_transform(map(full_text, corpus)), labels)

    def work(articles: Sequence[Article]) -> int:
        classifier.predict(vectorizer.transform(map(full_text, articles)))
        return 0

    return work


def fasttext_tags() -> Work:
    """Themes by fastText, one against the rest, on jieba's words."""
    fasttext: Any = import_module("fasttext")
    jieba: Any = import_module("jieba")

    def line(article: Article) -> str:
        return " ".join(" ".join(jieba.lcut(full_text(article))).split())

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        with path.open("w", encoding="utf-8") as stream:
            for article in training():
                labels = " ".join(f"__label__{theme}" for theme in article.themes or ["none"])
                stream.write(f"{labels} {line(article)}\n")
        model = fasttext.train_supervised(str(path), loss="ova", thread=1, verbose=0)

    def work(articles: Sequence[Article]) -> int:
        # For one line, older releases ask NumPy 2 for a view that it cannot give; lists work.
        model.predict([line(article) for article in articles], k=-1, threshold=0.5)
        return 0

    return work


def textrank4zh_sentence() -> Sentence:
    """The most central sentence by textrank4zh."""
    networkx: Any = import_module("networkx")
    # textrank4zh's last release calls this by the name it had before networkx 3.0.
    if not hasattr(networkx, "from_numpy_matrix"):
        networkx.from_numpy_matrix = networkx.from_numpy_array
    textrank4zh: Any = import_module("textrank4zh")
    ranker = textrank4zh.TextRank4Sentence()

    def sentence(body: str) -> str:
        ranker.analyze(text=body, lower=True, source="all_filters")
        return "".join(found.sentence for found in ranker.get_key_sentences(num=1))

    return sentence


def snownlp_sentence() -> Sentence:
    """The most central sentence by SnowNLP."""
    snownlp: Any = import_module("snownlp")
    return lambda body: "".join(snownlp.SnowNLP(body).summary(1))


def sumy_sentence(module: str, summarizer: str) -> Sentence:
    """The sentence that one of sumy's summarisers prefers, on jieba's words."""
    chosen: Any = getattr(import_module(f"sumy.summarizers.{module}"), summarizer)()
    parser: Any = import_module("sumy.parsers.plaintext").PlaintextParser
    tokenizer: Any = import_module("sumy.nlp.tokenizers").Tokenizer("chinese")

    def sentence(body: str) -> str:
        return "".join(map(str, chosen(parser.from_string(body, tokenizer).document, 1)))

    return sentence


def of_bodies(prepare: Callable[[], Sentence]) -> Work:
    """Work that writes a sentence for each article's body."""
    sentence = prepare()
    return each(lambda article: sentence(article.body))


def assembled() -> Work:
    """What a user would put together: themes by the textbook pipeline, a line by textrank4zh."""
    tag, write = jieba_svm(), of_bodies(textrank4zh_sentence)
    return lambda articles: tag(articles) + write(articles)


# Libraries that pick a sentence: what must be importable, and what loads them.
SENTENCES: dict[str, tuple[str, Callable[[], Sentence]]] = {
    "textrank4zh": ("textrank4zh", textrank4zh_sentence),
    "SnowNLP summary": ("snownlp", snownlp_sentence),
    "sumy LexRank": ("sumy", partial(sumy_sentence, "lex_rank", "LexRankSummarizer")),
    "sumy TextRank": ("sumy", partial(sumy_sentence, "text_rank", "TextRankSummarizer")),
    "sumy LSA": ("sumy", partial(sumy_sentence, "lsa", "LsaSummarizer")),
}

PEERS = (
    Contestant("jieba.lcut", "segmentation", jieba_cut, "jieba"),
    Contestant("jieba + TF-IDF + LinearSVC", "tags", jieba_svm, "sklearn"),
    Contestant("fastText on jieba's words", "tags", fasttext_tags, "fasttext"),
    Contestant("jieba.analyse.textrank", "ranking", jieba_textrank, "jieba"),
    *(
        Contestant(name, "headlines", partial(of_bodies, prepare), module)
        for name, (module, prepare) in SENTENCES.items()
    ),
    Contestant(ASSEMBLED, "tags + headlines", assembled, "textrank4zh"),
)
