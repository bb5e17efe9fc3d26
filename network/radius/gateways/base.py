"""What a router can fail at when it is told something by RADIUS (RFC 5176)."""


class Silent(Exception):
    """No answer that was the router's came, however often it was asked."""


class Forbidden(Exception):
    """Our own rules forbid sending to this address."""
