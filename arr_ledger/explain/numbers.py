"""Exact fractions as people read them: money to the cent or whole, shares as percentage points."""

from fractions import Fraction

PLACES_OF_PERCENT = 2
PLACES_OF_POINTS = 4
# a board shows a rate once as a tile and once in a sentence
PLACES_ON_TILES = 1


def rounded(number: Fraction, places: int) -> Fraction:
    """Half away from zero, as money is rounded everywhere else."""
    scale = 10**places
    whole = (abs(number) * scale * 2 + 1) // 2
    return Fraction(whole if number >= 0 else -whole, scale)


def shown(number: Fraction, places: int, sign: bool = False) -> str:
    """A decimal text with thousands apart; a number too small to show keeps its sign."""
    value = rounded(number, places)
    digits = f"{abs(value.numerator * 10**places // value.denominator):0{places + 1}d}"
    whole, decimals = (digits[:-places], f".{digits[-places:]}") if places else (digits, "")
    text = f"{int(whole):,}{decimals}"
    if value < 0:
        return f"-{text}"
    return f"+{text}" if sign else text


def to_the_cent(number: Fraction, sign: bool = False) -> str:
    return shown(number, 2, sign)


def whole(number: Fraction, symbol: str, sign: bool = False) -> str:
    """Whole units of a currency, its sign behind that of the number."""
    text = shown(number, 0, sign)
    before = text[: len(text) - len(text.lstrip("+-"))]
    return f"{before}{symbol}{text.removeprefix(before)}"


def points(share: Fraction, sign: bool = True) -> str:
    """A share as percentage points."""
    return shown(share * 100, PLACES_OF_POINTS, sign)


def percent(share: Fraction, places: int = PLACES_OF_PERCENT) -> str:
    return f"{shown(share * 100, places)} %"
