"""What people tell us by answering a message."""

from django.dispatch import Signal

# phone (E.164), at: somebody has answered STOP and wants no more offers.
offers_stopped = Signal()
