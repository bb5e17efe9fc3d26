"""What jobs tell, once it is committed: a task each."""

from typing import Any

from django.dispatch import receiver

from fieldservice.signals import job_moved
from ispbill.core import jobs
from signup.models import Order
from signup.rules import lifecycle


@receiver(job_moved, dispatch_uid="signup.follow_job")
def follow(*, order_id: int, **_more: Any) -> None:
    """An installation that moved may move the order it is for."""
    under_way = Order.objects.filter(state__in=lifecycle.UNDER_WAY)
    if under_way.filter(subscription__work_orders=order_id).exists():
        jobs.enqueue("signup.follow_job", work_order_id=order_id)
