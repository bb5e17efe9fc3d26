"""A thousand contracts drawn up and sent in one run, against the bare library on the same pages.

Ours is what a worker does: the draft with its fields filled in, its steps, the paper laid out,
hashed and kept, the link and its message. The reference lays out and writes the ready pages with
one font set and one parsed style sheet. Processor time of this process alone; the seconds are what
the office waits for.
"""

import tempfile
import time
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone

from contracts.models import Agreement, Contract
from contracts.rules import lifecycle
from contracts.services import agreements, bulk, papers
from contracts.views import starting
from customers.models import Customer
from customers.services import bulk_runs
from ispbill.accounts.models import Branch, User
from ispbill.audit.models import JobRun
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.devtools.bench import measure, plans, population, scratch
from ispbill.devtools.bench import papers as papers_bench

REFERENCE = 20  # pages


def run(*, scale: int) -> dict[str, Any]:
    """Draw up and send a contract for each of `scale` customers in one run."""
    with scratch.database("contracts"), tempfile.TemporaryDirectory() as media:
        kept, settings.MEDIA_ROOT = settings.MEDIA_ROOT, media
        try:
            return _run(scale)
        finally:
            settings.MEDIA_ROOT = kept


def _run(scale: int) -> dict[str, Any]:
    population.fill(scale)
    Company.objects.update(address="House 1, Dhaka")
    Company.forget_cached()
    user = User.objects.create(
        login="owner@bench.test", name="Owner", role="OWNER", branch=Branch.objects.first()
    )
    act: Act[User] = Act(user, timezone.now())
    agreement = _agreement(act)
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    values = {"agreement": agreement.pk, "starts_on": act.on.isoformat(), "sends": True}
    run_row = bulk_runs.start(what=bulk.WHAT, values=values, customers=ids, act=act)
    begun, cpu, grown = time.perf_counter(), time.process_time(), measure.rss_mb()
    with plans.listening() as statements:
        bulk_runs.make(run_id=run_row.pk, at=timezone.now())
    drawn = time.perf_counter() - begun
    bulk.send_wanted(at=timezone.now())
    seconds, used = time.perf_counter() - begun, time.process_time() - cpu
    sent = Contract.objects.filter(state=lifecycle.SENT).count()
    return {
        "name": "contracts",
        "scale": scale,
        "sent": sent,
        "run": JobRun.objects.get(pk=run_row.pk).status,
        "seconds": round(seconds, 1),
        "seconds_drawing_up": round(drawn, 1),
        "statements_per_draft": round(len(statements.sent) / scale, 1),
        "of_bare_layout": round(used / sent / _bare(_pages()), 2),
        "memory_growth_mb": round(measure.rss_mb() - grown, 1),
        "load": measure.load(),
    }


def _agreement(act: Act[User]) -> Agreement:
    given = starting.values()
    given["fee_rate"] = given.pop("fee_percent") / 100
    made = agreements.create(name="Home", kind="RESIDENTIAL", values=given, act=act)
    return agreements.make_default(agreement=made, act=act)


def _pages() -> list[str]:
    found = Contract.objects.filter(state=lifecycle.SENT).order_by("pk")[:REFERENCE]
    return [papers.page(one, one.html) for one in found]


def _bare(pages: Sequence[str]) -> float:
    """Return the processor seconds of one page laid out by the library alone."""
    start = time.process_time()
    papers_bench.lay_out(pages)
    return (time.process_time() - start) / len(pages)
