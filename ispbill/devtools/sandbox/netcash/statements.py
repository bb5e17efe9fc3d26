"""The daily statement, from the movements."""

from datetime import date, timedelta

from ispbill.devtools.sandbox.netcash.batches import move, rand
from ispbill.devtools.sandbox.netcash.world import Record, World


def order(world: World, text: str) -> str:
    """Return a token for the statement from a day (CCYYMMDD) up to yesterday, or a code."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return "101"
    try:
        start = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return "101"
    if start >= world.today:
        return "102"
    rows = _rows(world, start, world.today - timedelta(days=1))
    return _token(world, rows)


def interim(world: World) -> str:
    """Return a token for today's movements so far."""
    return _token(world, _rows(world, world.today, world.today))


def pay_out(world: World) -> int:
    """Pay the whole balance to the merchant's bank, today; return it in cents."""
    balance = sum(int(one["cents"]) for one in world.state["movements"])
    if balance > 0:
        move(
            world,
            world.today.isoformat(),
            "BTR",
            "Bank transfer to client",
            -balance,
            ledger="Business Bank Account",
        )
    return max(balance, 0)


def _token(world: World, rows: list[str]) -> str:
    number = world.number("statement")
    text = "\r\n".join(rows) if rows else "NO CHANGE"
    return world.keep_report(f"{1000000 + number}", "statement", text)


def _rows(world: World, start: date, end: date) -> list[str]:
    """Each day with movements, between its opening and closing balance; none: nothing changed."""
    by_day: dict[str, list[Record]] = {}
    balance = 0
    for one in sorted(world.state["movements"], key=lambda one: (one["day"], one["id"])):
        if one["day"] < start.isoformat():
            balance += one["cents"]
        elif one["day"] <= end.isoformat():
            by_day.setdefault(one["day"], []).append(one)
    rows = []
    for day, movements in by_day.items():
        rows.append(_row(day, "OBL", 0, "Opening Balance", balance, ["", "", ""], ""))
        for one in movements:
            balance += one["cents"]
            words = (one["description"], one["cents"], one["extras"], one["ledger"])
            rows.append(_row(day, one["code"], one["id"], *words))
        rows.append(_row(day, "CBL", 0, "Closing Balance", balance, ["", "", ""], ""))
    return rows


def _row(
    day: str, code: str, number: int, words: str, cents: int, extras: list[str], ledger: str
) -> str:
    return "\t".join(
        (
            day,
            code,
            str(number),
            words,
            f"{rand(abs(cents))}00",
            "-" if cents < 0 else "+",
            "0",
            *extras,
            ledger,
        )
    )
