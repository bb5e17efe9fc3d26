"""Contracts in words: their steps, their terms, what leaving costs today."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from billing.changes.queries import ending
from billing.changes.queries.ending import Fee
from billing.changes.views import fee_words
from contracts.models import AgreementVersion, Contract
from contracts.queries import merge_values, rests
from contracts.rules import lifecycle, terms
from ispbill.core import formats


def steps(contract: Contract) -> list[dict[str, Any]]:
    """Return the steps of a contract, the latest first."""
    said = {
        "drawn_up": _("Drawn up"),
        "not_sent": _("Could not be sent"),
        "sent": _("Sent to be signed"),
        "link_sent": _("New link sent"),
        "link_dead": _("Link closed after five wrong tries"),
        "reminded": _("Reminded"),
        "code_sent": _("Code sent to the phone of record"),
        "code_wrong": _("Wrong code"),
        "witnessed": _("A member of staff saw it signed"),
        "signed": _("Signed"),
        "sealed": _("Paper sealed"),
        "active": _("In force"),
        "told_of_end": _("Told that the term is nearly over"),
        "renewed": _("Renewed"),
        "frozen": _("Moved by a pause"),
        "objected": _("Notice against its renewal"),
        "emptied": _("Text and file deleted: nobody had signed"),
        "declined": _("Declined by the customer"),
        "void": _("Made void"),
        "lapsed": _("Not signed in time"),
        "terminated": _("Terminated"),
        "expired": _("Term over"),
    }
    return [
        {
            "what": said.get(one.kind, one.kind),
            "at": one.at,
            "who": one.actor_name,
            "note": _note(one.facts),
        }
        for one in contract.events.order_by("-step_no")
    ]


def _note(facts: dict[str, Any]) -> str:
    if "rest_of" in facts:
        return _("the rest of %(number)s is taken over") % {"number": facts["rest_of"]}
    return str(facts.get("reason") or facts.get("phone") or "")


def terms_of(version: AgreementVersion) -> list[tuple[str, str]]:
    """Return the terms of a version that do not depend on a first day."""
    return [
        (_("Notice"), merge_values.notice_words(version)),
        (_("When the term is over"), str(version.get_renewal_display())),
        (_("Price is locked"), str(version.get_price_lock_display())),
        (_("Fee for leaving early"), merge_values.fee_words(version)),
    ]


def refund_until(contract: Contract) -> date | None:
    """Return until when what was paid is refunded; None unless the contract was taken back."""
    if contract.cause != Contract.Cause.COOLING_OFF or contract.ended_on is None:
        return None
    return contract.ended_on + timedelta(days=terms.REFUND_DAYS)


def exit_fee(contract: Contract, *, on: date) -> dict[str, Any] | None:
    """Say what leaving costs by notice today; None for a contract that is not in force."""
    if contract.state != lifecycle.ACTIVE:
        return None
    version = contract.version
    notice = terms.Notice(version.notice_count, terms.Unit(version.notice_unit))
    leaves_on = terms.first_day_without(on, notice, rests.of_contract(contract))
    service = contract.subscription
    fee: Fee | None = ending.fee_of(service, on=leaves_on, today=on)
    day = formats.day(leaves_on)
    if fee is None:
        return {"text": _("Ending on %(day)s costs nothing.") % {"day": day}, "on": leaves_on}
    return {
        "text": _("Ending on %(day)s costs %(amount)s.")
        % {"day": day, "amount": formats.money(fee.amount.gross)},
        "why": fee_words.why(fee),
        "on": leaves_on,
        "until": on + timedelta(days=7),
    }
