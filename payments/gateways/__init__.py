"""The only place that knows a payment provider's protocol."""
