"""What is to be checked in each kind of job, and what of it is missing or looks wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from ispbill.core.marking import gettext_noop

Item = dict[str, Any]

STRONGEST_DBM, WEAKEST_DBM = Decimal(-8), Decimal(-27)
SPEED_SHARE = Decimal("0.8")


def _item(key: str, label: str, kind: str, *, required: bool = True) -> Item:
    return {"key": key, "label": label, "kind": kind, "required": required}


_SPEED = _item("speed", gettext_noop("Speed test, Mbps down"), "number")
_SIGNAL = _item("signal", gettext_noop("Signal at the device, dBm"), "number")

ITEMS: dict[str, tuple[Item, ...]] = {
    "INSTALLATION": (
        _item("serial", gettext_noop("Serial number of the device"), "text"),
        _SIGNAL,
        _SPEED,
        _item("photo_device", gettext_noop("Photo of the device"), "photo"),
        _item("photo_cabling", gettext_noop("Photo of the cabling"), "photo"),
        _item("wifi", gettext_noop("Wi-Fi set up and shown"), "check", required=False),
        _item("signature", gettext_noop("Signature"), "signature"),
    ),
    "RELOCATION": (
        _item("serial", gettext_noop("Serial number of the device"), "text"),
        _SIGNAL,
        _SPEED,
        _item("photo_device", gettext_noop("Photo of the device"), "photo"),
        _item("photo_cabling", gettext_noop("Photo of the cabling"), "photo"),
        _item("signature", gettext_noop("Signature"), "signature"),
    ),
    "REPAIR": (
        _item("cause", gettext_noop("Cause found"), "text"),
        _item("before", gettext_noop("Signal before, dBm"), "number"),
        _item("after", gettext_noop("Signal after, dBm"), "number"),
        _item("photo", gettext_noop("Photo of the repair"), "photo", required=False),
        _item("signature", gettext_noop("Signature"), "signature", required=False),
    ),
    "MAINTENANCE": (
        _item("done", gettext_noop("Work done"), "text"),
        _item("photo", gettext_noop("Photo of the work"), "photo", required=False),
    ),
    "DISCONNECTION": (
        _item("device_back", gettext_noop("Device collected"), "check"),
        _item("serial", gettext_noop("Serial number of the device"), "text"),
        _item("cable", gettext_noop("Cable secured"), "check", required=False),
        _item("signature", gettext_noop("Signature"), "signature", required=False),
    ),
    "SURVEY": (
        _item("feasible", gettext_noop("Can be connected"), "check"),
        _item("cable_m", gettext_noop("Cable needed, metres"), "number"),
        _item("photo", gettext_noop("Photo of the place"), "photo", required=False),
    ),
}


def copied(kind: str) -> list[Item]:
    """Return the checklist of a kind, to be kept with the order."""
    return [dict(item) for item in ITEMS[kind]]


def missing(
    checklist: Sequence[Item],
    answers: Mapping[str, Any],
    *,
    photos: Mapping[str, int],
    is_signed: bool,
) -> list[str]:
    """Return the keys of required items that are neither answered nor said to be impossible."""
    found = []
    for item in checklist:
        key, kind = item["key"], item["kind"]
        answer = answers.get(key) or {}
        is_there = {"photo": photos.get(key, 0) > 0, "signature": is_signed}.get(
            kind, answer.get("value") not in {None, ""}
        )
        if item["required"] and not is_there and not answer.get("impossible"):
            found.append(key)
    return found


def number(value: object) -> Decimal | None:
    """Return a reading as typed ("-21,5"), or None for what is no number."""
    try:
        found = Decimal(str(value).strip().replace(",", ".").replace("−", "-"))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def warnings(answers: Mapping[str, Any], *, package_mbps: int | None) -> list[str]:
    """Return the keys of readings that are out of range; they warn and stop nothing."""
    found = []
    for key in ("signal", "after"):
        level = number((answers.get(key) or {}).get("value"))
        if level is not None and not WEAKEST_DBM <= level <= STRONGEST_DBM:
            found.append(key)
    speed = number((answers.get("speed") or {}).get("value"))
    if speed is not None and package_mbps and speed < SPEED_SHARE * package_mbps:
        found.append("speed")
    return found


def plain_serial(text: str) -> str:
    """Return a serial number as it is compared: capitals without blanks, colons and dashes."""
    return re.sub(r"[\s:\-]", "", text).upper()


def is_signature(strokes: Sequence[Sequence[Sequence[float]]]) -> bool:
    """Tell whether drawn strokes (CSS pixels) are more than a dot: 100 px long, 40 × 15 in size."""
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return False
    length = sum(
        ((one[0] - two[0]) ** 2 + (one[1] - two[1]) ** 2) ** 0.5
        for stroke in strokes
        for one, two in zip(stroke, stroke[1:], strict=False)
    )
    width = max(p[0] for p in points) - min(p[0] for p in points)
    height = max(p[1] for p in points) - min(p[1] for p in points)
    return length >= 100 and width >= 40 and height >= 15
