"""A person's own devices that want notifications, and in which app theirs are shown."""

from hashlib import sha256

from django.db.models import QuerySet

from ispbill.accounts.models import User
from ispbill.notifications.models import PushDevice

App = PushDevice.App


def own(user: User) -> QuerySet[PushDevice]:
    """Return the person's own devices and nobody else's."""
    return PushDevice.objects.filter(user=user)


def app_of(user: User) -> str:
    """Return the app that shows a person's notifications; "" for those without one."""
    if user.is_console_user:
        return App.CONSOLE
    own_apps = {
        User.Role.CUSTOMER: App.PORTAL,
        User.Role.TECHNICIAN: App.TECHNICIAN,
        User.Role.COLLECTOR: App.TECHNICIAN,
    }
    return own_apps.get(User.Role(user.role), "")


def home_of(app: str) -> str:
    """Return where an app begins: the reach of its service worker."""
    return str(App(app).label)


def mark(device: PushDevice) -> str:
    """Return by what a browser knows its own line in the list."""
    return sha256(device.endpoint.encode()).hexdigest()[:24]
