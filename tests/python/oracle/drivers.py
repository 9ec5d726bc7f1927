"""Why ARR moved: each product of a customer, month by month, cut into parts that sum to it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from oracle.balances import Account
from oracle.lines import Line
from oracle.months import rounded
from oracle.movements import handed_over, movement_type
from oracle.policy import Policy

WHOLE = ("opening_balance", "new", "reactivation", "churn")


@dataclass
class Product:
    """One product of a customer at two month ends: charges, discounts, seats, and what moved."""

    product_id: str
    family: str
    gross: list[int] = field(default_factory=lambda: [0, 0])  # before, after
    discounts: list[int] = field(default_factory=lambda: [0, 0])
    seats: list[int] = field(default_factory=lambda: [0, 0])
    started: list[Line] = field(default_factory=list)  # charges that began in the month
    ended: list[Line] = field(default_factory=list)  # charges that stopped counting in it
    tiers: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # gained, or lost
    step_gross: int = 0
    step_seats: int = 0

    @property
    def net(self) -> list[int]:
        return [self.gross[side] + self.discounts[side] for side in (0, 1)]

    @property
    def change(self) -> int:
        return self.net[1] - self.net[0]

    @property
    def gross_change(self) -> int:
        return self.gross[1] - self.gross[0]

    @property
    def is_added(self) -> bool:
        return self.gross[0] == 0 and self.gross[1] > 0

    @property
    def is_dropped(self) -> bool:
        return self.gross[0] > 0 and self.gross[1] == 0


def drivers_of(account: Account, policy: Policy) -> list[dict]:
    """What a new rate and a change of hands did, then why the contracts moved."""
    rows = []
    first_month = account.first_month()
    for month in account.book.months:
        carried, before = _carried(account, month)
        after = account.lines.get(month, [])
        products = _products(account, before, after, month) if before != after else []
        cents = [sum(product.net[side] for product in products) for side in (0, 1)]
        moved = cents[0] != cents[1]
        kind = movement_type(*cents, month, first_month, policy) if moved else None
        for product, driver, change in [*carried, *_drivers(products, kind)]:
            if change:
                rows.append(
                    {
                        "account_id": account.account_id,
                        "product_id": product,
                        "month": month,
                        "driver": driver,
                        "arr_change": change,
                        "movement_type": driver if driver in ("fx", "transfer") else kind,
                    }
                )
    return rows


def _carried(account: Account, month: int) -> tuple[list[tuple[str, str, int]], list[Line]]:
    """fx and transfer by product, and the lines of the month before in the hands of this one."""
    book = account.book
    sums: dict[tuple[str, str], int] = defaultdict(int)
    held = account.lines.get(month - 1, [])
    for line in held:
        fx = book.rates.cents(line, month) - book.rates.cents(line, month - 1)
        sums[line.product_id, "fx"] += fx
    moved = handed_over(book, month)
    gone = {id(line) for line, old, _ in moved if old == account.account_id}
    come = [line for line, _, new in moved if new == account.account_id]
    for line in held:
        if id(line) in gone:
            sums[line.product_id, "transfer"] -= book.rates.cents(line, month)
    for line in come:
        sums[line.product_id, "transfer"] += book.rates.cents(line, month)
    carried = [(product, driver, cents) for (product, driver), cents in sums.items()]
    return carried, [line for line in held if id(line) not in gone] + come


def _products(account: Account, before: list[Line], after: list[Line], month: int) -> list[Product]:
    products: dict[str, Product] = {}
    for side, lines in ((0, before), (1, after)):
        for line in lines:
            product = products.setdefault(line.product_id, Product(line.product_id, line.family))
            cents = account.book.rates.cents(line, month)
            if line.is_discount:
                product.discounts[side] += cents
                continue
            product.gross[side] += cents
            product.seats[side] += line.quantity if cents else 0
    began = {id(line) for line in after} - {id(line) for line in before}
    stayed = {id(line) for line in after} & {id(line) for line in before}
    for line in after:
        if id(line) in began and _is_charge(account, line, month):
            products[line.product_id].started.append(line)
            products[line.product_id].tiers[line.tier] += account.book.rates.cents(line, month)
    for line in before:
        if id(line) not in stayed and _is_charge(account, line, month):
            products[line.product_id].ended.append(line)
            products[line.product_id].tiers[line.tier] -= account.book.rates.cents(line, month)
    for product in products.values():
        _find_steps(account, product, month)
    return [products[key] for key in sorted(products)]


def _is_charge(account: Account, line: Line, month: int) -> bool:
    """Neither a discount nor worth nothing in the reporting currency."""
    return account.book.rates.cents(line, month) > 0


def _find_steps(account: Account, product: Product, month: int) -> None:
    """A signed step, less the charges of the subscription that end in its month."""
    replaced: dict[int, Line] = {}
    for line in product.started:
        if line.is_step:
            product.step_gross += account.book.rates.cents(line, month)
            product.step_seats += line.quantity
            for old in product.ended:
                if old.subscription_id == line.subscription_id:
                    replaced[id(old)] = old
    for old in replaced.values():
        product.step_gross -= account.book.rates.cents(old, month)
        product.step_seats -= old.quantity


def _drivers(products: list[Product], kind: str | None) -> list[tuple[str, str, int]]:
    """(product, driver, cents), each at most once."""
    if kind in WHOLE:
        return [(product.product_id, kind, product.change) for product in products]
    families: dict[str, list[Product]] = defaultdict(list)
    for product in products:
        families[product.family].append(product)
    total = [sum(product.net[side] for product in products) for side in (0, 1)]
    found = []
    for of_family in families.values():
        held = [sum(product.net[side] for product in of_family) for side in (0, 1)]
        if total[0] > 0 and held[0] <= 0 < held[1]:
            found += [(each.product_id, "cross_sell", each.change) for each in of_family]
        elif total[1] > 0 and held[0] > 0 >= held[1]:
            found += [(each.product_id, "product_drop", each.change) for each in of_family]
        else:
            found += _parts(of_family)
    return found


def _parts(family: list[Product]) -> list[tuple[str, str, int]]:
    """A family held on both sides, or on none: discounts, steps, seats, and price or tier."""
    added = [product for product in family if product.is_added]
    dropped = [product for product in family if product.is_dropped]
    is_swap = bool(added and dropped)
    largest = min(added, key=lambda each: (-each.gross[1], each.product_id), default=None)
    found = []
    for product in family:
        if is_swap and (product in added or product in dropped):
            seats = _swapped_seats(added, dropped) if product is largest else 0
            moved_tier = _tier(added, 1) != _tier(dropped, -1)
        elif product.is_added or product.is_dropped:
            seats, moved_tier = 0, True
        else:
            seats = _seats(product)
            tiers = _tier([product], 1), _tier([product], -1)
            moved_tier = None not in tiers and tiers[0] != tiers[1]
        step = 0 if product.is_added or product.is_dropped else product.step_gross
        rest = product.gross_change - step - seats
        found += [
            (product.product_id, "seats", seats),
            (product.product_id, "contracted_step", step),
            (product.product_id, "discount_change", product.discounts[1] - product.discounts[0]),
            (product.product_id, "tier" if moved_tier else "price", rest),
        ]
    return found


def _seats(product: Product) -> int:
    """Old price of a seat x seats more or fewer, without those of a signed step."""
    more = product.seats[1] - product.seats[0] - product.step_seats
    if product.seats[0] <= 0 or product.gross[0] == 0:
        return 0
    return rounded(product.gross[0] * more, product.seats[0])


def _swapped_seats(added: list[Product], dropped: list[Product]) -> int:
    gross = sum(product.gross[0] for product in dropped)
    before = sum(product.seats[0] for product in dropped)
    after = sum(product.seats[1] for product in added)
    return rounded(gross * (after - before), before) if before > 0 else 0


def _tier(products: list[Product], sign: int) -> str | None:
    """The tier that gained (1) or lost (-1) in the month; the first by name where several did."""
    moved = (tier for each in products for tier, cents in each.tiers.items() if sign * cents > 0)
    return min(moved, default=None)
