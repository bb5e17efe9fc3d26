"""Batches: handed in, authorised, collected, returned unpaid; and the money that moves by them."""

import uuid
from datetime import date, timedelta

from ispbill.devtools.sandbox.netcash import bank_days, uploads
from ispbill.devtools.sandbox.netcash.world import Record, World

UNAUTHORISED, AUTHORISED, LOCKED, PROCESSED = 1, 2, 3, 4
LATE_DAYS = 10
BLOCKING = frozenset({"04", "12", "30"})
REASONS = ("02", "04", "30", "12")
NEVER = "1900-01-01 00:00:00"
_BLOCKED = "60"


def hand_in(world: World, text: str, *, service_key: str) -> str:
    """Take a file; return a token, or a code."""
    state = world.state
    booked: dict[str, int] = {}
    for batch in state["batches"]:
        day = batch["action_date"]
        booked[day] = booked.get(day, 0) + sum(line["cents"] for line in batch["lines"])
    upload = uploads.judge(
        text,
        service_key=service_key,
        today=world.today,
        master_file=_master_file(state),
        blocked=state["blocked"],
        limits=(world.switch("line_limit"), world.switch("day_limit"), world.switch("batch_limit")),
        booked=booked,
    )
    if upload.refusal:
        return upload.refusal
    guid = ""
    if upload.lines and not upload.file_errors and not upload.has_twins:
        guid = _keep(world, upload)
    number = world.number("upload")
    token = f"20000000.{2550236530 + number}.{number:04}.2.2"
    report = _load_report(upload, world.today, is_loaded=bool(guid))
    return world.keep_report(token, "load", report)


def authorise(world: World, guid: str) -> str:
    """Release a batch; return Netcash's answer."""
    batch = next((one for one in world.state["batches"] if one["guid"] == guid.lower()), None)
    if world.switch("authorise_by_hand"):
        return "322"
    return release(world, batch) if batch else "320"


def release(world: World, batch: Record) -> str:
    """Authorise by hand or by service. A batch that is past its action date has lapsed."""
    if batch["status"] != UNAUTHORISED:
        return "317"
    if date.fromisoformat(batch["action_date"]) < world.today:
        return "102"
    batch["status"] = AUTHORISED
    batch["authorised"] = _moment(world)
    catch_up(world)
    return "000"


def listing(world: World, chosen: list[Record]) -> str:
    """Batch rows as text, newest first."""
    key = world.state["keys"]["debit_order"]
    rows = [
        "\t".join(
            (
                key,
                batch["guid"],
                batch["name"],
                str(batch["status"]),
                str(len(batch["lines"])),
                rand(sum(line["cents"] for line in batch["lines"])),
                batch["created"],
                batch["authorised"],
                NEVER,
            )
        )
        for batch in reversed(chosen)
    ]
    return "\r\n".join(rows)


def set_result(world: World, line_number: int, reason: str, *, is_late: bool) -> bool:
    """Let a line come back unpaid: in its turn, or from today when it was collected already.

    "" takes that back as long as nothing was returned. False: no such line, or too late.
    """
    line = next(
        (
            one
            for batch in world.state["batches"]
            for one in batch["lines"]
            if one["number"] == line_number
        ),
        None,
    )
    if line is None or line["returned"]:
        return False
    line["reason"] = reason
    line["is_late"] = is_late
    if line["collected"] and reason:
        line["due_back"] = (world.today + timedelta(days=LATE_DAYS if is_late else 0)).isoformat()
    elif line["collected"]:
        line["due_back"] = ""
    catch_up(world)
    return True


def catch_up(world: World) -> None:
    """Collect what is due up to today and send back what is unpaid. Safe to repeat."""
    today = world.today.isoformat()
    for batch in sorted(world.state["batches"], key=lambda one: str(one["action_date"])):
        if batch["status"] in {AUTHORISED, LOCKED} and batch["action_date"] <= today:
            _collect(world, batch)
    waiting = [
        line
        for batch in world.state["batches"]
        for line in batch["lines"]
        if line["due_back"] and not line["returned"] and line["due_back"] <= today
    ]
    for line in sorted(waiting, key=lambda one: (str(one["due_back"]), int(one["number"]))):
        _send_back(world, line)


def move(world: World, day: str, code: str, description: str, cents: int, **more: object) -> None:
    """Write a movement of money; `cents` is signed."""
    movement = {
        "id": world.number("movement"),
        "day": day,
        "code": code,
        "description": description,
        "cents": cents,
        "extras": ["", "", ""],
        "ledger": "Debtors",
    }
    world.state["movements"].append(movement | more)


def rand(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _keep(world: World, upload: uploads.Upload) -> str:
    guid = str(uuid.uuid4())
    lines = [
        line
        | {
            "number": world.number("line"),
            "reason": "",
            "is_late": False,
            "collected": False,
            "due_back": "",
            "returned": False,
        }
        for line in upload.lines
    ]
    for line in lines:
        _maybe_unpaid(world, line)
    world.state["batches"].append(
        {
            "guid": guid,
            "name": upload.name,
            "instruction": upload.instruction,
            "action_date": upload.action_date.isoformat() if upload.action_date else "",
            "status": UNAUTHORISED,
            "created": _moment(world),
            "authorised": NEVER,
            "lines": lines,
        }
    )
    return guid


def _maybe_unpaid(world: World, line: Record) -> None:
    """Spread the wanted share evenly over the lines, by their numbers."""
    percent = int(world.switch("unpaid_percent"))
    number = int(line["number"])
    if number * percent // 100 > (number - 1) * percent // 100:
        line["reason"] = REASONS[world.number("unpaid") % len(REASONS) - 1]


def _collect(world: World, batch: Record) -> None:
    """Every line is credited on the action date; those unpaid are reversed afterwards."""
    code = "SDD" if batch["instruction"] == "SameDay" else "TDD"
    words = "Same day debit order" if code == "SDD" else "Dated Debit Order"
    day = date.fromisoformat(batch["action_date"])
    fees = 0
    for line in batch["lines"]:
        description = f"{words} {line['reference']}"
        move(world, day.isoformat(), code, description, line["cents"], extras=line["extras"])
        line["collected"] = True
        fees += int(world.switch("fee_per_line"))
        if line["account"] in world.state["blocked"]:
            line["reason"] = _BLOCKED
        if not line["reason"]:
            world.state["twice_unpaid"][line["account"]] = 0
        else:
            line["due_back"] = _due_back(world, day, is_late=line["is_late"]).isoformat()
    if fees:
        vat = (fees * 15 + 50) // 100
        move(world, day.isoformat(), "NSF", "Service fee", -fees, ledger="Netcash fees")
        move(world, day.isoformat(), "VAT", "Value added tax", -vat, ledger="Input VAT")
    batch["status"] = PROCESSED


def _due_back(world: World, day: date, *, is_late: bool) -> date:
    if is_late:
        return day + timedelta(days=LATE_DAYS)
    for _step in range(int(world.switch("unpaid_after_days"))):
        day = bank_days.next_business_day(day + timedelta(days=1))
    return day


def _send_back(world: World, line: Record) -> None:
    """Two unpaids in a row, a stop or a closed account block it until a new mandate is signed."""
    words = f"Debit order unpaid {line['reference']} - Code: {line['reason']}"
    move(world, line["due_back"], "DRU", words, -line["cents"], extras=line["extras"])
    line["returned"] = True
    unpaid = world.state["twice_unpaid"]
    unpaid[line["account"]] = unpaid.get(line["account"], 0) + 1
    if line["reason"] in BLOCKING or unpaid[line["account"]] > 1:
        world.state["blocked"][line["account"]] = _BLOCKED


def _load_report(upload: uploads.Upload, today: date, *, is_loaded: bool) -> str:
    outcome = "SUCCESSFUL" if is_loaded else "UNSUCCESSFUL"
    if is_loaded and upload.line_errors:
        outcome = "SUCCESSFUL WITH ERRORS"
    tail = (f"R{rand(upload.total)}", today.strftime("%Y%m%d"))
    rows = ["\t".join(("###BEGIN", upload.name, outcome, "12:00", *tail))]
    rows += [
        "\t".join((f"Acc Ref :{reference}", f"Line :{number}", words, *texts))
        for reference, number, words, texts in upload.line_errors
    ]
    rows += ["\t".join((f"###ERROR: {words}", *tail)) for words in upload.file_errors]
    return "\r\n".join((*rows, "###END\t12:00"))


def _master_file(state: Record) -> dict[str, Record]:
    """Accounts known by their reference: signed mandates with bank details."""
    return {
        mandate["AccountReference"]: {
            "102": mandate["MandateName"],
            "131": "1",
            "132": mandate["BankAccountName"],
            "133": mandate["kind"],
            "134": mandate["BranchCode"],
            "136": mandate["BankAccountNumber"],
        }
        for mandate in state["mandates"]
        if mandate["status"] == "6" and mandate["BankAccountNumber"]
    }


def _moment(world: World) -> str:
    return f"{world.today.isoformat()} 12:00:00"
