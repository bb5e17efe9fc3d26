"""What the simulator's owner may do to it: the control page and tests speak to this."""

from collections.abc import Callable

from ispbill.devtools.sandbox.netcash import batches, mandates, statements
from ispbill.devtools.sandbox.netcash.postbacks import Postman
from ispbill.devtools.sandbox.netcash.world import SWITCHES, Record, World


class Refused(Exception):
    """Not possible; the text says why."""


def picture(world: World) -> Record:
    """Return all there is to see, newest first. Keys and full account numbers stay inside."""
    with world.changing() as state:
        batches.catch_up(world)
        return {
            "day": world.today.isoformat(),
            "switches": dict(state["switches"]),
            "profile": dict(state["profile"]),
            "mandates": [_mandate(one) for one in reversed(state["mandates"])],
            "batches": [_batch(one) for one in reversed(state["batches"])],
            "movements": list(reversed(state["movements"]))[:100],
            "balance": sum(int(one["cents"]) for one in state["movements"]),
            "held": len(state["held"]),
            "postbacks": list(reversed(state["postbacks"])),
            "calls": list(reversed(state["calls"])),
        }


def act(world: World, postman: Postman, order: Record) -> Record:
    """Carry out `order["act"]`; return what it says. Raises Refused."""
    acts: dict[str, Callable[[World, Postman, Record], Record]] = {
        "sign": _sign,
        "decline": lambda *all_of: _close(mandates.DECLINED, *all_of),
        "expire": lambda *all_of: _close(mandates.EXPIRED, *all_of),
        "forge": _forge,
        "let_go": lambda _world, man, _order: {"sent": man.let_go()},
        "authorise": _authorise,
        "result": _result,
        "next_day": _next_day,
        "pay_out": lambda place, _man, _order: {"cents": statements.pay_out(place)},
        "profile": _profile,
        "switch": _switch,
    }
    chosen = acts.get(str(order.get("act")))
    if chosen is None:
        raise Refused("There is no such act.")
    with world.changing():
        batches.catch_up(world)
        return chosen(world, postman, order)


def _sign(world: World, postman: Postman, order: Record) -> Record:
    mandate = _found(world, order)
    bank = {
        "holder": mandate["MandateName"],
        "number": "4000000000",
        "branch": "632005",
        "kind": "1",
    } | {name: str(value) for name, value in dict(order.get("bank") or {}).items()}
    problem = mandates.sign(world, mandate, bank)
    if problem:
        raise Refused(problem)
    postman.send(mandates.postback(mandate))
    return {}


def _close(status: str, world: World, postman: Postman, order: Record) -> Record:
    mandate = _found(world, order)
    problem = mandates.close(mandate, status, str(order.get("reason", "")))
    if problem:
        raise Refused(problem)
    postman.send(mandates.postback(mandate))
    return {}


def _forge(world: World, postman: Postman, order: Record) -> Record:
    postman.send(mandates.postback(_found(world, order), is_forged=True), is_forged=True)
    return {}


def _authorise(world: World, _postman: Postman, order: Record) -> Record:
    guid = order.get("guid")
    batch = next((one for one in world.state["batches"] if one["guid"] == guid), None)
    answer = batches.release(world, batch) if batch else "320"
    if answer != "000":
        raise Refused(f"The batch cannot be authorised any more ({answer}).")
    return {}


def _result(world: World, _postman: Postman, order: Record) -> Record:
    reason = str(order.get("reason", ""))
    number = order.get("line")
    if not isinstance(number, int) or not (reason == "" or reason.isdigit() and len(reason) == 2):
        raise Refused("A line and a reason of two digits are needed.")
    if not batches.set_result(world, number, reason, is_late=bool(order.get("is_late"))):
        raise Refused("There is no such line, or it came back already.")
    return {}


def _next_day(world: World, _postman: Postman, order: Record) -> Record:
    """Move this simulator's own day, on top of the clock it was given."""
    world.state["days_ahead"] += int(order.get("days", 1))
    return {}


def _profile(world: World, _postman: Postman, order: Record) -> Record:
    world.state["profile"]["postback_url"] = str(order.get("postback_url", ""))[:500]
    return dict(world.state["profile"])


def _switch(world: World, _postman: Postman, order: Record) -> Record:
    values = dict(order.get("values") or {})
    for name, value in values.items():
        if name not in SWITCHES or type(value) is not type(SWITCHES[name]):
            raise Refused(f"There is no such switch: {name}")
    world.state["switches"].update(values)
    return dict(world.state["switches"])


def _found(world: World, order: Record) -> Record:
    """Find a mandate by tracking id, or by its reference: the newest of it."""
    wanted = order.get("tracking")
    for mandate in reversed(world.state["mandates"]):
        if mandate["tracking"] == wanted or mandate["AccountReference"] == order.get("reference"):
            found: Record = mandate
            return found
    raise Refused("There is no such mandate.")


def _mandate(one: Record) -> Record:
    shown = {name: value for name, value in one.items() if name != "BankAccountNumber"}
    number = str(one["BankAccountNumber"])
    return shown | {"bank_account": f"***{number[-4:]}" if number else ""}


def _batch(one: Record) -> Record:
    lines = [
        {name: value for name, value in line.items() if name != "account"}
        | {"bank_account": f"***{line['account'][-4:]}"}
        for line in one["lines"]
    ]
    return one | {"lines": lines, "cents": sum(int(line["cents"]) for line in one["lines"])}
