"""One change to many customers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Area
from customers.queries import areas
from customers.queries.letters import Draft
from ispbill.accounts.models import User
from ispbill.core.choosing import choose_from
from ispbill.core.demands import demand
from ispbill.notifications.models import Message

LONGEST_TEXT = 2000


class BulkTag(forms.Form):
    """A tag to put on or take off."""

    word = forms.CharField(label=_("Tag"), max_length=30)
    takes_off = forms.BooleanField(label=_("Take the tag off instead"), required=False)


class BulkArea(forms.Form):
    """The area to move to."""

    area = forms.ModelChoiceField(label=_("Area"), queryset=Area.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = (
            areas.visible_to(user)
            .filter(archived_at__isnull=True)
            .select_related("branch")
            .order_by("name")
        )


class BulkCollector(forms.Form):
    """Who collects from them."""

    collector = forms.ModelChoiceField(
        label=_("Collector"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "collector", areas.collectors(user))


class BulkMessage(forms.Form):
    """A text to send, once looked at: `seen` says which text was, and for whom."""

    channel = forms.ChoiceField(label=_("Channel"))
    subject = forms.CharField(
        label=_("Subject"),
        required=False,
        max_length=160,
        help_text=_("E-mails need one; other channels have none."),
    )
    text = forms.CharField(
        label=_("Text"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 5})
    )
    subject_bn = forms.CharField(
        label=_("Subject for customers who read Bangla"), required=False, max_length=160
    )
    text_bn = forms.CharField(
        label=_("Text for customers who read Bangla"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "bn"}),
        help_text=_("Empty: everybody gets the text above."),
    )
    is_offer = forms.BooleanField(
        label=_("This is an offer or advertising"),
        required=False,
        help_text=_("It then goes only to customers who have agreed to offers."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, channels: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        demand(self, "subject", by="channel", values=["EMAIL"])
        names = dict(Message.Channel.choices)
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            (channel, names[channel]) for channel in channels
        ]

    def draft(self) -> Draft:
        """Return what is to be sent, line ends as on paper."""
        read = self.cleaned_data
        return Draft(
            channel=read["channel"],
            text=_typed(read["text"]),
            subject=read["subject"].strip(),
            text_bn=_typed(read["text_bn"]),
            subject_bn=read["subject_bn"].strip(),
            is_offer=read["is_offer"],
        )


def _typed(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
