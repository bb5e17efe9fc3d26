"""The merchant's side of each simulated gateway, as its documents have it; not our client."""

import json
import secrets
from urllib.parse import urlencode

from ispbill.devtools.sandbox.gateways.nagad_crypto import closed, opened
from ispbill.devtools.sandbox.gateways.sslcommerz import SESSION
from ispbill.devtools.sandbox.gateways.world import dhaka_now
from tests.devtools.sandbox.gateways.merchant import call

HEADERS = {"X-KM-Api-Version": "v-0.2.0", "X-KM-IP-V4": "127.0.0.1", "X-KM-Client-Type": "PC_WEB"}


class SslCommerzShop:
    """A merchant's side of SSLCommerz."""

    def __init__(self, place, site):
        self.url = place["base_url"]
        self.login = {"store_id": place["store_id"], "store_passwd": place["store_passwd"]}
        self.site = site

    def fields(self, **changes):
        return {
            **self.login,
            "total_amount": "1150.00",
            "currency": "BDT",
            "tran_id": "PAY-0001",
            "product_category": "Internet",
            "success_url": f"{self.site}/success",
            "fail_url": f"{self.site}/fail",
            "cancel_url": f"{self.site}/cancel",
            "ipn_url": f"{self.site}/ipn",
            "cus_name": "Amina Begum",
            "cus_email": "a@b.test",
            "cus_add1": "Mirpur",
            "cus_city": "Dhaka",
            "cus_country": "Bangladesh",
            "cus_phone": "01711000001",
            "shipping_method": "NO",
            "num_of_item": "1",
            "product_name": "Home 30",
            "product_profile": "non-physical-goods",
            "value_d": "attempt-1",
            **changes,
        }

    def open(self, **changes):
        fields = {k: v for k, v in self.fields(**changes).items() if v is not None}
        return json.loads(call(self.url + SESSION, form=fields)[1])

    def ask(self, path, **told):
        query = urlencode(self.login | {"v": "1", "format": "json"} | told)
        return json.loads(call(f"{self.url}{path}?{query}")[1])


class BkashShop:
    """A merchant's side of bKash."""

    def __init__(self, place, site):
        self.place = place
        self.site = site
        self.token = ""

    def ask(self, path, body, **headers):
        status, raw = call(
            f"{self.place['base_url']}/tokenized/checkout{path}", body=body, headers=headers
        )
        return json.loads(raw) | {"http": status}

    def grant(self, path="/token/grant", password=None, **changes):
        body = {"app_key": self.place["app_key"], "app_secret": self.place["app_secret"]}
        answer = self.ask(
            path,
            body | changes,
            username=self.place["username"],
            password=password or self.place["password"],
        )
        self.token = answer.get("id_token", self.token)
        return answer

    def post(self, path, **body):
        headers = {"Authorization": self.token, "X-App-Key": self.place["app_key"]}
        return self.ask(path, body, **headers)

    def second(self, path, **body):
        """Ask version 2 about refunds."""
        root = self.place["base_url"].removesuffix("/v1.2.0-beta")
        headers = {"Authorization": self.token, "X-App-Key": self.place["app_key"]}
        url = f"{root}/v2/tokenized-checkout/refund/payment{path}"
        return json.loads(call(url, body=body, headers=headers)[1])

    def create(self, **changes):
        return self.post(
            "/create",
            **{
                "mode": "0011",
                "payerReference": "CT-2026-00001",
                "callbackURL": f"{self.site}/back?a=1",
                "amount": "1150.00",
                "currency": "BDT",
                "intent": "sale",
                "merchantInvoiceNumber": "PAY-0001",
                **changes,
            },
        )


class NagadShop:
    """A merchant's side of Nagad."""

    def __init__(self, place):
        self.place = place
        self.merchant = place["merchant_id"]
        self.url = f"{place['base_url']}/api/dfs"

    def envelope(self, content, **keys):
        return closed(
            content,
            to=keys.get("to", self.place["nagad_public_key"]),
            by=keys.get("by", self.place["merchant_private_key"]),
        )

    def post(self, path, body, headers=HEADERS):
        status, raw = call(self.url + path, body=body, headers=headers)
        return json.loads(raw) | {"http": status}

    def initialize(self, order="PAY0001", *, at=None, headers=HEADERS, merchant=None, **changes):
        stamp = (at or dhaka_now()).strftime("%Y%m%d%H%M%S")
        content = {
            "merchantId": self.merchant,
            "datetime": stamp,
            "orderId": order,
            "challenge": secrets.token_hex(20),
            **changes,
        }
        return self.post(
            f"/check-out/initialize/{merchant or self.merchant}/{order}?locale=EN",
            {"dateTime": stamp, **self.envelope(content)},
            headers,
        )

    def open(self, answer):
        return opened(
            answer, to=self.place["merchant_private_key"], by=self.place["nagad_public_key"]
        )

    def complete(self, told, order="PAY0001", **changes):
        content = {
            "merchantId": self.merchant,
            "orderId": order,
            "amount": "1150.00",
            "currencyCode": "050",
            "challenge": told["challenge"],
            **changes,
        }
        return self.post(
            f"/check-out/complete/{told['paymentReferenceId']}",
            {**self.envelope(content), "merchantCallbackURL": "http://isp.test/back"},
        )

    def verify(self, ref):
        status, raw = call(f"{self.url}/verify/payment/{ref}", headers=HEADERS)
        return json.loads(raw) | {"http": status}
