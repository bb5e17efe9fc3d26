"""How much a partner tops its wallet up with online, and by which gateway."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.ledger.forms.amounts import AmountField
from payments.online.models import GatewayAccount


class TopUp(forms.Form):
    """A top-up by one of the company's gateways; `key` makes a second click the same try."""

    amount = AmountField(label=_("Amount"), max_length=20)
    gateway = forms.ChoiceField(label=_("How do you want to pay?"), widget=forms.RadioSelect)
    key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, accounts: Sequence[GatewayAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = {one.slug: one for one in accounts}
        field = self.fields["gateway"]
        field.choices = [(one.slug, one.name) for one in accounts]  # type: ignore[attr-defined]
        if accounts:
            field.initial = accounts[0].slug

    @property
    def account(self) -> GatewayAccount:
        """Return the account that was chosen."""
        return self.accounts[self.cleaned_data["gateway"]]


class SentBack(forms.Form):
    """That money was sent back at the gateway's own pages."""

    reference = forms.CharField(label=_("Number of the refund at the gateway"), max_length=80)
