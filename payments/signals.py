"""Facts about payments other apps may act on; receivers queue tasks where nothing else is said."""

from django.dispatch import Signal

payment_settled = Signal()  # payment_id: a payment that has just been committed
payment_reversed = Signal()  # payment_id: a payment whose reversal has just been committed

# Inside the transaction: payment_ids reversed or partly paid out again, at, actor.
payments_shrank = Signal()

# A way to pay was removed (sent inside the transaction): method_id, at, actor.
payment_method_removed = Signal()
