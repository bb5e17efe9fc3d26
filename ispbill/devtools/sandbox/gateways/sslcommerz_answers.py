"""What SSLCommerz v4 answers about a payment attempt: which fields where, and how they are written.

Sources: developer.sslcommerz.com/doc/v4 (returned parameters) and answers of its sandbox that were
recorded in public (tests/payments/online/recorded/sslcommerz.json). An IPN has fields of its own.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from ispbill.devtools.sandbox.gateways.store import Charge

_TOLD = (
    "tran_date", "tran_id", "val_id", "amount", "store_amount", "currency", "bank_tran_id",
    "card_type", "card_no", "card_issuer", "card_brand", "card_issuer_country",
    "card_issuer_country_code", "currency_type", "currency_amount", "currency_rate", "base_fair",
    "value_a", "value_b", "value_c", "value_d", "risk_level", "risk_title",
)  # fmt: skip
_CATEGORIES = {"MOBILEBANKING": "MOBILE", "IB": "IB"}


def validated(charge: Charge) -> dict[str, Any]:
    """Return the answer of the validation: the only one with discounts and the card's category."""
    facts = charge.facts
    return {
        "status": charge.state,
        **_row(facts),
        "card_category": _CATEGORIES.get(facts["card_brand"], "DEBIT"),
        "card_sub_brand": facts["card_sub_brand"],
        **_instalments(facts),
        "account_details": "",
        "discount_percentage": "0",
        "discount_amount": "0.00",
        "discount_remarks": "",
        "APIConnect": "DONE",
        "validated_on": facts.get("validated_on", ""),
        "gw_version": "",
        "offer_avail": 1,
        "card_ref_id": hashlib.sha256(facts["bank_tran_id"].encode()).hexdigest() + "14",
        "isTokeizeSuccess": 0,
        "campaign_code": "",
    }


def of_session(charge: Charge) -> dict[str, Any]:
    """Return the answer to a question about a session."""
    return {
        "status": charge.state,
        "sessionkey": charge.session,
        **_row(charge.facts),
        **_instalments(charge.facts),
        "discount_percentage": "0",
        "discount_remarks": "",
        "APIConnect": "DONE",
        "validated_on": charge.facts.get("validated_on", ""),
        "gw_version": "",
    }


def listed(charge: Charge) -> dict[str, Any]:
    """Return one attempt among those of a transaction."""
    return {
        "val_id": "",
        "status": charge.state,
        "validated_on": charge.facts.get("validated_on", ""),
        **_row(charge.facts),
        "bank_gw": charge.facts["card_type"].partition("-")[2],
        "gw_version": "",
        **_instalments(charge.facts),
        "error": charge.facts["error"],
    }


def unknown(tran_id: str) -> dict[str, Any]:
    """Return what stands in the list when there is no such transaction."""
    return {"tran_id": tran_id, "status": "INVALID"}


def _row(facts: Mapping[str, str]) -> dict[str, str]:
    row = {name: facts[name] for name in _TOLD if name in facts}
    # Unlike an IPN, an answer leaves the last zeros of the store's share away: 97.5.
    return row | {"store_amount": row["store_amount"].rstrip("0").rstrip(".")}


def _instalments(facts: Mapping[str, str]) -> dict[str, str]:
    return {
        "emi_instalment": "0",
        "emi_amount": "0.00",
        "emi_description": "",
        "emi_issuer": facts["card_issuer"],
    }
