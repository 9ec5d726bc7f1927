"""What was found wrong with an extract, said so that a person can mend it."""

import re
from dataclasses import dataclass

from arr_ledger.problems import RefusedError

MOST_PROBLEMS_LISTED = 20
LONGEST_TEXT_SHOWN = 60
ADDRESS = re.compile(r"[^@\s'\"]+@[^@\s'\"]+\.[^\W\d_]{2,}")


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where (file, line or row, column), what, and what to do about it."""

    file: str
    what: str
    remedy: str
    line: int | None = None
    column: str | None = None
    line_word: str = "line"

    def __str__(self) -> str:
        where = self.file
        if self.line is not None:
            where += f", {self.line_word} {self.line}"
        if self.column is not None:
            where += f", column {self.column}"
        return f"{where}: {self.what}; {self.remedy}."

    @property
    def reason(self) -> str:
        """The same without file and line, which stand beside it in the quarantine."""
        column = f"column {self.column}: " if self.column is not None else ""
        return f"{column}{self.what}; {self.remedy}"


class LandingRefusedError(RefusedError):
    """The landing changes nothing: at least one extract is not what was declared.

    ``limits`` says of tables whose bad rows could have been quarantined why there are too many.
    """

    def __init__(self, problems: list[Problem], limits: list[str] | None = None) -> None:
        self.problems = problems
        self.limits = limits or []
        super().__init__(str(self))

    def __str__(self) -> str:
        listed = self.problems[:MOST_PROBLEMS_LISTED]
        nothing = " ".join(["Nothing was changed.", *self.limits])
        if len(listed) == 1:
            return f"{listed[0]}\n{nothing}"
        count = f"{len(listed)} problems"
        if len(self.problems) > MOST_PROBLEMS_LISTED:
            count = f"More than {MOST_PROBLEMS_LISTED} problems; the first {MOST_PROBLEMS_LISTED}"
        lines = [str(listed[0]), f"{nothing} {count}:"]
        return "\n".join(lines + [f"  {problem}" for problem in listed])


def unreadable(label: str, error: OSError, *, is_link: bool = False) -> Problem:
    """What is said of a file or folder that the machine does not let us read."""
    if is_link and not isinstance(error, PermissionError):
        what = f"is a link that leads to no file ({error.strerror})"
        return Problem(label, what, "correct or remove the link")
    remedy = "check its permissions"
    if isinstance(error, FileNotFoundError):
        remedy = "run it again once no other program changes the folder"
    return Problem(label, f"cannot be read ({error.strerror})", remedy)


def shown(text: str) -> str:
    """The offending text in quotes, on one line and not too long, without an e-mail address."""
    text = masked(text)
    short = text if len(text) <= LONGEST_TEXT_SHOWN else text[:LONGEST_TEXT_SHOWN] + "..."
    return repr(short)


def masked(text: str) -> str:
    """The text with the first letters alone of every e-mail address in it."""
    return ADDRESS.sub(lambda found: f"{found[0][0]}***@***", text)
