"""The page on which a customer signs. Plain HTML: it belongs to somebody else's house."""

from decimal import Decimal
from html import escape

from ispbill.devtools.sandbox.netcash import accounts
from ispbill.devtools.sandbox.netcash.mandates import ACCEPTED, AWAITING, DECLINED, EXPIRED
from ispbill.devtools.sandbox.netcash.world import Record

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f6f8;color:#1d2733}"
    "main{max-width:30rem;margin:0 auto;padding:1.5rem 1rem}h1{font-size:1.4rem;margin:.2rem 0}"
    "section{background:#fff;border:1px solid #d5dce3;border-radius:10px;padding:1rem 1.2rem}"
    "small{color:#52606d}dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem 1rem}"
    "dt{color:#52606d}dd{margin:0;text-align:right;font-weight:600;overflow-wrap:anywhere}"
    "label{display:block;margin:.6rem 0}input,select{display:block;width:100%;font:inherit;"
    "padding:.5rem;box-sizing:border-box;border:1px solid #9aa5b1;border-radius:6px}"
    "button{font:inherit;padding:.6rem 1.2rem;border-radius:6px;border:1px solid #9aa5b1;"
    "background:#fff;margin:.6rem .6rem 0 0;cursor:pointer}"
    "button.yes{background:#0b6b3a;border-color:#0b6b3a;color:#fff}"
    ".wrong{color:#a61b1b;font-weight:600}"
)
_ENDED = {
    ACCEPTED: "The mandate is signed. You may close this page.",
    DECLINED: "The mandate was declined.",
    EXPIRED: "This mandate has expired.",
}


def mandate(record: Record, problem: str = "") -> bytes:
    """Return the page of a mandate, with what was wrong with the last attempt."""
    amount = f"R {Decimal(record['MandateAmount']):,.2f}"
    facts = {
        "Account": record["AccountReference"],
        "In the name of": record["MandateName"],
        "Amount": amount,
        "Day of the month": record["CommencementDay"],
        "Agreement": record["AgreementReferenceNumber"],
    }
    number = record["BankAccountNumber"]
    if number:
        bank = accounts.BRANCHES.get(record["BranchCode"], record["BranchCode"])
        facts["Bank account"] = f"{bank} ***{number[-4:]}"
    rows = "".join(f"<dt>{escape(k)}</dt><dd>{escape(str(v))}</dd>" for k, v in facts.items())
    wrong = f'<p class="wrong" role="alert">{escape(problem)}</p>' if problem else ""
    if record["status"] == AWAITING:
        inside = f'{wrong}<form method="post">{"" if number else _bank_fields()}{_BUTTONS}</form>'
    else:
        inside = f"<p><strong>{_ENDED[record['status']]}</strong></p>"
    return _page("Debit order mandate", f"<dl>{rows}</dl>{inside}")


def not_found() -> bytes:
    return _page("Not found", "<p>There is no such mandate.</p>")


_BUTTONS = (
    '<button class="yes" name="act" value="sign">Sign</button>'
    '<button name="act" value="decline">Decline</button>'
)


def _bank_fields() -> str:
    options = "".join(
        f'<option value="{code}">{escape(bank)}</option>'
        for code, bank in accounts.BRANCHES.items()
    )
    return (
        '<label>Account holder<input name="holder" required></label>'
        f'<label>Bank<select name="branch">{options}</select></label>'
        '<label>Account number<input name="number" inputmode="numeric" required></label>'
        '<label>Kind<select name="kind"><option value="1">Current</option>'
        '<option value="2">Savings</option><option value="3">Transmission</option></select></label>'
    )


def _page(title: str, inside: str) -> bytes:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style><main><small>Simulated Netcash</small>"
        f"<h1>{title}</h1><section>{inside}</section></main></html>"
    ).encode()
