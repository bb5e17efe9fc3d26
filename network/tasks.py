"""Celery entry points of the network: leaves that call this app's services."""

from celery import shared_task

from ispbill.core import clock


@shared_task
def push_router(router_id: int, **_future: object) -> None:
    """Bring one router to what we want of it; rung after each change of a wish."""
    from network.services import push

    push.push_router(router_id=router_id, now=clock.now)


@shared_task
def check_router(router_id: int, **_future: object) -> None:
    """Ask one router how it is; then tell it what it missed."""
    from network.services import health, push

    health.check_router(router_id=router_id, now=clock.now)
    push.push_router(router_id=router_id, now=clock.now)


@shared_task
def sweep_routers(**_future: object) -> None:
    """Ring routers that have something to be told, and knock at those that were silent."""
    from network.services import sweeping

    sweeping.ring_routers(at=clock.now())


@shared_task
def check_routers(**_future: object) -> None:
    """Ask every router how it is."""
    from network.services import sweeping

    sweeping.check_all()
