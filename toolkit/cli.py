"""The command line: options in, library calls, tables and files out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from .errors import InputError, ToolkitError, printable

if TYPE_CHECKING:
    from .archive import Done, Job, Tally
    from .article import Article
    from .headline import Choice
    from .readers import Item, Limits

app = typer.Typer(
    name="toolkit",
    help="Read Chinese newspaper pages and archives: split, tag by theme, headline, summarise.\n\n"
    "INPUT is a file, a folder of files, or - for standard input: .txt, .md, .pdf, .html, .mht, "
    ".docx and .epub pages, .jsonl, .json, .csv, .tsv, .parquet, .xlsx and .xls records, .gz or "
    ".zst of these, and .zip of any. Results go to standard output as JSONL, or to a file with "
    "-o. Exit code: 0 all done, 1 something in the input was left out (each told on standard "
    "error), 2 nothing could be done.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class OutputFormat(StrEnum):
    """What results are written as."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    table = "table"


class DigestFormat(StrEnum):
    """What a digest is written as."""

    text = "text"
    md = "md"
    jsonl = "jsonl"


class HeadlineStyle(StrEnum):
    """What a headline is made of."""

    plain = "plain"
    two_part = "two-part"


class InputFormat(StrEnum):
    """What input is read as."""

    txt = "txt"
    jsonl = "jsonl"
    json = "json"
    csv = "csv"
    tsv = "tsv"
    parquet = "parquet"
    pdf = "pdf"
    html = "html"
    mhtml = "mhtml"
    docx = "docx"
    xlsx = "xlsx"
    epub = "epub"
    zip = "zip"


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
Limit = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar="NAME=NUMBER",
        help="Take more or less than usual, such as file-size=1GB or article-chars=20000; a wrong "
        "name lists all; may be repeated.",
    ),
]
UserDict = Annotated[
    Path | None, typer.Option("--user-dict", help="Words of your own, in jieba's form.")
]
HeadlineChars = Annotated[
    int, typer.Option("--max-chars", min=6, help="The most characters of a headline.")
]
Style = Annotated[
    HeadlineStyle,
    typer.Option("--style", help="plain: one run of words; two-part: two, with a space between."),
]
SummaryChars = Annotated[
    int | None,
    typer.Option(
        "--summary-chars",
        min=1,
        help="The most characters of a summary; default: 120, or as many as --sentences take.",
    ),
]
Sentences = Annotated[
    int | None, typer.Option("--sentences", min=1, help="The most sentences of a summary.")
]
KeywordCount = Annotated[int, typer.Option("-n", "--count", min=1, help="How many keywords.")]

Workers = Annotated[
    int, typer.Option("--workers", "-w", min=1, help="Processes to work side by side.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Stop at the first thing that is wrong.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the output if it is there.")]

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
LABELLED = (*ARTICLE, "themes", "split")
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
    limit: Limit = None,
    user_dict: UserDict = None,
    workers: Workers = 1,
    strict: Strict = False,
    force: Force = False,
    max_chars: HeadlineChars = 24,
    style: Style = HeadlineStyle.plain,
    summary_chars: SummaryChars = None,
    sentences: Sentences = None,
    count: KeywordCount = 8,
) -> None:
    """Do everything: articles with themes, evidence, headline, summary and keywords.

    A run to a file that was interrupted goes on where it stopped when the same command is given
    again. What could not be read is listed in a file beside the output.
    """
    _process(
        _Input(inputs, field, input_format, encoding, limit),
        output,
        output_format,
        ARTICLE + THEME + HEADLINE + KEYWORDS,
        shown=("id", "title", "theme", "evidence", "headline"),
        workers=workers,
        strict=strict,
        force=force,
        model=_text(model),
        user_dict=_text(user_dict),
        headline_chars=max_chars,
        headline_style=style.value,
        summary_chars=summary_chars,
        summary_sentences=sentences,
        keyword_count=count,
    )


@app.command()
def split(
    inputs: Inputs,
    output: Output = None,
    output_format: Format = None,
    field: Field = None,
    input_format: From = None,
    encoding: Encoding = None,
    limit: Limit = None,
    workers: Workers = 1,
    strict: Strict = False,
    force: Force = False,
) -> None:
    """Split pages into articles: kicker, title, subtitle, byline and body."""
    _process(
        _Input(inputs, field, input_format, encoding, limit),
        output,
        output_format,
        ARTICLE,
        shown=("id", "kicker", "title", "subtitle", "reporters", "body"),
        workers=workers,
        strict=strict,
        force=force,
        tag=False,
        write=False,
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
    limit: Limit = None,
    user_dict: UserDict = None,
    workers: Workers = 1,
    strict: Strict = False,
    force: Force = False,
) -> None:
    """Tag articles with themes, with probabilities and the words that spoke for each."""
    _process(
        _Input(inputs, field, input_format, encoding, limit),
        output,
        output_format,
        ARTICLE + THEME,
        shown=("id", "title", "themes", "scores", "evidence"),
        workers=workers,
        strict=strict,
        force=force,
        write=False,
        model=_text(model),
        user_dict=_text(user_dict),
    )


@app.command()
def headline(
    inputs: Inputs,
    output: Output = None,
    output_format: Format = None,
    model: Model = None,
    field: Field = None,
    input_format: From = None,
    encoding: Encoding = None,
    limit: Limit = None,
    user_dict: UserDict = None,
    workers: Workers = 1,
    strict: Strict = False,
    force: Force = False,
    max_chars: HeadlineChars = 24,
    style: Style = HeadlineStyle.plain,
    summary_chars: SummaryChars = None,
    sentences: Sentences = None,
    explained: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Show instead the headline of each article and the one that came next, with what "
            "spoke for each: a table on a terminal, else JSONL.",
        ),
    ] = False,
) -> None:
    """Write a headline and a summary for each article, from its body alone.

    What speaks for an article's theme counts in its headline, as in toolkit run.
    """
    if explained:
        _refuse_with_explain("--output", output is not None)
        _refuse_with_explain("--style two-part", style is HeadlineStyle.two_part)
        _refuse_with_explain(
            "--format csv or parquet", output_format in (OutputFormat.csv, OutputFormat.parquet)
        )
        source = _Input(inputs, field, input_format, encoding, limit)
        as_table = sys.stdout.isatty() if output_format is None else output_format == "table"
        _explain_headlines(source, as_table, max_chars, _text(model), _text(user_dict))
        return
    _process(
        _Input(inputs, field, input_format, encoding, limit),
        output,
        output_format,
        ARTICLE + HEADLINE,
        shown=("id", "title", "headline", "summary"),
        workers=workers,
        strict=strict,
        force=force,
        model=_text(model),
        user_dict=_text(user_dict),
        headline_chars=max_chars,
        headline_style=style.value,
        summary_chars=summary_chars,
        summary_sentences=sentences,
    )


@app.command()
def keywords(
    inputs: Inputs,
    output: Output = None,
    output_format: Format = None,
    field: Field = None,
    input_format: From = None,
    encoding: Encoding = None,
    limit: Limit = None,
    user_dict: UserDict = None,
    workers: Workers = 1,
    strict: Strict = False,
    force: Force = False,
    count: KeywordCount = 8,
) -> None:
    """Find the most central words and phrases of each article."""
    _process(
        _Input(inputs, field, input_format, encoding, limit),
        output,
        output_format,
        ARTICLE + KEYWORDS,
        shown=("id", "title", "keywords"),
        workers=workers,
        strict=strict,
        force=force,
        tag=False,
        user_dict=_text(user_dict),
        keyword_count=count,
    )


@app.command()
def digest(
    inputs: Inputs,
    theme: Annotated[
        str | None, typer.Option("--theme", help="Only articles of this theme; default: all.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="DATE",
            help="Only articles printed from this day, month or year on, such as 2022-09-24, "
            "2022-09 or 2022, by the date in their id or in the name of their file or folders.",
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="The same, up to this one.")
    ] = None,
    max_items: Annotated[int, typer.Option("--max-items", min=1, help="The most stories.")] = 10,
    max_chars: Annotated[
        int | None,
        typer.Option("--max-chars", min=1, help="The most characters of all stories together."),
    ] = None,
    sentences: Annotated[
        int, typer.Option("--sentences", min=1, help="The most sentences of a story.")
    ] = 2,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file: .md, .txt or .jsonl.")
    ] = None,
    output_format: Annotated[
        DigestFormat | None,
        typer.Option(
            "--format", "-f", help="Default: by the suffix of -o; text on a terminal, else JSONL."
        ),
    ] = None,
    model: Model = None,
    field: Field = None,
    input_format: From = None,
    encoding: Encoding = None,
    limit: Limit = None,
    user_dict: UserDict = None,
) -> None:
    """Tell what many articles tell: the most central stories, reprints of one folded together."""
    from . import digest as library
    from . import models
    from .dates import is_iso_date
    from .markup import write
    from .pipeline import Pipeline

    for option, date in (("--since", since), ("--until", until)):
        if date is not None and not is_iso_date(date):
            problem = f"'{date}' is no date such as 2022-09-24, 2022-09 or 2022"
            raise typer.BadParameter(problem, param_hint=option)
    chosen = _digest_format(output, output_format)
    source = _Input(inputs, field, input_format, encoding, limit)
    pipeline = Pipeline(
        tagger=models.load(_text(model)) if theme else None,
        user_dict=_text(user_dict),
        summary_chars=60 * sentences,
        summary_sentences=sentences,
    )
    with _progress(source) as advance:
        made = library.make_digest(
            source.articles(),
            pipeline,
            theme=theme,
            max_items=max_items,
            max_chars=max_chars,
            since=since,
            until=until,
            on_done=advance,
        )
    if made.read:
        written = library.FORMATS[chosen](made)
        if output:
            write(written, output)
        else:
            print(written.encode("utf-8", "replace").decode(), end="")
        _say(library.told(made))
    if made.undated:
        _say(f"{made.undated} left out: no date in their id or in the name of their file")
    source.end(unused=made.undated)


@app.command()
def explain(
    inputs: Inputs,
    model: Model = None,
    field: Field = None,
    input_format: From = None,
    encoding: Encoding = None,
    limit: Limit = None,
    count: KeywordCount = 10,
) -> None:
    """Show what each word added to each theme of each article, for and against, in log-odds."""
    import json

    from . import models
    from .pipeline import BATCH, batched

    tagger = models.load(model)
    source = _Input(inputs, field, input_format, encoding, limit)
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
    source.end()


@app.command()
def themes(model: Model = None) -> None:
    """List the themes a model knows, with their thresholds and the words that speak for each."""
    from rich.table import Table

    from . import models

    tagger = models.load(model)
    table = Table("theme", "threshold", "words that speak for it most")
    table.columns[-1].overflow = "fold"
    for k, theme in enumerate(tagger.classes_):
        words = "、".join(tagger.words_[k])
        table.add_row(str(theme), f"{tagger.thresholds_[k]:.2f}", words)
    _console(sys.stdout).print(table)


@app.command()
def train(
    corpus: Annotated[
        list[Path],
        typer.Argument(
            metavar="LABELS…",
            help="Labelled articles: a file of JSONL or CSV, a folder of such files, or a folder "
            "with a folder of texts for each theme. A later one corrects an earlier.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write the model to.")],
    field: Field = None,
    user_dict: UserDict = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite files there that are no earlier model's.")
    ] = False,
) -> None:
    """Train a model on the train split of labelled articles, with any themes they carry.

    Records have a body and themes: a list, or names separated by commas; empty or none for an
    article of no theme. What the model learned is told, and which labels want a second look.
    """
    from . import training

    with _status("training"):
        fields = _field_map(field or (), LABELLED)
        trained = training.train(corpus, out, _text(user_dict), fields, force=force)
    console = _console(sys.stderr)
    console.print(training.summary_table(trained.card))
    console.print(training.lessons_table(trained.checks))
    for line in trained.checks.lines(out):
        console.print(line, markup=False, soft_wrap=True)
    print(out)


@app.command()
def review(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT…", help="Files or folders.")],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="File of answers, .jsonl; added to when it is there."),
    ],
    model: Model = None,
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="How many to ask.")] = 50,
    sample: Annotated[
        int | None,
        typer.Option("--sample", min=1, help="Choose among so many articles at random, not all."),
    ] = None,
    field: Field = None,
    input_format: From = None,
    encoding: Encoding = None,
    limit: Limit = None,
) -> None:
    """Correct a model: label the articles of an archive that would teach it most, key by key.

    Each answer is kept at once; quit when you like, and the same command asks what is not
    answered yet. Then train again, with the answers after the labels: toolkit train LABELS OUT.
    Keys may come from a pipe.
    """
    from . import models
    from . import review as reviewing

    if "-" in inputs:
        raise typer.BadParameter("name a file; standard input is for the keys")
    source = _Input(inputs, field, input_format, encoding, limit)
    tagger = models.load(model)
    with reviewing.Answers(out) as answers:
        if answers.cut_line:
            _say(f"{out}: line {answers.cut_line}: cut short and taken out; it is asked again")
        with _progress(source) as advance:
            questions = reviewing.queue(
                tagger, source.articles(), count, answers.ids, sample, advance
            )
        names = [str(name) for name in tagger.classes_]
        session = reviewing.Review(questions, names, answers)
        if questions:
            reviewing.ask(session, _keys(), tagger.thresholds_.tolist(), _console(sys.stdout))
        elif source.read:
            _say("nothing left to ask; each article has its answer")
        _say(f"{session.answered} answered now, {len(answers.ids)} in {out}")
    source.end()


@app.command()
def evaluate(
    corpus: Annotated[Path, typer.Argument(help="Labelled articles: a file or folder of JSONL.")],
    model: Model = None,
    split: Annotated[str, typer.Option("--split", help="Which split to measure on.")] = "test",
    cross_validate: Annotated[
        bool | None,
        typer.Option(
            "--cross-validate/--no-cross-validate",
            help="Judge each article by a model trained on others of the split, not by --model; "
            "done on the train split unless forbidden, for a model does well on what it has seen.",
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option("--report", help="Write one HTML page of it all, and its JSON beside it."),
    ] = None,
    learning_curve: Annotated[
        bool,
        typer.Option(
            "--learning-curve", help="Tell in the report what more articles to learn from give."
        ),
    ] = False,
    card: Annotated[
        bool, typer.Option("--card", help="Keep the result in the model's card too.")
    ] = False,
) -> None:
    """Measure a model on labelled articles: JSON on standard output, a table for people."""
    import json

    from . import training

    on_folds = split == "train" if cross_validate is None else cross_validate
    if card and on_folds:
        raise typer.BadParameter(
            "tells of the model itself, so not with --cross-validate", param_hint="--card"
        )
    if learning_curve and page is None:
        raise typer.BadParameter(
            "is told in the report; name one with --report", param_hint="--learning-curve"
        )
    with _bar("training and measuring") as on_step:
        result = training.evaluate_model(
            corpus,
            model,
            split,
            cross_validated=on_folds,
            keep=card,
            report=page,
            learning_curve=learning_curve,
            on_step=on_step,
        )
    if on_folds:
        _say(f"cross-validated on the {split} split: no article judged by a model that saw it")
    _console(sys.stderr).print(training.evaluation_table(result))
    if page:
        _say(f"report in {page}, its figures in {page.with_suffix('.json')}")
    if not sys.stdout.isatty():
        print(json.dumps(result.to_dict(), ensure_ascii=False))


@app.command()
def report(
    rows: Annotated[Path, typer.Argument(metavar="ROWS", help="What `toolkit run` wrote.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Default: the rows' name with .html.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite a file that is no earlier report.")
    ] = False,
) -> None:
    """Make one self-contained HTML page of a run: themes over time, by source, and their words."""
    from . import report as page

    output = output or rows.with_suffix(".html")
    with _status("reading"):
        page.build(rows, output, force=force)
    print(output)


def main() -> None:
    """Run the command line; what a user did wrong is one line, never a traceback."""
    try:
        try:
            app()
        finally:
            _flush_output()
    except ToolkitError as error:
        _say(str(error))
        sys.exit(2)
    except BrokenPipeError:
        # The reader of our output left, as `head` does.
        _drop_output()
        sys.exit(0)


def _flush_output() -> None:
    """Write what is still in memory, while it can be told that it cannot be written."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _drop_output()
        problem = error.strerror or error
        raise ToolkitError(f"standard output: cannot be written: {problem}") from None


def _drop_output() -> None:
    """Let what is still in memory go; Python would complain once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        print(f"toolkit {installed('article-toolkit')}")
        raise typer.Exit


class _Input:
    """The inputs of a command, and how far they have been read."""

    def __init__(
        self,
        paths: Sequence[str],
        fields: Sequence[str] | None,
        input_format: InputFormat | None,
        encoding: str | None,
        limits: Sequence[str] | None,
    ) -> None:
        self.paths = paths
        self.limits = _limits(limits or ())
        self.fields = _field_map(fields or ())
        self.encoding = encoding
        self._format = input_format.value if input_format else None
        self._open: IO[bytes] | None = None
        self._finished_bytes = 0
        self.skip: Collection[Path] = ()
        self.read = 0
        self.left_out = 0

    def entries(self) -> Iterator[Item | InputError]:
        """What is read, and what could not be."""
        from .readers import Reading, entries

        reading = Reading(
            input_format=self._format,
            encoding=self.encoding,
            on_encoding=_tell_encoding,
            on_open=self._opened,
            limits=self.limits,
            skip=self.skip,
        )
        return entries(self.paths, reading)

    def articles(self) -> Iterator[Article]:
        """The articles; what could not be read is told, and counted for `end`."""
        from .pipeline import articles_of

        errors: list[InputError] = []
        for entry in self.entries():
            if isinstance(entry, InputError):
                errors.append(entry)
            else:
                found = articles_of(entry, self.fields, errors.append, self.limits, self.root)
                self.read += len(found)
                yield from found
            self.left_out += len(errors)
            _tell(errors)
            errors.clear()

    def end(self, unused: int = 0) -> None:
        """End the command with 1 if anything was left out, with 2 if all was.

        unused : how many articles were read but could not be used.
        """
        if self.left_out or unused:
            raise typer.Exit(1 if self.read > unused else 2)

    @cached_property
    def root(self) -> str:
        """The folder that holds all inputs, looked up once."""
        from .readers import root_of

        return root_of(self.paths)

    @property
    def total_bytes(self) -> int | None:
        """The size of all the files; None when something is no file."""
        from .readers import files_in

        sizes = [
            file.stat().st_size
            for path in map(Path, self.paths)
            for file in files_in(path, self.skip)
        ]
        return None if "-" in self.paths else sum(sizes)

    @property
    def bytes_read(self) -> int:
        """How much of them has been read."""
        if self._open is None or self._open.closed:
            return self._finished_bytes
        return self._finished_bytes + self._open.tell()

    def _opened(self, stream: IO[bytes]) -> None:
        if self._open is not None:
            self._finished_bytes += Path(self._open.name).stat().st_size
        self._open = stream


def _process(
    source: _Input,
    output: Path | None,
    output_format: OutputFormat | None,
    names: Sequence[str],
    *,
    shown: Sequence[str],
    workers: int = 1,
    strict: bool = False,
    force: bool = False,
    **settings: Any,
) -> None:
    from . import archive
    from .writers import format_name

    if output_format is None and output is None and sys.stdout.isatty():
        output_format = OutputFormat.table
    job = archive.Job(
        tuple(names),
        fields=tuple(source.fields.items()),
        limits=source.limits,
        root=source.root,
        **settings,
    )
    if output_format is OutputFormat.table:
        if output is not None:
            raise typer.BadParameter("a table goes to the terminal; leave out -o")
        _show_rows(job, source, shown)
        return
    chosen = output_format.value if output_format else None
    job = replace(job, output_format=format_name(output, chosen))
    archive.prepare(job)
    if output is not None:
        source.skip = archive.OutputFiles.of(output).all()
        same = archive.identity(job, source.paths, source.encoding, source.skip)
    else:
        same = None
    with archive.Output(output, job, same, force=force) as out:
        if out.resumed:
            _say(f"{output}: going on after {out.tally.articles} articles")
        elif out.restarted:
            _say(f"{output}: begun anew; the run left unfinished had other input or settings")
        begun, started = out.tally.articles, perf_counter()
        try:
            with _progress(source) as advance:

                def on_done(done: Done) -> None:
                    _tell(done.rejected)
                    advance(done.articles)

                tally = archive.run(
                    job, source.entries(), out, workers=workers, strict=strict, on_done=on_done
                )
        except KeyboardInterrupt:
            _say("interrupted; the same command goes on from here" if same else "interrupted")
            raise typer.Exit(130) from None
        except InputError:
            out.discard()
            raise
    if output is not None:
        _sum_up(output, tally, begun, perf_counter() - started)
    if tally.rejected:
        raise typer.Exit(1 if tally.articles else 2)


def _digest_format(output: Path | None, given: DigestFormat | None) -> str:
    """What a digest is written as; whatever is wrong shows before the archive is read."""
    from .digest import SUFFIXES

    if output is None:
        return given.value if given else "text" if sys.stdout.isatty() else "jsonl"
    if not output.parent.is_dir():
        raise ToolkitError(f"{output}: cannot be written: there is no such folder")
    if given:
        return given.value
    if output.suffix.lower() not in SUFFIXES:
        problem = f"'{output}': end the name in {', '.join(SUFFIXES)}, or give --format"
        raise typer.BadParameter(problem, param_hint="--output")
    return SUFFIXES[output.suffix.lower()]


def _refuse_with_explain(option: str, given: bool) -> None:
    if given:
        raise typer.BadParameter(f"not with {option}", param_hint="--explain")


def _explain_headlines(
    source: _Input, as_table: bool, max_chars: int, model: str | None, user_dict: str | None
) -> None:
    import json
    from dataclasses import asdict

    from . import models
    from .headline import explain
    from .pipeline import BATCH, EVIDENCE_WORDS, batched, of_first_theme
    from .textrank import TextRank
    from .tokens import Tokenizer

    tagger = models.load(model)
    tokenizer, ranker = Tokenizer(user_dict or tagger.user_dict), TextRank()
    for articles in batched(source.articles(), BATCH):
        tokens = tokenizer.batch(articles)
        _, evidence = tagger.with_evidence(tokens, EVIDENCE_WORDS)
        spoke = of_first_theme(evidence)
        choices = explain(ranker.rank(tokens), max_chars=max_chars, evidence=spoke)
        for article, own in zip(articles, choices, strict=True):
            if as_table:
                _show_choices(article, own)
            else:
                told = [asdict(choice) for choice in own]
                line = {"id": article.id, "title": article.title, "choices": told}
                print(json.dumps(line, ensure_ascii=False))
    source.end()


def _sum_up(output: Path, tally: Tally, begun: int, seconds: float) -> None:
    rate = (tally.articles - begun) / max(seconds, 1e-9)
    _say(f"{tally.articles} articles to {output}, {rate:.0f} a second")
    if tally.themes.keys() - {""}:
        ordered = sorted(tally.themes.items(), key=lambda item: (not item[0], -item[1]))
        _say("; ".join(f"{theme or 'none'} {count}" for theme, count in ordered))
    if tally.rejected:
        _say(f"{tally.rejected} could not be used; see {output}.rejected.jsonl")


def _tell(errors: Sequence[InputError]) -> None:
    for error in errors:
        _say(str(error))


def _keys() -> Iterator[str]:
    """What is pressed, key by key, until Ctrl-C or the end of a pipe."""
    try:
        if sys.stdin.isatty():
            while True:
                yield typer.getchar()
        while key := sys.stdin.read(1):
            yield key
    except (KeyboardInterrupt, EOFError):
        return


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _field_map(pairs: Sequence[str], names: Sequence[str] = ARTICLE) -> dict[str, str]:
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if name not in names or not equals or not column:
            raise typer.BadParameter(
                f"'{pair}' is not FIELD=NAME with FIELD one of {', '.join(names)}",
                param_hint="--field",
            )
    return dict(pair.split("=", 1) for pair in pairs)


def _limits(settings: Sequence[str]) -> Limits:
    from .readers import Limits

    try:
        return Limits().but(settings)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--limit") from None


def _tell_encoding(source: str, encoding: str, sure: bool) -> None:
    doubt = "" if sure else ", but not surely; give the right one with --encoding if it is wrong"
    _say(f"{source}: read as {encoding}{doubt}")


def _console(stream: Any) -> Any:
    from rich.console import Console

    return Console(file=stream, highlight=False)


def _say(text: str) -> None:
    print(f"toolkit: {text}", file=sys.stderr)


def _status(text: str) -> Any:
    return _console(sys.stderr).status(text) if sys.stderr.isatty() else nullcontext()


@contextmanager
def _bar(text: str) -> Iterator[Callable[[int, int], None]]:
    """A bar of steps done on standard error when it is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import Progress

    with Progress(console=_console(sys.stderr), transient=True) as progress:
        task = progress.add_task(text, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def _progress(source: _Input) -> Iterator[Callable[[int], None]]:
    """Progress on standard error when it is a terminal: articles, rate, share done, time left."""
    if not sys.stderr.isatty():
        yield lambda articles: None
        return
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.fields[articles]} articles, {task.fields[rate]} a second"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_console(sys.stderr), transient=True) as progress:
        task = progress.add_task("", total=source.total_bytes, articles=0, rate="0")

        def advance(articles: int) -> None:
            shown = progress.tasks[task]
            done = shown.fields["articles"] + articles
            rate = f"{done / max(shown.elapsed or 0, 1e-9):.0f}"
            progress.update(task, completed=source.bytes_read, articles=done, rate=rate)

        yield advance


def _show_rows(job: Job, source: _Input, names: Sequence[str]) -> None:
    from rich.table import Column, Table

    table = Table(*(Column(name, overflow="fold") for name in names), show_lines=True)
    for row in job.pipeline().process(source.articles()):
        table.add_row(*(_shown(getattr(row, name)) for name in names))
    if table.row_count:
        _console(sys.stdout).print(table)
    source.end()


def _shown(value: Any) -> str:
    from rich.markup import escape

    if isinstance(value, list):
        return escape(printable("、".join(value)))
    if isinstance(value, dict):
        lines = (printable(f"{key}: {_inner(inner)}") for key, inner in value.items())
        return escape("\n".join(lines))
    text = "" if value is None else str(value)
    text = text if len(text) <= 120 else f"{text[:119]}…"
    return escape("\n".join(map(printable, text.split("\n"))))


def _inner(value: Any) -> str:
    return "、".join(value) if isinstance(value, dict) else f"{value:.2f}"


def _show_choices(article: Article, choices: Sequence[Choice]) -> None:
    from rich.table import Table

    table = Table(
        "", "headline", "score", "what counted", title=_shown(article.title or article.id)
    )
    for place, choice in enumerate(choices, 1):
        counted = "  ".join(f"{name} {value:+.3f}" for name, value in choice.reasons.items())
        table.add_row(str(place), _shown(choice.text), f"{choice.score:.3f}", counted)
    _console(sys.stdout).print(table)


def _show_explanation(article: Article, themes: dict[str, dict[str, Any]]) -> None:
    from rich.markup import escape
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
            escape(printable(words)),
        )
    _console(sys.stdout).print(table)


if __name__ == "__main__":
    main()
