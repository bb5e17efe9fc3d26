"""Background work of the customers app."""

import time
from typing import Any

from celery import shared_task

from customers.queries import suspects
from customers.services import bulk_runs, campaign_runs, exporting, suspicion, tax_certificates
from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock
from ispbill.core.acts import Act


@shared_task(name="customers.follow_tax_certificates")
@logged_job("follow_tax_certificates")
def follow_tax_certificates(progress: Progress, **_future: Any) -> Tally:
    """Let exemption from tax be what the certificates say of today."""
    at = clock.now()
    changed = tax_certificates.follow_all(on=clock.local_date(at), at=at)
    return Tally(processed=changed)


@shared_task(name="customers.find_duplicates")
@logged_job("find_duplicates")
def find_duplicates(progress: Progress, **_future: Any) -> Tally:
    """Look for accounts that may be one person, and keep the pairs."""
    found = list(suspects.pairs())
    suspicion.keep(found=found, act=Act(None, clock.now()))
    return Tally(processed=len(found))


CAMPAIGN_SECONDS = 40  # a call works at most this long; the next one goes on


@shared_task(name="customers.run_campaigns")
def run_campaigns(**_future: object) -> None:
    """Hand campaigns that are due to the outbox, batch by batch."""
    give_up = time.monotonic() + CAMPAIGN_SECONDS
    for campaign_id in campaign_runs.due(at=clock.now()):
        while time.monotonic() < give_up:
            if not campaign_runs.advance(campaign_id=campaign_id, at=clock.now()):
                break


@shared_task(name="customers.export_customers")
def export_customers(run_id: int, **_future: object) -> None:
    """Write the file of an export that is too large to wait for."""
    exporting.write(run_id=run_id, on=clock.today(), zone=clock.zone())


@shared_task(name="customers.change_customers")
def change_customers(run_id: int, **_future: object) -> None:
    """Make a change to more customers than one waits for."""
    bulk_runs.make(run_id=run_id, at=clock.now())


@shared_task(name="customers.sweep_bulk_changes")
def sweep_bulk_changes(**_future: object) -> None:
    """Queue again what lost its call or its worker: changes to many customers, and exports."""
    at = clock.now()
    bulk_runs.sweep(at=at)
    exporting.sweep(at=at)
