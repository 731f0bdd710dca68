"""Models on disk: arrays, JSON and text, with checksums; loading one executes nothing.

A model is a folder: `model.json` names the format, its version and the checksum of every other
file; `features.txt` holds a feature a line; `idf.npy`, `coef.npy` and `short_coef.npy` hold plain
arrays; `card.md` tells people what the model is.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError
from .shipped import shipped
from .themes import ThemeModel

FORMAT = "article-toolkit themes"
VERSION = 3
_ARRAYS = ("idf", "coef", "short_coef")
_FILES = ("features.txt", *(f"{name}.npy" for name in _ARRAYS))
_USER_DICT = "user_dict.txt"


def default_path() -> Path:
    """The folder of the model that ships with the package."""
    return shipped("themes")


def save(tagger: ThemeModel, folder: str | Path, training: dict[str, Any] | None = None) -> None:
    """Write a fitted tagger to a folder, byte for byte the same for the same tagger.

    Parameters
    ----------
    training : what it was trained on, kept in `model.json` for people to read.

    Raises
    ------
    ModelError : the folder cannot be written.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "features.txt").write_text(
            "".join(f"{name}\n" for name in tagger.features_), "utf-8", newline="\n"
        )
        for name in _ARRAYS:
            values = getattr(tagger, f"{name}_").astype("<f4")
            np.save(folder / f"{name}.npy", values, allow_pickle=False)
        files = list(_FILES)
        if tagger.user_dict is not None:
            (folder / _USER_DICT).write_bytes(Path(tagger.user_dict).read_bytes())
            files.append(_USER_DICT)
        description = {
            "format": FORMAT,
            "version": VERSION,
            "classes": [str(name) for name in tagger.classes_],
            "intercept": tagger.intercept_.tolist(),
            "short_intercept": tagger.short_intercept_.tolist(),
            "thresholds": tagger.thresholds_.tolist(),
            "words": tagger.words_,
            "sha256": {name: _checksum(folder / name) for name in files},
            "training": training or {},
        }
        text = json.dumps(description, ensure_ascii=False, indent=1) + "\n"
        (folder / "model.json").write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise ModelError(f"{folder}: the model cannot be written: {error.strerror}") from None


def load(folder: str | Path | None = None) -> ThemeModel:
    """Load a model that `save` wrote; None loads the one that ships.

    Raises
    ------
    ModelError : the folder holds no model, or one that is damaged, foreign or too new.
    """
    folder = Path(folder) if folder is not None else default_path()
    description = describe(folder)
    checksums = description["sha256"]
    for name, expected in checksums.items():
        file = folder / name
        if Path(name).name != name or not file.is_file():
            raise ModelError(f"{folder}: the model's file '{name}' is missing; copy it whole")
        if _checksum(file) != expected:
            raise ModelError(f"{file}: damaged, its checksum differs; copy the model anew")
    try:
        tagger = ThemeModel()
        tagger.classes_ = np.array(list(description["classes"]), dtype=object)
        tagger.intercept_ = np.array(description["intercept"], dtype=float)
        tagger.short_intercept_ = np.array(description["short_intercept"], dtype=float)
        tagger.thresholds_ = np.array(description["thresholds"], dtype=float)
        tagger.words_ = [[str(word) for word in own] for own in description["words"]]
        tagger.features_ = (folder / "features.txt").read_text("utf-8").split("\n")[:-1]
        for name in _ARRAYS:
            setattr(tagger, f"{name}_", _array(folder / f"{name}.npy"))
        tagger.user_dict = str(folder / _USER_DICT) if _USER_DICT in checksums else None
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise ModelError(f"{folder}: not a model this version can use: {error}") from None
    themes, features = len(tagger.classes_), len(tagger.features_)
    if not (
        themes > 0
        and tagger.coef_.shape == tagger.short_coef_.shape == (themes, features)
        and tagger.idf_.shape == (features,)
        and tagger.intercept_.shape == tagger.short_intercept_.shape == (themes,)
        and tagger.thresholds_.shape == (themes,)
        and len(tagger.words_) == themes
        and all(
            np.isfinite(part).all()
            for part in (
                tagger.coef_,
                tagger.short_coef_,
                tagger.idf_,
                tagger.intercept_,
                tagger.short_intercept_,
                tagger.thresholds_,
            )
        )
    ):
        raise ModelError(f"{folder}: the parts of the model do not fit together")
    try:
        tagger.prepare()
    except ValueError as error:
        raise ModelError(f"{folder / 'features.txt'}: {error}") from None
    return tagger


def describe(folder: str | Path) -> dict[str, Any]:
    """What `model.json` says, once it is known to be of this format and version.

    Raises
    ------
    ModelError : it is missing, damaged, foreign or too new.
    """
    file = Path(folder) / "model.json"
    try:
        description = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{folder}: no model here, 'model.json' is missing") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{file}: cannot be read as JSON: {error}") from None
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise ModelError(f"{file}: not a model of this toolkit")
    version = description.get("version")
    if version != VERSION:
        raise ModelError(
            f"{file}: format version {version!r}, and this toolkit reads {VERSION}; "
            "install the toolkit the model was made with, or train it again"
        )
    if not isinstance(description.get("sha256"), dict) or not set(_FILES) <= set(
        description["sha256"]
    ):
        raise ModelError(f"{file}: damaged, it does not list the model's files")
    return description


def files(folder: str | Path) -> list[Path]:
    """The files that `save` may write in a folder."""
    return [Path(folder) / name for name in ("model.json", *_FILES, _USER_DICT)]


def is_ours(folder: str | Path) -> bool:
    """Whether a folder holds a model of this toolkit, of any version, whole or damaged."""
    try:
        description = json.loads((Path(folder) / "model.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(description, dict) and description.get("format") == FORMAT


def _array(file: Path) -> NDArray[np.float64]:
    try:
        return np.asarray(np.load(file, allow_pickle=False, mmap_mode="r"), dtype=np.float64)
    except Exception as error:
        # NumPy reads an array's header as Python text, and raises what its tokenizer raises.
        raise ValueError(f"{file.name}: {' '.join(str(error).split())}") from None


def _checksum(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
