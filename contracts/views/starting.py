"""The text a new template begins with: plain, complete, to be read by a lawyer first."""

from decimal import Decimal
from typing import Any

BODY = """<h2>Internet service agreement {{contract.number}}</h2>
<p>Between {{company.name}}, {{company.address}} ("we") and {{customer.name}},
{{customer.number}}, {{customer.address}} ("you").</p>
<h3>What you get</h3>
<table><tbody>
<tr><th>Package</th><td>{{package.name}}, {{package.down}} / {{package.up}} Mbps</td></tr>
<tr><th>Data</th><td>{{package.cap}}</td></tr>
<tr><th>Where</th><td>{{service.address}}</td></tr>
<tr><th>Price</th><td>{{price.gross}} {{billing.cycle}}, of it tax {{price.tax}}</td></tr>
</tbody></table>
<h3>How long</h3>
<p>From {{contract.starts_on}} for {{contract.term}}, last day {{contract.last_day}}. Minimum term
until {{contract.minimum_until}}. Notice: {{contract.notice}}. When the term is over:
{{contract.renewal}}.</p>
<h3>Leaving early</h3>
<p>{{contract.exit_fee}}. You never pay more for leaving than for staying. Cooling-off:
{{contract.cooling_off}}.</p>
<h3>Price</h3>
<p>Price locked: {{contract.price_lock}}.</p>
{{signature.block}}
<p>Check this paper: {{verify.url}}</p>
{{verify.qr}}"""


# What the law of South Africa asks for (CPA s14 and regulation 5, ECTA s44).
_COUNTRY: dict[str, dict[str, Any]] = {
    "ZA": {
        "notice_count": 20,
        "notice_unit": "BUSINESS_DAYS",
        "cooling_off_days": 7,
        "bills_used_days": False,
    }
}


def values(country: str = "") -> dict[str, Any]:
    """Return what the form of a new template begins with, by the company's country."""
    return {
        "body": BODY,
        "term_months": 12,
        "minimum_months": 12,
        "notice_count": 30,
        "notice_unit": "DAYS",
        "renewal": "MONTHLY",
        "price_lock": "MINIMUM",
        "fee": "REMAINING",
        "fee_amount": Decimal(0),
        "fee_percent": Decimal(50),
        "cap_months": 3,
        "cooling_off_days": 0,
        "bills_used_days": True,
        "refuses_downgrade": False,
        **_COUNTRY.get(country, {}),
    }
