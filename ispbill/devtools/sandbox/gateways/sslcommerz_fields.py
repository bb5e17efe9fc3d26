"""What SSLCommerz v4 demands of a session. Source: developer.sslcommerz.com/doc/v4."""

import re
from collections.abc import Mapping
from decimal import Decimal

MANDATORY = {
    "total_amount": 13, "currency": 3, "tran_id": 30, "product_category": 50,
    "success_url": 255, "fail_url": 255, "cancel_url": 255,
    "cus_name": 50, "cus_email": 50, "cus_add1": 50, "cus_city": 50, "cus_country": 50,
    "cus_phone": 20, "shipping_method": 50, "product_name": 255, "product_profile": 100,
}  # fmt: skip
SHIPPED = {
    "ship_name": 50,
    "ship_add1": 50,
    "ship_city": 50,
    "ship_postcode": 50,
    "ship_country": 50,
}
OPTIONAL = {
    "ipn_url": 255, "multi_card_name": 30, "allowed_bin": 255, "cus_add2": 50, "cus_state": 50,
    "cus_postcode": 30, "cus_fax": 20, "value_a": 255, "value_b": 255, "value_c": 255,
    "value_d": 255,
}  # fmt: skip
PROFILES = {
    "general", "physical-goods", "non-physical-goods", "airline-tickets", "travel-vertical",
    "telecom-vertical",
}  # fmt: skip
RATES = {"BDT": Decimal(1), "USD": Decimal("122.5000"), "EUR": Decimal("141.2000")}
"""BDT for one unit; a real store's rates change daily."""
LEAST, MOST = Decimal(10), Decimal(500000)


def problem(form: Mapping[str, str]) -> str:
    """Return why a session is refused, "" when nothing is wrong with its fields."""
    asked = dict(MANDATORY)
    if form.get("shipping_method", "NO").upper() != "NO":
        asked |= SHIPPED
    for name in asked:
        if not form.get(name, "").strip():
            return f"Invalid Information! '{name}' is missing or empty."
    for name, most in (asked | OPTIONAL).items():
        if len(form.get(name, "")) > most:
            return f"Invalid Information! '{name}' is longer than {most} characters."
    for name in ("success_url", "fail_url", "cancel_url", "ipn_url"):
        if form.get(name) and not re.match(r"https?://[^\s/]+", form[name]):
            return f"Invalid Information! '{name}' is not an address."
    return _problem_of_values(form)


def _problem_of_values(form: Mapping[str, str]) -> str:
    if form["product_profile"] not in PROFILES:
        return "Invalid Information! 'product_profile' is not known."
    if form["currency"] not in RATES:
        return "Invalid Information! 'currency' is not supported."
    if not re.fullmatch(r"\d{1,10}(\.\d{1,2})?", form["total_amount"]):
        return "Invalid Information! 'total_amount' is not a decimal (10,2)."
    amount = Decimal(form["total_amount"]) * RATES[form["currency"]]
    if not LEAST <= amount <= MOST:
        return "Invalid Information! 'total_amount' must be between 10.00 and 500000.00 BDT."
    return ""
