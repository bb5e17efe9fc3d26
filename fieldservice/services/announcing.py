"""What customers are told of their jobs: when somebody comes, and that somebody is on the way."""

from datetime import datetime

from fieldservice.models import Visit, WorkOrder
from fieldservice.services import links
from ispbill.core import clock
from ispbill.notifications.services import compose


def planned(order: WorkOrder, *, at: datetime) -> int:
    """Tell the customer the window of a job, once for each; return how many messages are new."""
    start = order.window_start.isoformat() if order.window_start else ""
    return _tell(order, "job_planned", f"{order.number}:{start}:{order.technician_id}", at)


def on_the_way(order: WorkOrder, visit: Visit, *, at: datetime) -> int:
    """Tell the customer that the technician has set out, once a visit."""
    return _tell(order, "job_on_the_way", f"{order.number}:{visit.visit_no}", at)


def _tell(order: WorkOrder, event: str, fact: str, at: datetime) -> int:
    customer = order.customer
    zone = clock.zone()
    start, end = order.window_start, order.window_end
    if start is None or end is None or order.technician is None:
        return 0
    window = f"{start.astimezone(zone):%H:%M}-{end.astimezone(zone):%H:%M}"
    letter = compose.to_customer(
        customer,
        {
            "job": order.number,
            "visit_day": start.astimezone(zone).date().isoformat(),
            "window": window,
            "technician": order.technician.name.split(" ")[0],
            "job_url": links.url(order.link_seed),
        },
        dedup=fact,
    )
    return compose.enqueue(letter, event=event, at=at)
