"""What staff say when a service gets its first line, or another router."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Subscription
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonField
from ispbill.core.choosing import choose_from
from network.addresses.models import IpPool
from network.addresses.services.assigning import NewLine
from network.models import Access, Method, Router
from network.queries import lines
from network.rules import logins


class MoveForm(forms.Form):
    """Another router for a line, and why."""

    router = forms.ModelChoiceField(
        label=_("New router"), queryset=Router.objects.none(), empty_label=None
    )
    reason = ReasonField()

    def __init__(self, *args: Any, user: User, line: Access, **options: Any) -> None:
        super().__init__(*args, **options)
        others = lines.routers_visible_to(user).filter(is_enabled=True).exclude(pk=line.router_id)
        choose_from(self, "router", others.order_by("name"))


class ConnectForm(forms.Form):
    """A router, a method, and what that is made of."""

    router = forms.ModelChoiceField(
        label=_("Router"), queryset=Router.objects.none(), empty_label=None
    )
    method = forms.ChoiceField(
        label=_("Method"),
        choices=[("", _("As the router's lines usually are")), *Method.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    username = forms.CharField(label=_("User name"), max_length=60, strip=False)
    password = forms.CharField(
        label=_("Password"),
        max_length=60,
        strip=False,
        required=False,
        help_text=_("For PPPoE and the hotspot. Empty: one is made up."),
    )
    pool = forms.ModelChoiceField(
        label=_("Fixed address of"),
        queryset=IpPool.objects.none(),
        required=False,
        empty_label=_("No fixed address"),
        help_text=_("A queue or a lease needs one; the lowest that is free is given."),
    )
    mac_address = forms.CharField(
        label=_("MAC address"),
        max_length=17,
        required=False,
        help_text=_("Of the customer's equipment; a lease needs it."),
    )
    reason = ReasonField()

    def __init__(self, *args: Any, user: User, subscription: Subscription, **options: Any) -> None:
        options.setdefault("initial", {"username": subscription.connection_id})
        super().__init__(*args, **options)
        routers = lines.routers_visible_to(user).filter(is_enabled=True)
        choose_from(self, "router", routers.order_by("name"))
        pools = IpPool.objects.filter(archived_at=None).exclude(kind=IpPool.Kind.DELEGATED)
        choose_from(self, "pool", pools.order_by("name"))

    def clean_username(self) -> str:
        """Take what a router would take."""
        name: str = self.cleaned_data["username"]
        if not logins.is_username(name):
            raise forms.ValidationError(
                _("A user name has 1 to 60 characters, without line breaks.")
            )
        return name

    def line(self) -> NewLine:
        """Return the line that was typed."""
        given = self.cleaned_data
        method = Method(given["method"] or given["router"].default_method)
        made_up = secrets.token_urlsafe(9) if method.has_login else ""
        return NewLine(
            router=given["router"],
            method=method,
            username=given["username"],
            password=given["password"] or made_up,
            pool=given["pool"],
            mac_address=given["mac_address"],
        )
