"""Fuzzing guided by coverage, with atheris: `python -m benchmarks.fuzz {page,model} [--seconds N]`.

Ends with an error, and keeps the input as crash-*, when anything but an error of ours is raised,
one input takes more than ten seconds, or memory passes 2 GB. Needs `pip install ".[fuzz]"`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import atheris

from .peers import ROOT

with atheris.instrument_imports(include=["toolkit"]):
    from toolkit import ThemeTagger, ToolkitError, models, read_page
    from toolkit.readers import Page, Reading, entries

Target = Callable[[bytes], None]

SECONDS_AN_INPUT = 10
MEGABYTES = 2000
FILES = ("model.json", "features.txt", "idf.npy", "coef.npy")


def page(folder: Path) -> Target:
    """Bytes as a text file: decoded, and split into articles."""
    file = folder / "page.txt"

    def target(data: bytes) -> None:
        file.write_bytes(data)
        for entry in entries([file], Reading(on_error=lambda error: None)):
            if isinstance(entry, Page):
                for article in read_page(entry.text, "a.txt"):
                    assert article.body.strip()
        read_page(atheris.FuzzedDataProvider(data).ConsumeUnicode(len(data)))

    return target


def model(folder: Path) -> Target:
    """Bytes as one file of a model, or laid over a part of it, its checksum made to fit."""
    texts = ["工会送毛巾", "工会送药品", "今天下雨", "明天下雨"]
    models.save(ThemeTagger(min_df=1).fit(texts, [["送"], ["送"], [], []]), folder)
    sound = {name: (folder / name).read_bytes() for name in FILES}

    def target(data: bytes) -> None:
        choice = atheris.FuzzedDataProvider(data)
        name = choice.PickValueInList(list(FILES))
        keep = choice.ConsumeIntInRange(0, len(sound[name]))
        rest = choice.ConsumeBytes(len(data))
        changed = sound[name][:keep] + rest + sound[name][keep + len(rest) :]
        for each in FILES:
            (folder / each).write_bytes(changed if each == name else sound[each])
        if name != "model.json":
            description = json.loads(sound["model.json"])
            description["sha256"][name] = sha256(changed).hexdigest()
            (folder / "model.json").write_text(json.dumps(description), "utf-8")
        try:
            models.load(folder)
        except ToolkitError as error:
            assert "\n" not in str(error)

    return target


def seeds(folder: Path) -> Path:
    """A folder of inputs to start from: pieces of a page in three encodings."""
    folder.mkdir()
    text = (ROOT / "examples" / "page.txt").read_text("utf-8")
    for number, at in enumerate(range(0, len(text), 400)):
        for codec in ("utf-8", "gb18030", "utf-16"):
            (folder / f"{number}-{codec}").write_bytes(text[at : at + 800].encode(codec))
    return folder


TARGETS = {"page": page, "model": model}


def main() -> None:
    """Fuzz one target; libFuzzer tells how many inputs it tried."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        atheris.Setup(
            [
                sys.argv[0],
                f"-max_total_time={options.seconds}",
                f"-timeout={SECONDS_AN_INPUT}",
                f"-rss_limit_mb={MEGABYTES}",
                f"-seed={options.seed}",
                "-max_len=20000",
                "-len_control=0",
                "-print_final_stats=1",
                str(seeds(Path(folder) / "seeds")),
            ],
            TARGETS[options.target](Path(folder)),
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
