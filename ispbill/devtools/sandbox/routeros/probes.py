"""Commands that measure: the traffic of interfaces at this moment, and pings."""

from collections.abc import Iterator

from ispbill.devtools.sandbox.routeros import traffic
from ispbill.devtools.sandbox.routeros.errors import BAD_VALUE, Trap
from ispbill.devtools.sandbox.routeros.request import Answer, Command
from ispbill.devtools.sandbox.routeros.router import VirtualRouter


def monitor(router: VirtualRouter, command: Command) -> Answer:
    """Return the present bit rates of the interfaces asked for."""
    names = [name for name in command.attributes.get("interface", "").split(",") if name]
    rows: list[list[str]] = []
    for name in names:
        interface = router.tables["/interface"].get(name) if name.startswith("*") else None
        interface = interface or router.tables["/interface"].named(name)
        if interface is None:
            raise Trap("input does not match any value of interface", BAD_VALUE)
        up, down = _rate(router, interface["name"])
        rows.append(
            [
                f"=name={interface['name']}",
                f"=rx-packets-per-second={up // 8 // 700}",
                f"=rx-bits-per-second={up}",
                f"=tx-packets-per-second={down // 8 // 1100}",
                f"=tx-bits-per-second={down}",
            ]
        )
    if not rows:
        raise Trap("failure: interface must be given", BAD_VALUE)
    return Answer(rows=rows)


def _rate(router: VirtualRouter, interface: str) -> tuple[int, int]:
    sessions = list(router.sessions.values())
    if interface.startswith("<"):
        sessions = [s for s in sessions if s.interface["name"] == interface]
    elif interface != "ether1":
        return 0, 0
    pairs = [
        traffic.rate_now(
            name=session.name,
            at=router.clock.now(),
            rate_limit=session.rate_limit,
            utc_offset_minutes=router.spec.utc_offset_minutes,
        )
        for session in sessions
    ]
    up, down = sum(p[0] for p in pairs), sum(p[1] for p in pairs)
    return (down, up) if interface == "ether1" else (up, down)


def ping(router: VirtualRouter, command: Command) -> Answer:
    """Answer for addresses that are on line; all others time out."""
    address = command.attributes.get("address", "")
    try:
        count = max(0, min(100, int(command.attributes.get("count", "1"))))
    except ValueError as error:
        raise Trap("invalid value for argument count", BAD_VALUE) from error
    if not address:
        raise Trap("failure: address must be given", BAD_VALUE)
    answers = any(s.active["address"] == address for s in router.sessions.values())
    return Answer(rows=list(_echoes(address, count, answers)))


def _echoes(address: str, count: int, answers: bool) -> Iterator[list[str]]:
    times = [2 + int(9 * traffic.jitter(address, sequence)) for sequence in range(count)]
    for sequence, milliseconds in enumerate(times):
        words = [f"=seq={sequence}", f"=host={address}"]
        if answers:
            words += ["=size=56", "=ttl=64", f"=time={milliseconds}ms"]
        else:
            words += ["=status=timeout"]
        received = sequence + 1 if answers else 0
        words += [f"=sent={sequence + 1}", f"=received={received}"]
        words += [f"=packet-loss={0 if answers else 100}"]
        if answers:
            known = times[: sequence + 1]
            words += [f"=min-rtt={min(known)}ms", f"=avg-rtt={sum(known) // len(known)}ms"]
            words += [f"=max-rtt={max(known)}ms"]
        yield words
