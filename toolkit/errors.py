"""The errors a user can cause, each one line that names the file, the place and the mend."""

from __future__ import annotations


def printable(text: str) -> str:
    """A text without line ends, control codes and halves of characters: each as its escape.

    Names of files and columns are whatever they are; none may break a line or steer a terminal.
    """
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or each == "\u3000" else ascii(each)[1:-1] for each in text
    )


class ToolkitError(Exception):
    """Base of every error this package raises on purpose; its text is one line."""


class InputError(ToolkitError):
    """An input that cannot be used.

    Parameters
    ----------
    source : the file's name, or "-" for standard input.
    problem : what is wrong and what would mend it, one line.
    place : where in the file, such as "line 3"; empty for the whole file.
    """

    def __init__(self, source: str, problem: str, place: str = "") -> None:
        self.source = source
        self.problem = problem
        self.place = place
        super().__init__(printable(": ".join(part for part in (source, place, problem) if part)))

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str]]:
        """Rebuild from the three parts, for the way back from a worker."""
        return type(self), (self.source, self.problem, self.place)


class ModelError(ToolkitError):
    """A model that cannot be loaded, or cannot be trained from what was given."""
