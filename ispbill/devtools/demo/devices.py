"""Two devices with notifications, at this machine's simulator: a customer's and the owner's."""

from datetime import datetime

from django.conf import settings

from customers.models import CustomerLogin
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.devtools.sandbox import push
from ispbill.notifications.models import Message, PushDevice
from ispbill.notifications.services import compose, push_devices, push_keys
from ispbill.notifications.services.push_devices import Place, Subscription

_WHERE = (("PORTAL", "Chrome on Android"), ("CONSOLE", "Firefox on Linux"))


def switch_on(*, owner: User, now: datetime) -> None:
    """Switch them on; what is told from now on goes there too."""
    login = CustomerLogin.objects.select_related("user").order_by("pk").first()
    people = [login.user if login else None, owner]
    for person, (app, name) in zip(people, _WHERE, strict=True):
        if person is None:
            continue
        key = push_keys.public_key(at=now)
        made = push.subscribe(settings.SANDBOX_DIR, name=f"{name} of {person.name}", key=key)
        push_devices.keep(
            asked=Subscription(made.endpoint, made.p256dh, made.auth),
            place=Place(app=PushDevice.App(app), name=name, session_id=None),
            act=Act(person, now),
        )


def greet(*, now: datetime) -> None:
    """Send the customer one, so that the simulator has something to show."""
    login = CustomerLogin.objects.select_related("customer").order_by("pk").first()
    if login is not None:
        letter = compose.to_customer(login.customer, {}, dedup="first notification")
        compose.enqueue(letter, event="welcome", at=now, channels=(Message.WEB_PUSH,))
