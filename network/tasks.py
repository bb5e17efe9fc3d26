"""Celery entry points of the network: leaves that call this app's services."""

from celery import shared_task

from ispbill.core import clock


@shared_task
def push_router(router_id: int, **_future: object) -> None:
    """Bring one router to what we want of it; rung after each change of a wish."""
    from network.services import push

    push.push_router(router_id=router_id, now=clock.now)
