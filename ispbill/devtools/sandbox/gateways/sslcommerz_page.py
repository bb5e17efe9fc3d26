"""What a customer, or fate, does on SSLCommerz's hosted page, and what the merchant hears of it."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ispbill.devtools.sandbox.gateways.signing import signed
from ispbill.devtools.sandbox.gateways.sslcommerz_fields import RATES
from ispbill.devtools.sandbox.gateways.store import Charge, Session
from ispbill.devtools.sandbox.gateways.world import (
    Button,
    Leaving,
    Refused,
    World,
    dhaka_now,
    token,
)

NAME = "sslcommerz"
PAID = {"VALID", "VALIDATED"}
DELAY_SECONDS = 60.0
DECLINE_SECONDS = 5.0
KEPT_SHARE = Decimal("0.975")
"""What the store gets of what the customer paid; a real store's agreement says so."""
WAYS = {
    "bkash": ("BKASH-BKash", "BKash Mobile Banking", "MOBILEBANKING"),
    "nagad": ("NAGAD-Nagad", "Nagad", "MOBILEBANKING"),
    "dbblmobilebanking": ("DBBLMOBILEB-Dbbl Mobile Banking", "DBBL Mobile Banking",
                          "MOBILEBANKING"),
    "upay": ("UPAY-Upay", "Upay", "MOBILEBANKING"),
    "tap": ("TAP-Tap", "Trust Axiata Pay", "MOBILEBANKING"),
    "city": ("CITYTOUCHIB-City Touch Internet Banking", "City Bank", "IB"),
    "visacard": ("VISA-Dutch Bangla", "TRUST BANK, LTD.", "VISA"),
    "mastercard": ("MASTER-Dutch Bangla", "BRAC BANK, LTD.", "MASTERCARD"),
}  # fmt: skip
WAY_NAMES = {"bkash": "bKash", "nagad": "Nagad", "dbblmobilebanking": "Rocket",
             "upay": "Upay", "tap": "tap", "city": "City Touch", "visacard": "VISA",
             "mastercard": "Mastercard"}  # fmt: skip
_PAYMENTS = [
    Button("success", "Success", is_payment=True),
    Button("ipn_only", "Success, browser closed (IPN only)", is_payment=True),
    Button("delayed", "Success, IPN delayed 60 s", is_payment=True),
    Button("no_ipn", "Success, the IPN never comes", is_payment=True),
    Button("silent", "Success, neither browser nor IPN", is_payment=True),
    Button("twice", "Success, IPN twice", is_payment=True),
    Button("bad_hash", "Success, IPN with bad hash", is_payment=True),
    Button("late_decline", "Success, later an IPN says failed", is_payment=True),
    Button("insufficient", "Fail: insufficient balance"),
    Button("cancel", "Cancel"),
    Button("wrong_amount", "Wrong amount", is_payment=True),
    Button("risk", "Risk flag", is_payment=True),
    Button("close", "Close the window, pay nothing"),
    Button("expire", "Let it expire"),
]
_AFTERWARDS = [
    Button("return", "Return to the merchant"),
    Button("ipn_again", "Send the IPN again"),
    Button("once_more", "Paid once more (a second tab)", is_payment=True),
    Button("decline", "An IPN says failed"),
    Button("take_back", "The bank takes the money back"),
]


def buttons(session: Session) -> list[Button]:
    """Return what may be pressed now: money that was paid is paid again only on purpose."""
    return list(_AFTERWARDS if session.state in PAID else _PAYMENTS)


def press(world: World, key: str, button: str, told: Mapping[str, Any]) -> Leaving:
    """Do what a button says. `told` may hold way, amount (of "wrong_amount"), delay_seconds."""
    with world.store.lock:
        session = world.store.session(key)
        if session is None or button not in {one.name for one in buttons(session)}:
            raise Refused("This button does not work now.")
        if button == "close":
            return Leaving(note="The window was closed. Nothing was paid.")
        if button == "once_more":
            charge = _paid(world, session, button, told)
        elif session.state in PAID:
            paid = [one for one in world.store.charges_of(key) if one.state in PAID]
            charge = paid[-1]
            if button == "take_back":
                charge.state = session.state = "FAILED"
                charge.facts["error"] = "Declined by issuer"
                world.store.keep_charge(charge)
                world.store.keep(session)
        elif button in {"insufficient", "cancel", "expire"}:
            charge = _declined(world, session, button, told)
        else:
            charge = _paid(world, session, button, told)
    return _tell(world, session, charge, button, told)


def _tell(
    world: World, session: Session, charge: Charge, button: str, told: Mapping[str, Any]
) -> Leaving:
    """Send the IPNs, and say where the browser goes."""
    fields = signed(
        {name: value for name, value in charge.facts.items() if name != "validated_on"},
        password=world.addresses[NAME]["store_passwd"],
    )
    if session.asked.get("ipn_url"):
        for sent, seconds in _ipns(world, charge, button, fields, told):
            world.callbacks.later(
                session=session.key, url=session.asked["ipn_url"], fields=sent, seconds=seconds
            )
    if button in {"ipn_only", "silent", "ipn_again", "decline", "take_back", "expire"}:
        return Leaving(note="The browser stays here.")
    target = {"insufficient": "fail_url", "cancel": "cancel_url"}.get(button, "success_url")
    return Leaving(method="POST", url=session.asked[target], fields=fields)


def _ipns(
    world: World, charge: Charge, button: str, fields: dict[str, str], told: Mapping[str, Any]
) -> list[tuple[dict[str, str], float]]:
    """The IPNs a button sends: fields, and after how many seconds."""
    declined = _decline_of(world, charge)
    return {
        "no_ipn": [],
        "silent": [],
        "return": [],
        "delayed": [(fields, float(told.get("delay_seconds", DELAY_SECONDS)))],
        "twice": [(fields, 0.0), (fields, 0.0)],
        "bad_hash": [(_spoilt(fields), 0.0)],
        "late_decline": [
            (fields, 0.0),
            (declined, float(told.get("delay_seconds", DECLINE_SECONDS))),
        ],
        "decline": [(declined, 0.0)],
        "take_back": [(declined, 0.0)],
    }.get(button, [(fields, 0.0)])


def _paid(world: World, session: Session, button: str, told: Mapping[str, Any]) -> Charge:
    amount = Decimal(session.amount)
    if button == "wrong_amount":
        # By default off by less than one: some official samples take that for equal.
        amount = decimal(told["amount"]) if told.get("amount") else amount - Decimal("0.50")
    facts = _facts(world, session, amount, told)
    facts |= {
        "status": "VALID",
        "val_id": f"{dhaka_now():%y%m%d%H%M%S}{token(17)}",
        "error": "",
        "risk_level": "1" if button == "risk" else "0",
        "risk_title": "Not Safe" if button == "risk" else "Safe",
    }
    return _keep(world, session, "VALID", facts)


def _declined(world: World, session: Session, button: str, told: Mapping[str, Any]) -> Charge:
    state, error = {
        "insufficient": ("FAILED", "Insufficient Balance"),
        "cancel": ("CANCELLED", "Cancelled by User"),
        "expire": ("EXPIRED", "The session expired"),
    }[button]
    facts = _facts(world, session, Decimal(session.amount), told)
    facts |= {"status": state, "error": error, "risk_level": "0", "risk_title": "Safe"}
    return _keep(world, session, state, facts)


def _keep(world: World, session: Session, state: str, facts: dict[str, str]) -> Charge:
    session.state = state
    world.store.keep(session)
    return world.store.charge(
        Charge(
            session=session.key,
            gateway=NAME,
            proof=facts.get("val_id", ""),
            bank_ref=facts["bank_tran_id"],
            state=state,
            facts=facts,
        )
    )


def _facts(
    world: World, session: Session, amount: Decimal, told: Mapping[str, Any]
) -> dict[str, str]:
    """The fields of a callback, without status."""
    card_type, issuer, brand = WAYS.get(str(told.get("way", "")), WAYS["bkash"])
    rate = RATES[session.currency]
    settled = (amount * rate).quantize(Decimal("0.01"))
    is_card = brand in {"VISA", "MASTERCARD"}
    return {
        "tran_id": session.reference,
        "amount": f"{settled:.2f}",
        "store_amount": f"{settled * KEPT_SHARE:.2f}",
        "card_type": card_type,
        "card_no": "418117XXXXXX6675" if is_card else "",
        "bank_tran_id": f"{dhaka_now():%y%m%d%H%M%S}{token(15)}",
        "tran_date": f"{dhaka_now():%Y-%m-%d %H:%M:%S}",
        "currency": "BDT",
        "card_issuer": issuer,
        "card_brand": brand,
        "card_sub_brand": "Classic" if is_card else "",
        "card_issuer_country": "Bangladesh",
        "card_issuer_country_code": "BD",
        "store_id": world.addresses[NAME]["store_id"],
        "currency_type": session.currency,
        "currency_amount": f"{amount:.2f}",
        "currency_rate": f"{rate:.4f}",
        "base_fair": "0.00",
        **{f"value_{letter}": session.asked.get(f"value_{letter}", "") for letter in "abcd"},
    }


def _decline_of(world: World, charge: Charge) -> dict[str, str]:
    facts = {
        name: value
        for name, value in charge.facts.items()
        if name not in {"val_id", "validated_on"}
    }
    facts |= {"status": "FAILED", "error": "Declined by issuer"}
    return signed(facts, password=world.addresses[NAME]["store_passwd"])


def _spoilt(fields: dict[str, str]) -> dict[str, str]:
    return fields | {"verify_sign": "0" * 32, "verify_sign_sha2": "0" * 64}


def decimal(text: object) -> Decimal:
    """Return the amount, −1 for what is none."""
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return Decimal(-1)
    return number if number.is_finite() else Decimal(-1)
