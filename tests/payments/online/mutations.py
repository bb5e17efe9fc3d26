"""Callbacks made of genuine ones: fields dropped, doubled, swapped, spoilt, sent another way.

Everything is drawn from one seed, so that a mutation that earns something can be sent again.
"""

import json
import random
from decimal import Decimal
from urllib.parse import quote_from_bytes, urlencode

from billing.allocation.models import Payment
from billing.ledger.models import JournalEntry, Posting
from payments.debits.models import DebitOrder
from tests.laws.scale import tried

CALLS = tried(floor=120, full=25_000)
"""To each of the four kinds of address; a hundred thousand in all."""
FORM = "application/x-www-form-urlencoded"
WORDS = [
    "", " ", "0", "-1", "VALID", "VALIDATED", "SUCCESS", "Success", "success", "FAILED", "cancel",
    "true", "null", "NaN", "Infinity", "1e308", "-0.00", "1150", "1150.00", "1150.005", "1,150.00",
    "٠١٢٣", "৳ 1150", "\x00", "VALID\x00", "\r\nX: y", "%00", "%", "' OR 1=1 --", "{{7*7}}",
    "{0.__class__}", "../../etc/passwd", "<script>alert(1)</script>", "\ud83d\ude00", "\u202e",
    "x" * 3_000, "9" * 400, "[]", "{}", "a" * 29, "USD", "ZAR", "1;2", "=cmd|' /C calc'!A0",
]  # fmt: skip
NAMES = ["order", "order_id", "tran_id", "status", "paymentID", "payment_ref_id", "verify_key",
         "verify_sign", "val_id", "amount", "AccountRef", "MandateSuccessful", "extra", "", "a[]",
         "__proto__", "status ", "STATUS"]  # fmt: skip
CLAIMS = ["ipn", "success", "fail", "cancel", "return", "Success", "refund", "x"]


class Mutator:
    """Draws calls: `genuine` are field sets gateways really sent, `aims` names of unpaid
    attempts."""

    def __init__(self, *, seed, genuine, aims, home):
        self.dice = random.Random(seed)
        self.genuine, self.aims, self.home = genuine, aims, home

    def call(self):
        """Return method, address, content type and body of one mutated callback."""
        dice = self.dice
        fields = list(dice.choice(self.genuine).items())
        for _ in range(dice.choice([1, 1, 1, 2, 3, 6])):
            fields = dice.choice(
                [
                    self._aim,
                    self._aim,
                    self._say,
                    self._say,
                    self._drop,
                    self._double,
                    self._swap,
                    self._spoil,
                    self._add,
                    self._resign,
                    self._rename,
                ]
            )(fields)
        method = dice.choice(self.home["methods"])
        path = self._path(fields)
        return self._written(method, path, fields)

    # --- fields -----------------------------------------------------------------------------

    def _aim(self, fields):
        """Point a genuine message at an attempt nobody has paid."""
        aim = self.dice.choice(self.aims)
        return [(name, aim.get(name, value)) for name, value in fields] + [
            pair for pair in aim.items() if pair[0] not in dict(fields)
        ]

    def _say(self, fields):
        return self._with(fields, self.dice.choice(WORDS))

    def _drop(self, fields):
        return [pair for pair in fields if self.dice.random() > 0.2]

    def _double(self, fields):
        name, value = self._one(fields)
        return [*fields, (name, self.dice.choice([value, *WORDS[:20]]))]

    def _swap(self, fields):
        return self._with(fields, self._one(fields)[1])

    def _spoil(self, fields):
        """Change one character."""
        name, value = self._one(fields)
        if not value:
            return fields
        place = self.dice.randrange(len(value))
        other = self.dice.choice("0123456789abcdefXYZ.,-+ &=%\x00é৳")
        return self._put(fields, name, value[:place] + other + value[place + 1 :])

    def _add(self, fields):
        many = self.dice.choice([1, 1, 5, 250])
        return fields + [(self.dice.choice(NAMES) + str(n or ""), "x") for n in range(many)]

    def _resign(self, fields):
        """Sign a list of one's own, without the password."""
        names = [name for name, _value in fields if self.dice.random() < 0.5]
        sign = "".join(self.dice.choices("0123456789abcdef", k=64))
        for name, value in (
            ("verify_key", ",".join(names)),
            ("verify_sign_sha2", sign),
            ("verify_sign", sign[:32]),
        ):
            fields = self._put(fields, name, value)
        return fields

    def _rename(self, fields):
        old = self._one(fields)[0]
        new = self.dice.choice([*NAMES, old.upper(), f"{old}[]", f" {old}"])
        return [(new if name == old else name, value) for name, value in fields]

    def _one(self, fields):
        """Any field; half of the time one that can be believed in."""
        telling = [pair for pair in fields if pair[0] in NAMES]
        if telling and self.dice.random() < 0.5:
            return self.dice.choice(telling)
        return self.dice.choice(fields) if fields else ("status", "VALID")

    def _with(self, fields, value):
        return self._put(fields, self._one(fields)[0], value)

    def _put(self, fields, name, value):
        return [pair for pair in fields if pair[0] != name] + [(name, value)]

    # --- the way it is sent -----------------------------------------------------------------

    def _path(self, fields):
        path = self.home["path"]
        if "{claim}" in path:
            usual = self.home["claims"]
            path = path.replace("{claim}", self.dice.choice([*usual * 6, *CLAIMS]))
        if self.dice.random() < 0.1 and fields:
            path += "?" + _encoded([self._one(fields)])
        return path

    def _written(self, method, path, fields):
        way = self.dice.random()
        if method == "GET":
            return "GET", path + ("&" if "?" in path else "?") + _encoded(fields), FORM, b""
        if way < 0.85:
            return method, path, FORM, _encoded(fields).encode()
        if way < 0.90:
            return method, path, "application/json", json.dumps(dict(fields)).encode()
        if way < 0.94:
            return method, path, "multipart/form-data; boundary=b", _parts(fields)
        raw = _encoded(fields).encode()
        cut = raw[: self.dice.randrange(len(raw) + 1)]
        kind = self.dice.choice(
            [FORM, "text/plain", "", "multipart/form-data", f"{FORM}; charset=x"]
        )
        return method, path, kind, cut + bytes(self.dice.choices(range(256), k=6))


def books():
    """What must not grow: rows in the books, payments, money credited, debit orders."""
    return (
        Posting.objects.count(),
        JournalEntry.objects.count(),
        Payment.objects.count(),
        sum(Payment.objects.values_list("amount", flat=True), Decimal(0)),
        DebitOrder.objects.count(),
    )


def send(client, mutator, answers):
    """Send one mutated callback; count how it was answered."""
    method, path, kind, body = call = mutator.call()
    response = client.generic(method, path, body, content_type=kind)
    answers[response.status_code] += 1
    assert response.status_code < 500, call


def _encoded(fields):
    return urlencode(fields, errors="surrogatepass", quote_via=_quoted)


def _quoted(text, _safe, _encoding, _errors):
    return quote_from_bytes(str(text).encode("utf-8", "surrogatepass"))


def _parts(fields):
    lines = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    ]
    return ("".join(lines) + "--b--\r\n").encode("utf-8", "surrogatepass")
