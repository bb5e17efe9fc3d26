"""Which benchmarks there are, and their usual sizes."""

from collections.abc import Callable
from typing import Any

from ispbill.devtools.bench import (
    api,
    billing,
    billing_mix,
    churn,
    contracts,
    crowd,
    dashboard,
    lines,
    night,
    numbering,
    outbox,
    pages,
    papers,
    partners,
    payments,
    rls,
    routers,
    search,
    suspend,
)

Bench = Callable[..., dict[str, Any]]


def _billing(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return billing.run(scale=scale or 20_000, pairs=pairs or 3)


def _mix(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return billing_mix.run(scale=scale or 20_000, pairs=pairs or 3)


def _growth(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    largest = scale or 100_000
    scales = [size for size in (10_000, 100_000, 1_000_000) if size <= largest]
    return billing.growth(scales=scales or [largest], history=[0, 24], history_scale=5_000)


def _dashboard(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return dashboard.run(scale=scale or 100_000, pairs=pairs or 5)


def _numbering(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return numbering.run(pairs=pairs or 3)


def _routers(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return routers.run(scale=scale or 5_000, pairs=pairs or 5)


def _outbox(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return outbox.run(scale=scale or 2_000, pairs=pairs or 3)


def _pages(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return pages.run(scale=scale or 10_000, pairs=pairs or 5)


def _rls(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return rls.run(scale=scale or 10_000, pairs=pairs or 5)


def _search(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return search.run(scale=scale or 100_000)


def _suspend(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return suspend.run(scale=scale or 20_000, pairs=pairs or 3)


def _payments(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return payments.run(scale=scale or 20_000, pairs=pairs or 3)


def _pdf(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return papers.run(scale=scale or 30, pairs=pairs or 3)


def _churn(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return churn.run(scale=scale or 100_000)


def _contracts(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return contracts.run(scale=scale or 1_000)


def _crowd(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return crowd.run(scale=scale or 10_000, crowds=(50, 200), months=24)


def _night(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return night.run(scale=scale or 10_000)


def _partners(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return partners.run(scale=scale or 50_000)


def _poll(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    count = scale or 100_000
    return lines.poll(scale=count, fleet=max(count // 500, 1), pairs=pairs or 2)


def _usage(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return lines.usage(scale=scale or 20_000, pairs=pairs or 3)


def _reconcile(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return lines.reconciled(scale=scale or 2_000, pairs=pairs or 3)


def _api(*, scale: int | None, pairs: int | None) -> dict[str, Any]:
    return api.run(scale=scale or 10_000, pairs=pairs or 5)


BENCHES: dict[str, Bench] = {
    "api": _api,
    "billing": _billing,
    "billing-growth": _growth,
    "billing-mix": _mix,
    "churn": _churn,
    "contracts": _contracts,
    "crowd": _crowd,
    "dashboard": _dashboard,
    "night": _night,
    "numbering": _numbering,
    "outbox": _outbox,
    "pages": _pages,
    "partners": _partners,
    "payments": _payments,
    "pdf": _pdf,
    "poll": _poll,
    "reconcile": _reconcile,
    "rls": _rls,
    "routers": _routers,
    "search": _search,
    "suspend": _suspend,
    "usage": _usage,
}
