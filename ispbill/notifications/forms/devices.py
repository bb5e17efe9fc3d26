"""What a browser tells when somebody switches notifications on in it."""

from django import forms

from ispbill.notifications.services.push_devices import Subscription


class Switched(forms.Form):
    """A subscription of the Push API, as text."""

    endpoint = forms.CharField(max_length=4000)
    p256dh = forms.CharField(max_length=200)
    auth = forms.CharField(max_length=100)

    def subscription(self) -> Subscription:
        return Subscription(**self.cleaned_data)
