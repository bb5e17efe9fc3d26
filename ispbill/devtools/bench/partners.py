"""A reseller of very many customers: how long its pages take, and what each asks the database.

Milliseconds of a page in process, the middle of several; the longest statement by its parameters
tells whether a request carries its customers' ids along.
"""

import time
from statistics import median
from typing import Any

from django.test import Client
from django.urls import reverse

from customers.models import Customer
from ispbill.accounts.models import Branch, User
from ispbill.devtools.bench import measure, plans, population, scratch, visitors
from resellers.models import Reseller

TIMES = 7


def run(*, scale: int) -> dict[str, Any]:
    """Give one reseller `scale` customers and open its pages."""
    with scratch.database("partners"):
        population.fill(scale)
        user = visitors.person("partner@bench.test", "RESELLER")
        reseller = _reseller(user)
        Customer.objects.update(reseller_id=reseller.pk)
        scratch.vacuum()
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(user)
        number = str(Customer.objects.order_by("pk").values_list("number", flat=True)[scale // 2])
        pages = {
            "list": reverse("reseller:customers"),
            "search": f"{reverse('reseller:customers')}?q={number}",
            "dashboard": reverse("reseller:dashboard"),
            "customer": reverse("reseller:customer", args=[number]),
        }
        measured = {name: _measured(client, address) for name, address in pages.items()}
    return {"name": "partners", "scale": scale, "pages": measured, "load": measure.load()}


def _reseller(user: User) -> Reseller:
    return Reseller.objects.create(
        user=user,
        name="Bench Net",
        phone="+8801700000001",
        branch=Branch.objects.order_by("pk")[0],
        commission_rate="0.1",
        payout_account="1",
    )


def _measured(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status_code}")
    with plans.listening() as statements:
        client.get(address)
    times = []
    for _time in range(TIMES):
        start = time.perf_counter()
        client.get(address)
        times.append(1000 * (time.perf_counter() - start))
    longest = max(len(repr(values)) for _sql, values in statements.sent)
    return {
        "ms": round(median(times), 1),
        "queries": len(statements.sent),
        "longest_parameters": longest,
    }
