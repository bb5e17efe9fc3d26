"""The demo company's account at Interstellio: the simulator of this machine, counting its lines."""

from datetime import datetime

from django.conf import settings

from ispbill.core.acts import Act
from ispbill.devtools.sandbox import interstellio as sandbox
from network.interstellio.services import accounts
from network.models import Access

MOST = 2_000  # lines; it is asked for each one by one


def connect(*, at: datetime, is_on: bool) -> None:
    """Let the simulator count every line, and enter its login; switched off it can be tried out."""
    names = Access.objects.exclude(desired_state=Access.State.REMOVED)
    counted = names.order_by("pk").values_list("username", flat=True)[:MOST]
    url = sandbox.count(settings.SANDBOX_DIR, counted)
    accounts.change(
        values={
            "is_on": is_on,
            "identity_url": f"{url}/identity",
            "subscriber_url": f"{url}/subscriber",
            "telemetry_url": f"{url}/telemetry",
            "domain": sandbox.DOMAIN,
            "tenant_id": sandbox.TENANT,
            "username": sandbox.USER,
            "calls_a_second": 20,
        },
        password=sandbox.PASSWORD,
        act=Act(None, at, reason="the company's account at Interstellio"),
    )
