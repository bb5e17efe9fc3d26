"""Reading load reports, mandate data and batch rows.

Lenient where Netcash's own examples differ (spaces instead of tabs, `R1.00`, `01:59 PM`), strict
where leniency could hide an error: a report without its end is no report.
"""

import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from payments.online.gateways.netcash import amounts
from payments.online.gateways.netcash.codes import MANDATE_STATES
from payments.online.gateways.netcash.contract import (
    BatchRow,
    BatchStatus,
    LoadOutcome,
    LoadProblem,
    LoadReport,
    MandateRow,
    MandateState,
    NetcashDown,
)

BEGIN, END, ERROR = "###BEGIN", "###END", "###ERROR"
_HEAD = re.compile(
    r"###BEGIN\s+(?P<name>.*)\s+(?P<outcome>SUCCESSFUL WITH ERRORS|UNSUCCESSFUL|SUCCESSFUL)"
    r"\s+(?P<time>\d{1,2}:\d{2}(?:\s*[AP]M)?)(?P<rest>.*)",
    re.IGNORECASE,
)
_PROBLEM = re.compile(
    r"Acc\s*Ref\s*:\s*(?P<reference>\S+)\s+Line\s*:\s*(?P<line>\d{1,9})\b(?P<words>.*)", re.I
)
_TOTAL_AND_DAY = re.compile(r"(?:\s+R?[\d.,]+)?\s+\d{8}\s*$")
SAST = timezone(timedelta(hours=2), "SAST")
"""South Africa has kept one time since 1944; Netcash writes moments without a zone."""
_NEVER = 1900
_FIELD1 = 30  # column of Field1 in the mandate data, seen in one production client only
_AGREEMENT = 15


def lines(text: str) -> list[str]:
    """Split a report; its line ends arrive as CR, LF or both, sometimes still escaped."""
    return [line for line in re.split(r"\r\n|\r|\n|&#xD;", text) if line.strip()]


def load_report(text: str) -> LoadReport:
    """Read the report on an uploaded file. Raises NetcashDown when it is none or is cut off."""
    rows = lines(text)
    head = _HEAD.fullmatch(rows[0].strip()) if rows else None
    if head is None or not rows[-1].strip().startswith(END):
        raise NetcashDown("the load report cannot be read", was_sent=True)
    total, day = _total_and_day(head["rest"])
    return LoadReport(
        batch_name=head["name"].strip(),
        outcome=LoadOutcome(head["outcome"].upper()),
        total=total,
        day=day,
        problems=tuple(_problem(row.strip()) for row in rows[1:-1]),
    )


def mandates(text: str) -> list[MandateRow]:
    """Read the mandate data. Raises NetcashDown when it is none or is cut off."""
    rows = lines(text)
    if not rows or not rows[0].startswith(BEGIN) or not rows[-1].startswith(END):
        raise NetcashDown("the mandate data cannot be read", was_sent=True)
    found = []
    for row in rows[1:-1]:
        fields = [field.strip() for field in row.split("\t")]
        if len(fields) < 2 or not (fields[0].isascii() and fields[0].isdigit()) or not fields[1]:
            continue
        code = fields[0].lstrip("0") or "0"
        padded = (*fields, *[""] * (_FIELD1 + 1))
        found.append(
            MandateRow(
                state=MANDATE_STATES.get(code, MandateState.UNKNOWN),
                code=code,
                account_reference=fields[1],
                name=padded[2],
                amount=amounts.read_rand(padded[3]),
                rest=tuple(fields[4:]),
                agreement_reference=padded[_AGREEMENT],
                field1=padded[_FIELD1],
            )
        )
    return found


def batches(text: str) -> list[BatchRow]:
    """Read batch rows; other lines are left out. Raises NetcashDown when none can be read."""
    rows = lines(text)
    found = [row for row in map(_batch, rows) if row is not None]
    if rows and not found:
        raise NetcashDown("the batch list cannot be read", was_sent=True)
    return found


def day(text: str) -> date | None:
    """Read 20260110, 2026-01-10 or 2026/01/10, with or without a time; None when it is none."""
    found = re.match(r"(\d{4})([-/]?)(\d{2})\2(\d{2})(?!\d)", text.strip(), re.ASCII)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None


def _batch(row: str) -> BatchRow | None:
    fields = [field.strip() for field in row.split("\t")]
    if len(fields) < 6 or not fields[1] or not (fields[3].isascii() and fields[3].isdigit()):
        return None
    value = amounts.read_rand(fields[5])
    if value is None:
        return None
    moments = [*map(_moment, fields[6:9]), None, None, None]
    known = {int(status) for status in BatchStatus}
    status = int(fields[3][:9])
    return BatchRow(
        guid=fields[1],
        name=fields[2],
        status=BatchStatus(status if status in known else 0),
        volume=int(fields[4][:9]) if fields[4].isascii() and fields[4].isdigit() else 0,
        value=value,
        created_at=moments[0],
        authorised_at=moments[1],
        unauthorised_at=moments[2],
    )


def _moment(text: str) -> datetime | None:
    """1900-01-01 stands for never."""
    for shape in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M:%S"):
        try:
            moment = datetime.strptime(text[:19], shape).replace(tzinfo=SAST)
        except ValueError:
            continue
        return moment if moment.year > _NEVER else None
    return None


def _total_and_day(rest: str) -> tuple[Decimal | None, date | None]:
    """An amount without a point might be cents as well as Rand: better none than a wrong one."""
    words = rest.split()
    total = next((word for word in words if "." in word), "")
    found = next((read for read in map(day, words) if read), None)
    return amounts.read_rand(total) if total else None, found


def _problem(row: str) -> LoadProblem:
    """Read one error. Between tabs the line's own texts (301 to 303) follow the words."""
    found = _PROBLEM.fullmatch(" ".join(row.split("\t")[:3]))
    if found:
        return LoadProblem(found["reference"], int(found["line"]), " ".join(found["words"].split()))
    words = re.sub(r"^###ERROR\s*:?", "", row)
    return LoadProblem("", None, " ".join(_TOTAL_AND_DAY.sub("", words).split()))
