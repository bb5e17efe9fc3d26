"""Why money was given back, in the words of whoever reads the credit note.

A note that follows from something that happened to a service keeps what happened as facts
(`CreditNote.cause`), so that it can be said in either language. A note that staff wrote by hand
has no cause: then the reason they gave is what the customer reads.
"""

from datetime import date, timedelta
from typing import Any

from ispbill.core import formats

Cause = dict[str, Any]

_PAUSES = {
    "NON_PAYMENT": ("unpaid bills", "বকেয়া বিল"),
    "CUSTOMER_REQUEST": ("your request", "আপনার অনুরোধ"),
    "TECHNICAL": ("a technical fault", "কারিগরি ত্রুটি"),
    "FRAUD": ("a breach of the terms", "শর্ত ভঙ্গ"),
    "POLICY": ("a breach of the terms", "শর্ত ভঙ্গ"),
}


def package_changed(*, was: dict[str, Any], becomes: dict[str, Any], on: date) -> Cause:
    """Return the cause of a change of package; the sides are those of its quote."""
    sides = {
        side: {"name": one["name"], "local_name": one["local_name"]}
        for side, one in (("from", was), ("to", becomes))
    }
    return {"kind": "PACKAGE", "on": on.isoformat(), **sides}


def paused(*, kind: str, start: date, end: date) -> Cause:
    """Return the cause of days switched off, `[start, end)`."""
    return {"kind": "PAUSE", "why": kind, "start": start.isoformat(), "end": end.isoformat()}


def ended(*, on: date) -> Cause:
    """Return the cause of a service's end; `on` is its first day without."""
    return {"kind": "END", "on": on.isoformat()}


def addon_ended(*, name: str, local_name: str, on: date) -> Cause:
    """Return the cause of an add-on's end; `on` is its first day without."""
    return {"kind": "ADDON", "name": name, "local_name": local_name, "on": on.isoformat()}


def outage(*, on: date, minutes: int) -> Cause:
    """Return the cause of minutes without connection from company date `on`."""
    return {"kind": "OUTAGE", "on": on.isoformat(), "minutes": minutes}


def sentence(cause: Cause, reason: str, language: str) -> str:
    """Say why money was given back; without a cause, the reason staff gave."""
    if not cause:
        return reason
    bangla = language == "bn"
    if cause["kind"] == "OUTAGE":
        day = formats.day(date.fromisoformat(cause["on"]), language)
        length = formats.duration(timedelta(minutes=cause["minutes"]), language)
        return f"{day}: সংযোগ ছিল না {length}" if bangla else f"No connection for {length}, {day}"
    if cause["kind"] == "PACKAGE":
        was, becomes = (_name(cause[side], bangla) for side in ("from", "to"))
        day = formats.day(date.fromisoformat(cause["on"]), language)
        if bangla:
            return f"{day} থেকে প্যাকেজ {was} এর বদলে {becomes}"
        return f"Package changed from {was} to {becomes} on {day}"
    if cause["kind"] == "PAUSE":
        start, end = (date.fromisoformat(cause[key]) for key in ("start", "end"))
        days = formats.period(start, end, language)
        why = _PAUSES.get(cause["why"], ("", ""))[bangla]
        if bangla:
            return f"সংযোগ বন্ধ ছিল: {days}" + (f" ({why})" if why else "")
        return f"Switched off {days}" + (f" for {why}" if why else "")
    last = formats.day(date.fromisoformat(cause["on"]) - timedelta(days=1), language)
    if cause["kind"] == "ADDON":
        name = _name(cause, bangla)
        return f"{name} শেষ দিন {last}" if bangla else f"{name} ended, last day {last}"
    return f"সংযোগ শেষ, শেষ দিন {last}" if bangla else f"Service ended, last day {last}"


def _name(side: dict[str, Any], bangla: bool) -> str:
    return str(side["local_name"] if bangla and side["local_name"] else side["name"])
