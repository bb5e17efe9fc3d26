"""What of a service's usage somebody wants to see."""

from datetime import date

from django import forms

from ispbill.core.fields import DayField
from network.usage.rules.periods import Span


class SpanForm(forms.Form):
    """`span` and `on` of an address; what nobody can read is the last thirty days' month."""

    span = forms.ChoiceField(choices=[(span.value, span.value) for span in Span], required=False)
    on = DayField(required=False)

    def chosen(self, today: date, *, usual: Span = Span.MONTH) -> tuple[Span, date]:
        """Return the span and a day of it, never one to come."""
        self.is_valid()
        on = self.cleaned_data.get("on") or today
        return Span(self.cleaned_data.get("span") or usual), min(on, today)
