"""The device at a customer's end of the line."""

from django.db import transaction

from customers.models import Subscription
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act


@transaction.atomic
def note_serial(*, subscription: Subscription, serial: str, act: Act) -> None:
    """Note the serial number of the device a service runs on."""
    trail.begin(act=act)
    row = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if row.cpe_serial == serial:
        return
    before, row.cpe_serial = row.cpe_serial, serial
    row.save(update_fields=["cpe_serial"])
    events.record(
        act=act,
        action="subscription.equipment_noted",
        target=row,
        before={"cpe_serial": before},
        after={"cpe_serial": serial},
    )
