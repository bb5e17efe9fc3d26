"""Field rules and codes of bKash tokenized checkout. Sources: descriptions derived from
developer.bka.sh (dibakarsutradhar/bkash-rs, ShejanMahamud/bkash-js, api-evangelist/bkash), and
answers recorded in public (tests/payments/online/recorded/bkash.json)."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ispbill.devtools.sandbox.gateways.world import dhaka_now

CODES = {
    "0000": "Successful",
    "2001": "Invalid App Key",
    "2002": "Invalid Payment ID",
    "2003": "Process failed",
    "2006": "Invalid Amount",
    "2007": "Invalid Currency",
    "2008": "Invalid Intent",
    "2023": "Insufficient Balance",
    "2029": "Duplicate for All Transactions",
    "2031": "Invalid Merchant Invoice Number",
    "2049": "Invalid Callback URL",
    "2056": "Invalid Payment State",
    "2065": "Mandatory field missing",
    "2071": "Refund amount exceeds the remaining amount",
    "2079": "Invalid app Token",
    "2117": "Payment execution already been called before",
    "503": "System is undergoing maintenance. Please try again later",
}
CREATION = ("mode", "payerReference", "callbackURL", "amount", "currency", "intent",
            "merchantInvoiceNumber")  # fmt: skip


def said(code: str, **facts: Any) -> dict[str, Any]:
    """Return an answer with the code's own words."""
    return {"statusCode": code, "statusMessage": CODES[code], **facts}


def texts(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body with its numbers as texts: published clients send the amount as a number."""
    return {
        name: str(value)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else value
        for name, value in body.items()
    }


def problem(body: Mapping[str, Any]) -> str:
    """Return the code that refuses a payment's creation, "" when nothing is wrong."""
    if not all(isinstance(body.get(name), str) and body[name] for name in CREATION):
        return "2065"
    if not re.fullmatch(r"\d{1,7}(\.\d{1,2})?", body["amount"]) or float(body["amount"]) <= 0:
        return "2006"
    if body["currency"] != "BDT":
        return "2007"
    if body["intent"] != "sale":
        return "2008"
    if not re.match(r"https?://[^\s/]+", body["callbackURL"]):
        return "2049"
    if len(body["merchantInvoiceNumber"]) > 255 or body["mode"] != "0011":
        return "2031" if body["mode"] == "0011" else "2065"
    return ""


def written(moment: datetime | None = None) -> str:
    """Return a moment as bKash writes it: a colon before the milliseconds."""
    moment = moment or dhaka_now()
    return f"{moment:%Y-%m-%dT%H:%M:%S}:{moment.microsecond // 1000:03d} GMT+0600"
