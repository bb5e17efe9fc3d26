"""The only place that knows a router vendor's protocol."""
