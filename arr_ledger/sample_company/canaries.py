"""People of the sample company: names and addresses that can be told apart from everything else.

Whatever holds the word ``canary`` is personal data; tests look for it where none may be.
"""


def person(number: int) -> str:
    """A name that no real person has."""
    return f"Canary Person {number:04d}"


def address(number: int) -> str:
    """An e-mail address under a domain that can never exist."""
    return f"canary+{number:04d}@example.invalid"
