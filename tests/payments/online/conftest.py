import pytest
from django.db.models import Sum

from billing.ledger.models import Posting
from billing.ledger.rules.chart import Chart
from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.sandbox.gateways.server import serve
from payments.online.models import GatewayAccount, GatewayCallback, PaymentAttempt
from payments.online.services import inbox
from tests.factories.customers import CustomerFactory
from tests.factories.gateways import attempt_of, sslcommerz_account
from tests.factories.payments import open_invoice
from tests.laws import at_once


@pytest.fixture(scope="session")
def _sandbox(tmp_path_factory):
    directory = tmp_path_factory.mktemp("gateways")
    sandbox = serve(directory)
    yield directory
    sandbox.close()


@pytest.fixture
def desk(_sandbox):
    desk = Desk(_sandbox)
    desk.clear()
    desk.clear_faults()
    return desk


@pytest.fixture
def shop(_sandbox, desk, settings, client, at, db):
    """A shop with one customer who owes one bill of 1,150.00."""
    settings.PUBLIC_URL = "http://127.0.0.1:9"  # nobody listens: notices are handed over by hand
    return Shop(_sandbox, desk, client, at)


class Shop:
    """What happens between a customer, us and the gateway, one step at a time."""

    def __init__(self, directory, desk, client, at):
        self.directory, self.desk, self.client, self.at = directory, desk, client, at
        self.account = sslcommerz_account(directory)
        self.customer = CustomerFactory()
        self.invoice = open_invoice(self.customer)

    def start(self, amount="1150.00", **values):
        customer = values.pop("customer", self.customer)
        return attempt_of(customer, self.account, self.at, amount, **values)

    def press(self, attempt, button, **told):
        """The customer presses a button at the gateway; return what the browser brings back."""
        return self.desk.press(attempt.session_key, button, **told)

    def come_back(self, left):
        """The browser comes back with what the gateway gave it."""
        path = "/" + left["url"].split("/", 3)[3]
        return self.client.post(path, left["fields"])

    def notices(self, attempt):
        """The fields of the notices the gateway has for us, oldest first."""
        rows = self.desk.callbacks(attempt.session_key)
        return [row["fields"] for row in reversed(rows) if row["kind"] == "IPN"]

    def notify(self, fields, **changes):
        """The gateway posts a notice (`changes` tamper with it); it is worked off."""
        response = self.client.post(
            f"/pay/gateways/{self.account.slug}/ipn/", {**fields, **changes}
        )
        self.work_off()
        return response

    def work_off(self, at=None):
        for row in GatewayCallback.objects.filter(state="NEW").order_by("pk"):
            inbox.work_off(callback_id=row.pk, at=at or self.at)

    def state(self, attempt):
        return PaymentAttempt.objects.get(pk=attempt.pk).state

    def held_by_gateway(self):
        """What the books say the gateway holds for us."""
        return Posting.objects.filter(account_id=Chart.GATEWAY_CLEARING).aggregate(
            sum=Sum("amount")
        )["sum"]


@pytest.fixture(autouse=True)
def _proven(request):
    yield
    if "shop" in request.fixturenames:
        assert [finding.check for finding in at_once.broken()] == []
        assert GatewayAccount.objects.exists()
