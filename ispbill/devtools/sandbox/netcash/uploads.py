"""Reading and judging an uploaded file. Shares nothing with what writes them."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ispbill.devtools.sandbox.netcash import accounts, bank_days

Record = dict[str, Any]
_BANKED = frozenset({"101", "102", "131", "132", "133", "134", "136", "162"})
_NEEDED = {"TwoDay": _BANKED, "SameDay": _BANKED, "CompactTwoDay": frozenset({"101", "162"})}
KNOWN_FIELDS = _BANKED | {"135", "201", "202", "281", "301", "302", "303", "509"}
_DETAILS_WRONG = (
    "Account details could not be validated. Please check the fields Bank account type, "
    "Branch code and Account number."
)


@dataclass
class Upload:
    """A file as understood. `refusal`: the answer instead of a token."""

    name: str = ""
    instruction: str = ""
    action_date: date | None = None
    lines: list[Record] = field(default_factory=list)
    file_errors: list[str] = field(default_factory=list)
    line_errors: list[tuple[str, int, str, list[str]]] = field(default_factory=list)
    """Reference, line of the file, words, and the texts (301 to 303) the line came with."""
    has_twins: bool = False
    """Two lines have one reference: nothing of the file is loaded."""
    total: int = 0
    refusal: str = ""


def judge(
    text: str,
    *,
    service_key: str,
    today: date,
    master_file: dict[str, Record],
    blocked: dict[str, str],
    limits: tuple[int, int, int],
    booked: dict[str, int],
) -> Upload:
    """Check a file wholly. `limits`: line, day and batch, in cents, nought for none.

    `booked` has what is in other batches by action date (ISO), in cents.
    """
    rows = [row.split("\t") for row in re.split(r"\r\n|\n|\r", text) if row]
    upload = Upload()
    if len(rows) < 3 or rows[0][0] != "H" or rows[1][0] != "K" or rows[-1][0] != "F":
        upload.refusal = "200"
        return upload
    _header(upload, rows[0], service_key, today)
    if upload.refusal or upload.file_errors:
        return upload
    keys = rows[1][1:]
    unknown = sorted(set(keys) - KNOWN_FIELDS)
    missing = sorted(_NEEDED[upload.instruction] - set(keys))
    if unknown or missing or len(set(keys)) != len(keys):
        upload.file_errors.append(f"Key record is not valid: {' '.join(unknown + missing)}".strip())
        return upload
    _lines(upload, keys, rows[2:-1], master_file, blocked)
    _footer(upload, rows[-1], rows[2:-1])
    _limits(upload, limits, booked)
    return upload


def _header(upload: Upload, row: list[str], service_key: str, today: date) -> None:
    if len(row) != 7 or row[2] != "1":
        upload.refusal = "200"
        return
    _h, key, _version, upload.instruction, upload.name, day, vendor = row
    if key != service_key or not re.fullmatch(r"[0-9a-f-]{36}", vendor):
        upload.refusal = "100" if key != service_key else "103"
        return
    if upload.instruction not in bank_days.LEAD_DAYS or not upload.name.strip():
        upload.refusal = "102"
        return
    try:
        upload.action_date = datetime.strptime(day, "%Y%m%d").date()  # noqa: DTZ007 - a day only
    except ValueError:
        upload.refusal = "101"
        return
    earliest = bank_days.earliest(upload.instruction, today)
    if upload.action_date < earliest or not bank_days.is_business_day(upload.action_date):
        upload.file_errors.append("Action date is not valid for this instruction")


def _lines(
    upload: Upload,
    keys: list[str],
    rows: list[list[str]],
    master_file: dict[str, Record],
    blocked: dict[str, str],
) -> None:
    seen: set[str] = set()
    for number, row in enumerate(rows, start=3):
        if row[0] != "T" or len(row) != len(keys) + 1:
            upload.file_errors.append(f"Record {number} does not match the key record")
            continue
        values = dict(zip(keys, row[1:], strict=True))
        reference = values["101"]
        if re.fullmatch(r"[0-9]{1,12}", values["162"], re.ASCII):
            upload.total += int(values["162"])
        texts = [values.get(key, "") for key in ("301", "302", "303")]
        if reference.upper() in seen:
            upload.has_twins = True
            words = "Duplicate account reference in T (transaction) records"
            upload.line_errors.append((reference, number, words, texts))
            continue
        seen.add(reference.upper())
        if upload.instruction == "CompactTwoDay":
            values |= master_file.get(reference, {})
        problem = _line_problem(values, blocked)
        if problem:
            upload.line_errors.append((reference, number, problem, texts))
            continue
        upload.lines.append(
            {
                "reference": reference,
                "name": values["102"],
                "cents": int(values["162"]),
                "account": values["136"],
                "branch": values["134"],
                "extras": texts,
            }
        )


def _line_problem(values: Record, blocked: dict[str, str]) -> str:
    if not 2 <= len(values["101"]) <= 22:
        return "Account reference has incorrect length (min 2, max 22 characters)"
    if not re.fullmatch(r"[1-9][0-9]{0,11}", values["162"], re.ASCII):
        return "Amount must be in cents and greater than zero"
    if "136" not in values:
        return "Account reference was not found in the master file"
    if not 4 <= len(values["136"]) <= 11:
        return "Bank account number has incorrect length (min 4, max 11 characters)"
    if not values["102"] or not values["132"] or values["131"] != "1":
        return "A required field is empty"
    if accounts.verdict(values["136"], values["134"], values["133"]) != "0":
        return _DETAILS_WRONG
    if values["136"] in blocked:
        return f"Account is blocked - Code: {blocked[values['136']]}"
    return ""


def _footer(upload: Upload, row: list[str], rows: list[list[str]]) -> None:
    if len(row) != 4 or row[3] != "9999":
        upload.file_errors.append("Footer record is not valid")
    elif row[1] != str(len(rows)):
        upload.file_errors.append("Number of records does not match the footer")
    elif row[2] != str(upload.total):
        upload.file_errors.append("Total amount does not match the footer")


def _limits(upload: Upload, limits: tuple[int, int, int], booked: dict[str, int]) -> None:
    per_line, per_day, per_batch = limits
    day = upload.action_date.isoformat() if upload.action_date else ""
    if per_line and any(line["cents"] > per_line for line in upload.lines):
        upload.refusal = "318"
    elif per_batch and upload.total > per_batch:
        upload.refusal = "320"
    elif per_day and upload.total + booked.get(day, 0) > per_day:
        upload.refusal = "319"
