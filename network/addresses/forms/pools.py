"""What staff type about addresses."""

from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonField
from ispbill.core.choosing import choose_from
from network.addresses.models import IpPool
from network.addresses.rules import blocks
from network.addresses.services.tracing import Question
from network.models import Access, Router
from network.queries import lines


class PoolForm(forms.Form):
    """A block of addresses."""

    name = forms.CharField(label=_("Name"), max_length=60)
    cidr = forms.CharField(
        label=_("Block"), max_length=43, help_text=_("Such as 203.0.113.0/24 or 2001:db8:1::/48.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=IpPool.Kind.choices)
    router = forms.ModelChoiceField(
        label=_("Router"), queryset=Router.objects.none(), required=False
    )
    gateway = forms.GenericIPAddressField(label=_("Gateway"), required=False)
    reserved = forms.IntegerField(
        label=_("Kept for our own equipment"),
        min_value=0,
        max_value=10_000,
        initial=0,
        help_text=_("So many of the lowest addresses are never given to a line."),
    )
    delegated_length = forms.IntegerField(
        label=_("Delegated prefixes: length each line gets"),
        min_value=1,
        max_value=64,
        initial=blocks.PREFIX_LENGTH,
        required=False,
        help_text=_("56 gives each line 256 networks of its own."),
    )
    outside = forms.GenericIPAddressField(
        label=_("CGNAT: first outside address"), required=False, protocol="IPv4"
    )
    ports_each = forms.IntegerField(
        label=_("CGNAT: ports of each inside address"), min_value=1, max_value=64_512, initial=4032
    )
    first_port = forms.IntegerField(
        label=_("CGNAT: first port"), min_value=1, max_value=65_535, initial=1024
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        choose_from(self, "router", lines.routers_visible_to(user).order_by("name"))

    def clean_cidr(self) -> str:
        """Keep the block as it is written shortest."""
        try:
            return str(ip_network(self.cleaned_data["cidr"].strip()))
        except ValueError as error:
            raise forms.ValidationError(
                _("A block is an address and a length, such as 203.0.113.0/24.")
            ) from error

    def clean(self) -> dict[str, Any]:
        """Hold the gateway and the prefixes to the block, and a CGNAT to its outside."""
        cleaned: dict[str, Any] = super().clean() or {}
        cidr, gateway = cleaned.get("cidr"), cleaned.get("gateway")
        if cidr and gateway and not blocks.contains(cidr, gateway):
            self.add_error("gateway", _("The gateway is not of this block."))
        if cleaned.get("kind") == IpPool.Kind.CGNAT and not cleaned.get("outside"):
            self.add_error("outside", _("Behind which address do they come out?"))
        if cidr and cleaned.get("kind") == IpPool.Kind.DELEGATED:
            self._hold_prefixes(
                cidr, length=cleaned.get("delegated_length") or blocks.PREFIX_LENGTH
            )
            if gateway:
                self.add_error("gateway", _("A block of prefixes has no gateway."))
        return cleaned

    def _hold_prefixes(self, cidr: str, *, length: int) -> None:
        block = ip_network(cidr)
        if block.version != 6:
            self.add_error("cidr", _("Prefixes are delegated of IPv6 only."))
        elif length < block.prefixlen:
            self.add_error("delegated_length", _("The block itself is smaller than that."))

    def pool(self) -> IpPool:
        """Return the pool that was typed."""
        given = self.cleaned_data
        given = given | {name: given[name] or None for name in ("gateway", "outside")}
        return IpPool(
            **given | {"delegated_length": given["delegated_length"] or blocks.PREFIX_LENGTH}
        )


class AssignForm(forms.Form):
    """A fixed address or prefix for a line: a pool, and which of it."""

    pool = forms.ModelChoiceField(label=_("Pool"), queryset=IpPool.objects.none(), empty_label=None)
    address = forms.CharField(
        label=_("Address or prefix"),
        max_length=43,
        required=False,
        help_text=_("Empty: the lowest that is free."),
    )
    reason = ReasonField()

    def __init__(self, *args: Any, line: Access, **options: Any) -> None:
        super().__init__(*args, **options)
        choose_from(self, "pool", IpPool.objects.filter(archived_at=None).order_by("name"))
        if not line.can_be_told_prefix:
            self.fields["pool"].help_text = _(
                "This line cannot have a fixed IPv6 prefix: only a PPPoE login at RADIUS can be "
                "told one."
            )

    def clean_address(self) -> str:
        """Keep it as it is written shortest; an empty text asks for the next that is free."""
        text: str = self.cleaned_data["address"].strip()
        try:
            return str(ip_network(text) if "/" in text else ip_address(text)) if text else ""
        except ValueError as error:
            raise forms.ValidationError(
                _("Such as 203.0.113.9, or 2001:db8:1200::/56 for a prefix.")
            ) from error


class TraceForm(forms.Form):
    """A question from the authorities: an address, a moment with its offset, perhaps a port."""

    case_number = forms.CharField(label=_("Case number"), max_length=80)
    address = forms.GenericIPAddressField(label=_("Address"))
    moment = forms.CharField(
        label=_("Moment, with its offset from UTC"),
        max_length=40,
        help_text=_("Such as 2026-01-10 14:30:05+06:00. Without an offset it means nothing."),
    )
    port = forms.IntegerField(
        label=_("Source port, if it is known"), min_value=1, max_value=65_535, required=False
    )
    reason = ReasonField()

    def clean_moment(self) -> datetime:
        """Return the moment in UTC."""
        try:
            moment = datetime.fromisoformat(self.cleaned_data["moment"].strip())
        except ValueError as error:
            raise forms.ValidationError(_("Write it as 2026-01-10 14:30:05+06:00.")) from error
        if moment.tzinfo is None:
            raise forms.ValidationError(_("The offset is missing: +06:00, or Z for UTC."))
        return moment.astimezone(UTC)

    def question(self) -> Question:
        """Return what is asked."""
        given = self.cleaned_data
        return Question(given["case_number"], given["address"], given["moment"], given["port"])
