"""Suspend ticked customers as a job: how far it is, and a file that says what became of each."""

from typing import Any

from billing.changes.services import service_states
from customers.services import bulk_runs
from ispbill.accounts.models import User
from ispbill.core.acts import Act

WHAT = "suspend"


def register() -> None:
    """Let jobs of changes to many customers suspend; `values` hold kind, is_billed and reason."""
    bulk_runs.register(WHAT, _maker)


def _maker(values: dict[str, Any], *, act: Act[User]) -> bulk_runs.Change:
    def change(ids: list[int]) -> dict[int, bulk_runs.Outcome]:
        tally = service_states.suspend_customers(
            customer_ids=ids,
            kind=values["kind"],
            is_billed=values["is_billed"],
            act=act.because(values["reason"]),
        )
        return {
            pk: ("unchanged", tally.left_alone[pk]) if pk in tally.left_alone else ("changed", "")
            for pk in ids
        }

    return change
