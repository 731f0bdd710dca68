"""The command line: options in, library calls, tables and files out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .errors import InputError, ToolkitError

if TYPE_CHECKING:
    from .article import Article, Row
    from .pipeline import Pipeline

app = typer.Typer(
    name="toolkit",
    help="Read Chinese newspaper pages and archives: split, tag by theme, headline, summarise.\n\n"
    "INPUT is a file, a folder of files, or - for standard input: .txt and .md pages, .jsonl, "
    ".json, .csv, .tsv and .parquet records, and .gz or .zst of these. Results go to standard "
    "output as JSONL, or to a file with -o. Exit code: 0 all done, 1 something in the input was "
    "left out (each told on standard error), 2 nothing could be done.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class OutputFormat(StrEnum):
    """What results are written as."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    table = "table"


class InputFormat(StrEnum):
    """What input is read as."""

    txt = "txt"
    jsonl = "jsonl"
    json = "json"
    csv = "csv"
    tsv = "tsv"
    parquet = "parquet"


Inputs = Annotated[
    list[str], typer.Argument(metavar="INPUT…", help="Files, folders, or - for standard input.")
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write to this file: .jsonl, .csv or .parquet."),
]
Format = Annotated[
    OutputFormat | None,
    typer.Option(
        "--format", "-f", help="Default: by the suffix of -o; a table on a terminal, else JSONL."
    ),
]
Model = Annotated[
    Path | None, typer.Option("--model", "-m", help="Folder of a model; default: the one shipped.")
]
Field = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar="FIELD=NAME",
        help="Where records keep a field, such as body=内容; may be repeated.",
    ),
]
From = Annotated[
    InputFormat | None,
    typer.Option("--input-format", help="What the input is, if no suffix tells."),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Such as gb18030 or big5; default: detected.")
]
UserDict = Annotated[
    Path | None, typer.Option("--user-dict", help="Words of your own, in jieba's form.")
]
HeadlineChars = Annotated[
    int, typer.Option("--max-chars", min=6, help="The most characters of a headline.")
]
SummaryChars = Annotated[
    int, typer.Option("--summary-chars", min=1, help="The most characters of a summary.")
]
KeywordCount = Annotated[int, typer.Option("-n", "--count", min=1, help="How many keywords.")]

ARTICLE = (
    "id",
    "source",
    "position",
    "kicker",
    "title",
    "subtitle",
    "reporters",
    "correspondents",
    "body",
)
THEME = ("theme", "themes", "scores", "evidence")
HEADLINE = ("headline", "summary")
KEYWORDS = ("keywords",)


@app.command()
def run(
    inputs: Inputs,
    output: Output = None,
    output_format: Format = None,
    model: Model = None,
    field: Field = None,
    input_format: From = None,
    encoding: Encoding = None,
    user_dict: UserDict = None,
    max_chars: HeadlineChars = 24,
    summary_chars: SummaryChars = 120,
    count: KeywordCount = 8,
) -> None:
    """Do everything: articles with themes, evidence, headline, summary and keywords."""
    from .pipeline import Pipeline

    pipeline = Pipeline.load(
        model,
        user_dict=user_dict,
        headline_chars=max_chars,
        summary_chars=summary_chars,
        keyword_count=count,
    )
    names = ARTICLE + THEME + HEADLINE + KEYWORDS
    shown = ("id", "title", "theme", "evidence", "headline")
    _process(
        pipeline, _Input(inputs, field, input_format, encoding), output, output_format, names, shown
    )


@app.command()
def split(
    inputs: Inputs,
    output: Output = None,
    output_format: Format = None,
    field: Field = None,
    input_format: From = None,
    encoding: Encoding = None,
) -> None:
    """Split pages into articles: kicker, title, subtitle, byline and body."""
    from .pipeline import Pipeline

    _process(
        Pipeline(ranker=None),
        _Input(inputs, field, input_format, encoding),
        output,
        output_format,
        ARTICLE,
        ("id", "kicker", "title", "subtitle", "reporters", "body"),
    )


@app.command()
def tag(
    inputs: Inputs,
    output: Output = None,
    output_format: Format = None,
    model: Model = None,
    field: Field = None,
    input_format: From = None,
    encoding: Encoding = None,
    user_dict: UserDict = None,
) -> None:
    """Tag articles with themes, with probabilities and the words that spoke for each."""
    from .pipeline import Pipeline

    _process(
        Pipeline.load(model, ranker=None, user_dict=user_dict),
        _Input(inputs, field, input_format, encoding),
        output,
        output_format,
        ARTICLE + THEME,
        ("id", "title", "themes", "scores", "evidence"),
    )


@app.command()
def headline(
    inputs: Inputs,
    output: Output = None,
    output_format: Format = None,
    field: Field = None,
    input_format: From = None,
    encoding: Encoding = None,
    user_dict: UserDict = None,
    max_chars: HeadlineChars = 24,
    summary_chars: SummaryChars = 120,
) -> None:
    """Write a headline and a summary for each article, from its body alone."""
    from .pipeline import Pipeline

    pipeline = Pipeline(user_dict=user_dict, headline_chars=max_chars, summary_chars=summary_chars)
    _process(
        pipeline,
        _Input(inputs, field, input_format, encoding),
        output,
        output_format,
        ARTICLE + HEADLINE,
        ("id", "title", "headline", "summary"),
    )


@app.command()
def keywords(
    inputs: Inputs,
    output: Output = None,
    output_format: Format = None,
    field: Field = None,
    input_format: From = None,
    encoding: Encoding = None,
    user_dict: UserDict = None,
    count: KeywordCount = 8,
) -> None:
    """Find the most central words of each article."""
    from .pipeline import Pipeline

    _process(
        Pipeline(user_dict=user_dict, keyword_count=count),
        _Input(inputs, field, input_format, encoding),
        output,
        output_format,
        ARTICLE + KEYWORDS,
        ("id", "title", "keywords"),
    )


@app.command()
def explain(
    inputs: Inputs,
    model: Model = None,
    field: Field = None,
    input_format: From = None,
    encoding: Encoding = None,
    count: KeywordCount = 10,
) -> None:
    """Show what each word added to each theme of each article, for and against, in log-odds."""
    import json

    from . import models
    from .pipeline import BATCH, batched

    tagger = models.load(model)
    source = _Input(inputs, field, input_format, encoding)
    for articles in batched(source.articles(), BATCH):
        scores = tagger.predict_proba(articles)
        for article, words, own in zip(
            articles, tagger.explain(articles, count), scores.tolist(), strict=True
        ):
            themes = {
                theme: {"probability": round(p, 4), "threshold": float(t), "words": words[theme]}
                for theme, p, t in zip(
                    map(str, tagger.classes_), own, tagger.thresholds_, strict=True
                )
            }
            if sys.stdout.isatty():
                _show_explanation(article, themes)
            else:
                line = {"id": article.id, "title": article.title, "themes": themes}
                print(json.dumps(line, ensure_ascii=False))
    source.finish()


@app.command()
def themes(model: Model = None) -> None:
    """List the themes a model knows, with their thresholds and the words that speak for each."""
    import numpy as np
    from rich.table import Table

    from . import models

    tagger = models.load(model)
    table = Table("theme", "threshold", "words that speak for it most")
    for k, theme in enumerate(tagger.classes_):
        strongest = np.argsort(-tagger.coef_[k] * tagger.idf_, kind="stable")
        words = [tagger.features_[i] for i in strongest[:12]]
        table.add_row(str(theme), f"{tagger.thresholds_[k]:.2f}", "、".join(words))
    _console(sys.stdout).print(table)


@app.command()
def train(
    corpus: Annotated[Path, typer.Argument(help="Labelled articles: a file or folder of JSONL.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write the model to.")],
    user_dict: UserDict = None,
) -> None:
    """Train a model on the train split of labelled articles, with any themes they carry."""
    from . import training

    with _status("training"):
        card = training.train(corpus, out, user_dict=str(user_dict) if user_dict else None)
    _console(sys.stderr).print(training.summary_table(card))
    print(out)


@app.command()
def evaluate(
    corpus: Annotated[Path, typer.Argument(help="Labelled articles: a file or folder of JSONL.")],
    model: Model = None,
    split: Annotated[str, typer.Option("--split", help="Which split to measure on.")] = "test",
    card: Annotated[
        bool, typer.Option("--card", help="Keep the result in the model's card too.")
    ] = False,
) -> None:
    """Measure a model on labelled articles: JSON on standard output, a table for people."""
    import json

    from . import training

    result = training.evaluate_model(corpus, model, split, keep=card)
    _console(sys.stderr).print(training.evaluation_table(result))
    if not sys.stdout.isatty():
        print(json.dumps(result.to_dict(), ensure_ascii=False))


def main() -> None:
    """Run the command line; what a user did wrong is one line, never a traceback."""
    try:
        app()
    except ToolkitError as error:
        _say(str(error))
        sys.exit(2)
    except BrokenPipeError:
        # The reader of our output left, as `head` does; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        print(f"toolkit {installed('article-toolkit')}")
        raise typer.Exit


class _Input:
    """The articles of the inputs, and what in them could not be read."""

    def __init__(
        self,
        paths: Sequence[str],
        fields: Sequence[str] | None,
        input_format: InputFormat | None,
        encoding: str | None,
    ) -> None:
        self._paths = paths
        self._fields = _field_map(fields or ())
        self._format = input_format.value if input_format else None
        self._encoding = encoding
        self._left_out = 0
        self._read = 0

    def articles(self) -> Iterator[Article]:
        from .pipeline import read_articles

        for article in read_articles(
            *self._paths,
            fields=self._fields,
            input_format=self._format,
            encoding=self._encoding,
            on_error=self._tell,
            on_encoding=lambda source, encoding: _say(f"{source}: read as {encoding}"),
        ):
            self._read += 1
            yield article

    def finish(self) -> None:
        """End the command with the exit code that says whether anything was left out."""
        if self._left_out:
            raise typer.Exit(1 if self._read else 2)

    def _tell(self, error: InputError) -> None:
        self._left_out += 1
        _say(str(error))


def _process(
    pipeline: Pipeline,
    source: _Input,
    output: Path | None,
    output_format: OutputFormat | None,
    names: Sequence[str],
    shown: Sequence[str],
) -> None:
    from .archive import run as run_archive
    from .writers import open_writer

    if output_format is None and output is None and sys.stdout.isatty():
        output_format = OutputFormat.table
    if output_format is OutputFormat.table:
        if output is not None:
            raise typer.BadParameter("a table goes to the terminal; leave out -o")
        rows: list[Row] = []
        run_archive(source.articles(), pipeline, rows.extend)  # type: ignore[arg-type]
        _show_rows(rows, shown)
    else:
        chosen = output_format.value if output_format else None
        with open_writer(output, chosen, names) as write, _progress() as advance:
            tally = run_archive(source.articles(), pipeline, write, advance)
        if output is not None:
            rate = tally.articles / max(tally.seconds, 1e-9)
            _say(f"{tally.articles} articles to {output}, {rate:.0f} a second")
    source.finish()


def _field_map(pairs: Sequence[str]) -> dict[str, str]:
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if name not in ARTICLE or not equals or not column:
            raise typer.BadParameter(
                f"'{pair}' is not FIELD=NAME with FIELD one of {', '.join(ARTICLE)}",
                param_hint="--field",
            )
    return dict(pair.split("=", 1) for pair in pairs)


def _console(stream: Any) -> Any:
    from rich.console import Console

    return Console(file=stream, highlight=False)


def _say(text: str) -> None:
    print(f"toolkit: {text}", file=sys.stderr)


def _status(text: str) -> Any:
    return _console(sys.stderr).status(text) if sys.stderr.isatty() else nullcontext()


@contextmanager
def _progress() -> Iterator[Any]:
    """Progress on standard error when it is a terminal: articles, and how many a second."""
    if not sys.stderr.isatty():
        yield lambda rows: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.completed} articles"),
        TextColumn("{task.fields[rate]} a second"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_console(sys.stderr), transient=True) as progress:
        task = progress.add_task("", total=None, rate="")

        def advance(rows: Sequence[Row]) -> None:
            done = progress.tasks[task]
            rate = (done.completed + len(rows)) / max(done.elapsed or 0, 1e-9)
            progress.update(task, advance=len(rows), rate=f"{rate:.0f}")

        yield advance


def _show_rows(rows: Sequence[Article], names: Sequence[str]) -> None:
    from rich.table import Table

    table = Table(*names, show_lines=True)
    for row in rows:
        table.add_row(*(_shown(getattr(row, name)) for name in names))
    _console(sys.stdout).print(table)


def _shown(value: Any) -> str:
    from rich.markup import escape

    if isinstance(value, list):
        return escape("、".join(value))
    if isinstance(value, dict):
        return escape("\n".join(f"{key}: {_inner(inner)}" for key, inner in value.items()))
    text = "" if value is None else str(value)
    return escape(text if len(text) <= 120 else f"{text[:119]}…")


def _inner(value: Any) -> str:
    return "、".join(value) if isinstance(value, dict) else f"{value:.2f}"


def _show_explanation(article: Article, themes: dict[str, dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(
        "theme",
        "probability",
        "threshold",
        "words for (+) and against (−)",
        title=_shown(article.title or article.id),
    )
    for theme, values in themes.items():
        words = "  ".join(f"{word} {weight:+.2f}" for word, weight in values["words"].items())
        table.add_row(
            theme,
            f"{values['probability']:.3f}",
            f"{values['threshold']:.3f}",
            _shown(words) if len(words) <= 120 else words,
        )
    _console(sys.stdout).print(table)


if __name__ == "__main__":
    main()
