"""The gateways' own hosted pages: plain HTML that works without JavaScript."""

from html import escape

from ispbill.devtools.sandbox.gateways.sslcommerz_page import WAY_NAMES
from ispbill.devtools.sandbox.gateways.store import Session
from ispbill.devtools.sandbox.gateways.world import Button, Leaving

_FRAME = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Simulated payment</title>'
    '<meta name="viewport" content="width=device-width"></head>'
    "<body>{body}</body></html>"
)


def hosted(session: Session, buttons: list[Button]) -> bytes:
    """Return the page on which a customer pays."""
    ways = "".join(f'<option value="{way}">{name}</option>' for way, name in WAY_NAMES.items())
    choice = f"<p><label>Pay with <select name=way>{ways}</select></label></p>"
    pressed = "".join(
        f'<p><button name="button" value="{one.name}">{escape(one.label)}</button></p>'
        for one in buttons
    )
    body = (
        f"<h1>Simulated payment</h1><p>{escape(session.currency)} {escape(session.amount)} for "
        f"{escape(session.reference)} ({escape(session.state)})</p>"
        f'<form method="post">{choice if session.gateway == "sslcommerz" else ""}{pressed}</form>'
    )
    return _FRAME.format(body=body).encode()


def left(leaving: Leaving) -> bytes:
    """Return the page that posts the customer back to the merchant, or says why it stays."""
    if not leaving.method:
        return _FRAME.format(body=f"<p>{escape(leaving.note)}</p>").encode()
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in leaving.fields.items()
    )
    body = (
        f'<form method="post" action="{escape(leaving.url)}">{fields}'
        "<p><button>Return to the merchant</button></p></form>"
        "<script>document.forms[0].submit()</script>"
    )
    return _FRAME.format(body=body).encode()
