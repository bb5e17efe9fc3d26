"""The shape of what staff type about messages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.core.demands import demand
from ispbill.core.fields import MoneyField
from ispbill.notifications.models import Message
from ispbill.notifications.queries.outbox import Filters
from ispbill.notifications.rules.events import EVENTS
from ispbill.notifications.rules.wording import Text

LONGEST_BODY = 4000


def event_choices() -> list[tuple[str, Any]]:
    return [(event.code, _(event.title)) for event in EVENTS.values()]


class OutboxFilters(forms.Form):
    """The filters of the outbox, from the address."""

    q = forms.CharField(
        label=_("Recipient or customer number"),
        required=False,
        max_length=120,
        widget=forms.HiddenInput,
    )
    state = forms.ChoiceField(
        required=False,
        choices=[("", _("Any state")), *Message.State.choices],
        widget=forms.HiddenInput,
    )
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, choices=[("", _("Any channel")), *Message.WAYS]
    )
    event = forms.ChoiceField(label=_("Event"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event"].choices = [("", _("Any event")), *event_choices()]  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """Return what was asked for, without what makes no sense."""
        self.is_valid()
        return Filters(**self.cleaned_data)


class WordingText(forms.Form):
    """A text with placeholders; an empty one sends nothing."""

    subject = forms.CharField(label=_("Subject"), required=False, max_length=160)
    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text=_("An empty text turns this message off."),
    )

    def __init__(self, *args: Any, has_subject: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_subject:
            demand(self, "subject", by="body")
        else:
            del self.fields["subject"]

    def text(self) -> Text:
        """Return what was typed, line ends as on paper."""
        body = self.cleaned_data["body"].replace("\r\n", "\n").strip()
        return Text(subject=self.cleaned_data.get("subject", "").strip(), body=body)


class MessageChoices(forms.Form):
    """The company's choices about messages."""

    uses_sms = forms.BooleanField(label=_("Send SMS"), required=False)
    uses_whatsapp = forms.BooleanField(label=_("Send WhatsApp messages"), required=False)
    uses_email = forms.BooleanField(label=_("Send e-mail"), required=False)
    uses_web_push = forms.BooleanField(
        label=_("Send notifications to devices"),
        required=False,
        help_text=_("Only to devices on which somebody has switched them on; they cost nothing."),
    )
    falls_back_to_sms = forms.BooleanField(
        label=_("Send an SMS instead of a WhatsApp message that cannot be delivered"),
        required=False,
        help_text=_("Once for each message, and only to customers who take SMS."),
    )
    quiet_from_hour = forms.IntegerField(
        label=_("Quiet from (hour)"),
        min_value=0,
        max_value=23,
        help_text=_("Bills and reminders wait for the morning; receipts and codes do not."),
    )
    quiet_until_hour = forms.IntegerField(
        label=_("Quiet until (hour)"),
        min_value=0,
        max_value=23,
        help_text=_("The same hour twice means no quiet time."),
    )
    month_budget = MoneyField(
        label=_("Budget of a month for messages"),
        required=False,
        help_text=_(
            "The owner is told at 80 and at 100 percent; then offers and surveys wait, and a "
            "campaign beyond it is confirmed by the owner, with a reason."
        ),
    )
