"""One of everything, so that each address can be opened by its human id.

An app with new addresses adds to `World` and to `ARGUMENTS`. An address without a line here is
opened with made-up arguments: whoever may see the page gets 404, everybody else the refusal, and
the refusals are what the matrix is about.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from billing.ledger.models import JournalEntry, PeriodClose
from billing.receivables.queries import receipts
from billing.run.models import BillingRun, DryRun
from customers.models import Customer, CustomerLogin, Package, Subscription
from ispbill.accounts.models import Branch, SignedInSession, User
from ispbill.api.services import tokens
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.core import clock, stop_links
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.core.pay_links import PayLink
from ispbill.notifications.models import Bounce, MessagePrice
from ispbill.webhooks.services import delivering
from payments.debits.services import settings
from payments.desk.services import days
from resellers.models import Checkout, Reseller, ResellerUser, Transfer
from signup.queries import links
from tests.architecture.addresses import Address
from tests.factories import contracts
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.bank import bank_account, line_of, payout_of
from tests.factories.billing import DryRunFactory, chart
from tests.factories.catalogue import (
    AddonFactory,
    DiscountFactory,
    FeeFactory,
    PriceChangeFactory,
    PromotionFactory,
    SubscriptionAddonFactory,
    TaxRateFactory,
)
from tests.factories.changes import PauseRequestFactory, sample_change
from tests.factories.churn import EpisodeFactory, TaskFactory
from tests.factories.customers import (
    AreaFactory,
    CampaignFactory,
    CustomerFactory,
    LeadFactory,
    PackageFactory,
    PackagePriceFactory,
    SubscriptionFactory,
    TaxCertificateFactory,
)
from tests.factories.debit_rows import held_line, signed, unpaid
from tests.factories.drift import DriftFindingFactory, FoundUserFactory, IpPoolFactory
from tests.factories.fieldservice import given
from tests.factories.fieldservice import job as make_job
from tests.factories.gateway_accounts import gateway_account
from tests.factories.network import AccessFactory, RouterFactory
from tests.factories.notifications import MessageFactory, provider_account
from tests.factories.outages import outage
from tests.factories.papers import pdf
from tests.factories.payments import open_invoice, paid, prepaid, voucher_batch
from tests.factories.signup import draft, moved_in, submitted
from tests.factories.stock import lent_piece, shelf_of
from tests.factories.tickets import (
    CannedReplyFactory,
    OpinionFactory,
    SlaPolicyFactory,
    TeamFactory,
    mailbox,
    opened,
    strange_mail,
)
from tests.factories.tills import handed_over
from tests.factories.upkeep import alarm
from tests.factories.usage import UsageFileFactory
from tests.factories.webhooks import told
from tickets.queries import survey_links

MADE_UP = {"int": 999_999, "str": "x", "slug": "x", "accountnumber": "CT-2000-00001"}
LONG = "x" * 24  # for what is written as a regular expression: long tokens, mostly
BORN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class World:
    """A branch with a customer and a service; users of every role, by role."""

    branch: Branch
    customer: Customer
    subscription: Subscription
    package: Package
    users: dict[str, User]
    event: AuditEvent
    run: JobRun
    session: SignedInSession
    lead: Any
    campaign: Any
    line: Any
    finding: Any
    found_user: Any
    usage_file: Any
    pool: Any
    message: Any
    invoice: Any
    payment: Any
    prepaid: Any
    batch: Any
    bank_line: Any
    payout: Any
    billing_run: BillingRun
    change: Any
    dry_run: DryRun
    fee: Any
    addon: Any
    tax_rate: Any
    sold_addon: Any
    promotion: Any
    discount: Any
    price_change: Any
    asked_pause: Any
    certificate: Any
    closed: PeriodClose
    gateway: Any
    provider: Any
    debit: Any
    debit_line: Any
    handover: Any
    closed_day: Any
    ticket: Any
    mailbox: Any
    mail: Any
    bounce: Any
    moved_in: Any
    message_price: Any
    opinion: Any
    alarm: Any
    api_token: Any
    webhook: Any
    webhook_delivery: Any
    contract: Any
    retention_task: Any
    outage: Any
    job: Any
    piece: Any
    shelf: Any
    order: Any
    asking: Any
    promise: Any
    reseller: Any
    reseller_user: Any
    transfer: Any
    checkout: Any
    team: Any
    reply: Any


OF_A_RESELLER = (
    "reseller",
    "limits",
    "brand",
    "plan",
    "price",
    "view-as",
    "add-user",
    "add-transfer",
    "decide",
)


def build() -> World:
    """Make the world (inside the caller's transaction)."""
    chart()
    branch = BranchFactory()
    customer = CustomerFactory(area=AreaFactory(branch=branch))
    package = PackageFactory()
    PackagePriceFactory(package=package)
    at_home = Company.objects.filter(pk=Company.current().pk)
    at_home.update(address="House 1, Dhaka")  # contracts name it
    Company.forget_cached()
    subscription = SubscriptionFactory(customer=customer, package=package)
    users = {
        role: UserFactory(role=role, branch=branch, login=f"{role.lower()}@matrix.test")
        for role in User.Role.values
    }
    CustomerLogin.objects.create(user=users["CUSTOMER"], customer=customer)
    reseller = Reseller.objects.create(
        user=users["RESELLER"],
        name="Sub-dealer",
        phone="+8801911000001",
        branch=branch,
        commission_rate=Decimal("0.1"),
    )
    Customer.objects.filter(pk=customer.pk).update(reseller_id=reseller.pk)
    transfer = Transfer.objects.create(
        number="RM-2026-00001",
        kind=Transfer.Kind.REMITTANCE,
        reseller=reseller,
        amount=Decimal(100),
        method=Transfer.Method.EFT,
        key="sample",
        sent_by=users["RESELLER"],
        sent_at=BORN,
    )
    gateway = gateway_account(at=BORN)
    checkout = Checkout.objects.create(
        order="PSAMPLE",
        account=gateway,
        reseller=reseller,
        amount=Decimal(1000),
        currency="BDT",
        state=Checkout.State.HELD,
        key="sample",
        started_by=users["RESELLER"],
        started_at=BORN,
        expires_at=BORN + timedelta(days=1),
        gateway_reference="V1",
        paid_amount=Decimal(100),
    )
    session = SignedInSession.objects.create(
        user=users["CASHIER"], session_key="sample", started_at=BORN, last_seen_at=BORN
    )
    event = AuditEvent.objects.create(
        at=BORN, actor_name="x", action="x.y", target_type="x", target_id="1", branch_id=branch.pk
    )
    run = JobRun.objects.create(job="x", started_at=BORN, heartbeat_at=BORN)
    closed_day = days.close(
        branch=branch, day=date(2025, 12, 31), note="", act=Act(users["OWNER"], BORN)
    )
    handover = handed_over(users["CASHIER"], users["BILLING"], at=BORN)
    order = submitted(area=AreaFactory(branch=branch), at=BORN, documents=[("OTHER", pdf())])
    webhook = told()
    return World(
        branch=branch,
        reseller=reseller,
        transfer=transfer,
        checkout=checkout,
        reseller_user=ResellerUser.objects.create(
            reseller=reseller, user=UserFactory(role="RESELLER"), rights="CASHIER"
        ),
        customer=customer,
        subscription=subscription,
        package=package,
        users=users,
        event=event,
        run=run,
        session=session,
        lead=LeadFactory(branch=branch),
        campaign=CampaignFactory(branch=branch, created_by=users["OWNER"]),
        line=AccessFactory(subscription=subscription, router=RouterFactory(branch=branch)),
        finding=DriftFindingFactory(router__branch=branch),
        found_user=FoundUserFactory(router__branch=branch),
        usage_file=UsageFileFactory(uploaded_by__branch=branch),
        pool=IpPoolFactory(),
        message=MessageFactory(customer_id=customer.pk),
        invoice=open_invoice(customer),
        payment=paid(customer, at=BORN),
        prepaid=prepaid(customer, until=date(2026, 2, 1), package=package, line_no=2),
        bank_line=line_of(bank_account(branch=branch), at=BORN, day="2025-12-31"),
        payout=payout_of(bank_account(branch=branch), at=BORN),
        batch=voucher_batch(at=BORN, branch=branch, valid_until=date(2099, 12, 31)),
        billing_run=BillingRun.objects.create(
            business_date=BORN.date(), horizon=BORN.date(), started_at=BORN
        ),
        change=sample_change(subscription, package),
        certificate=TaxCertificateFactory(customer=customer),
        asked_pause=PauseRequestFactory(subscription=subscription),
        dry_run=DryRunFactory(proposed_by=users["BILLING"]),
        fee=FeeFactory(),
        addon=AddonFactory(),
        tax_rate=TaxRateFactory(),
        sold_addon=SubscriptionAddonFactory(subscription=subscription),
        promotion=PromotionFactory(),
        discount=DiscountFactory(subscription=subscription),
        price_change=PriceChangeFactory(package=package),
        closed=PeriodClose.objects.create(
            first_day=date(2025, 11, 1),
            last_day=date(2025, 11, 30),
            entry_count=0,
            turnover_amount=0,
            closed_at=BORN,
        ),
        gateway=gateway,
        provider=provider_account(),
        debit=unpaid(signed(customer, at=BORN), at=BORN),
        debit_line=held_line(at=BORN),
        handover=handover,
        closed_day=closed_day,
        ticket=opened(customer, at=BORN),
        mailbox=mailbox(BORN),
        mail=strange_mail(BORN),
        moved_in=moved_in(BORN),
        bounce=Bounce.objects.create(
            address="gone@mail.test", status="5.1.1", is_final=True, bounced_at=BORN
        ),
        message_price=MessagePrice.objects.create(
            channel="SMS", valid_from=date(2026, 1, 1), price=1, created_at=BORN
        ),
        opinion=OpinionFactory(customer=customer, asked_at=BORN),
        alarm=alarm(),
        api_token=tokens.issue(
            name="script", scopes=["customers:read"], days=9, act=Act.now(users["OWNER"])
        )[0],
        webhook=webhook,
        webhook_delivery=delivering.ping(endpoint=webhook, act=Act.now(users["OWNER"])),
        contract=contracts.sent(subscription),
        retention_task=TaskFactory(episode=EpisodeFactory(customer=customer)),
        outage=outage(areas=[customer.area], started_at=BORN),
        job=given(make_job(service=subscription), users["TECHNICIAN"]),
        piece=lent_piece(customer, branch),
        shelf=shelf_of(branch),
        order=order,
        asking=draft(phone="+8801711000056", package=order.package),
        promise=SlaPolicyFactory(),
        team=TeamFactory(),
        reply=CannedReplyFactory(),
    )


# By full name, or by "namespace:argument" for every address of an app with that argument.
ARGUMENTS: dict[str, Callable[[World], dict[str, Any]]] = {
    "staff_accounts:pk": lambda world: {"pk": world.users["CASHIER"].pk},
    "staff_accounts:session": lambda world: {"session": world.session.pk},
    "staff_accounts:edit-branch": lambda world: {"pk": world.branch.pk},
    "staff_accounts:archive-branch": lambda world: {"pk": world.branch.pk},
    **dict.fromkeys(
        ("staff:inbox-item", "staff:inbox-later", "staff:inbox-now", "staff:inbox-open"),
        lambda world: {"kind": "pause", "key": world.asked_pause.pk},
    ),
    "staff:inbox-act": lambda world: {
        "kind": "pause",
        "key": world.asked_pause.pk,
        "verb": "approve",
    },
    "staff_audit:event": lambda world: {"pk": world.event.pk},
    "staff_audit:history": lambda world: {"table": "customer", "pk": world.customer.pk},
    "staff_audit:job-run": lambda world: {"pk": world.run.pk},
    "staff_audit:job-progress": lambda world: {"pk": world.run.pk},
    "staff_audit:run-now": lambda _world: {"job": "run_billing"},
    "staff_network:pk": lambda world: {"pk": world.line.router_id},
    "staff_network:retry-line": lambda world: {"pk": world.line.pk},
    **dict.fromkeys(
        (
            "staff_network:line-speed-tests",
            "staff_network:assign-address",
            "staff_network:release-address",
            "staff_network:move-line",
            "staff_network:line-radius",
        ),
        lambda world: {"pk": world.line.pk},
    ),
    "staff_network:ignore-drift": lambda world: {"pk": world.finding.pk},
    "staff_network:remove-drift": lambda world: {"pk": world.finding.pk},
    "staff_network:name-router-user": lambda world: {"pk": world.found_user.pk},
    **dict.fromkeys(
        (
            "staff_network:usage-file",
            "staff_network:take-usage-file",
            "staff_network:undo-usage-file",
            "staff_network:usage-file-errors",
        ),
        lambda world: {"pk": world.usage_file.pk},
    ),
    "staff_network:pool": lambda world: {"pk": world.pool.pk},
    "staff_network:archive-pool": lambda world: {"pk": world.pool.pk},
    "staff_network:connect-service": lambda world: {"pk": world.line.subscription_id},
    "staff_network:line-method": lambda world: {"pk": world.line.pk},
    "staff_network:line-session": lambda world: {"pk": world.line.pk},
    "staff_notifications:pk": lambda world: {"pk": world.message.pk},
    "staff_notifications:kind": lambda _world: {"kind": "twilio"},
    "message_hooks:kind": lambda _world: {"kind": "twilio"},
    "staff_notifications:event": lambda _world: {"event": "payment_received"},
    "staff_notifications:channel": lambda _world: {"channel": "SMS"},
    "staff_notifications:language": lambda _world: {"language": "en"},
    "public:stop-offers": lambda world: {"token": stop_links.token(world.customer.pk)},
    "staff_customers:campaign": lambda world: {"pk": world.campaign.pk},
    "staff_customers:edit-campaign": lambda world: {"pk": world.campaign.pk},
    "staff_customers:stop-campaign": lambda world: {"pk": world.campaign.pk},
    "staff_customers:call": lambda world: {"number": world.customer.number},
    "staff_customers:call-lead": lambda world: {"pk": world.lead.pk},
    "staff_customers:edit-lead": lambda world: {"pk": world.lead.pk},
    "staff_customers:move-lead": lambda world: {"pk": world.lead.pk},
    "staff_signup:convert-lead": lambda world: {"pk": world.lead.pk},
    "staff_customers:edit-package": lambda world: {"pk": world.package.pk},
    "staff_customers:set-price": lambda world: {"pk": world.package.pk},
    "staff_customers:archive-package": lambda world: {"pk": world.package.pk},
    "staff_billing:end-addon": lambda world: {"pk": world.sold_addon.pk},
    "staff_billing:addon-quantity": lambda world: {"pk": world.sold_addon.pk},
    "staff_billing:revoke-discount": lambda world: {"pk": world.discount.pk},
    "staff_billing:edit-promotion": lambda world: {"pk": world.promotion.pk},
    "staff_billing:archive-promotion": lambda world: {"pk": world.promotion.pk},
    "staff_billing:price-change": lambda world: {"pk": world.price_change.pk},
    "staff_billing:confirm-price-change": lambda world: {"pk": world.price_change.pk},
    "staff_billing:cancel-price-change": lambda world: {"pk": world.price_change.pk},
    "staff_customers:package-prices": lambda world: {"pk": world.package.pk},
    "staff_customers:both-prices": lambda world: {"pk": world.package.pk},
    "staff_customers:withdraw-price": lambda world: {"pk": world.package.prices.get().pk},
    "staff_customers:edit-fee": lambda world: {"pk": world.fee.pk},
    "staff_customers:archive-fee": lambda world: {"pk": world.fee.pk},
    "staff_customers:edit-addon": lambda world: {"pk": world.addon.pk},
    "staff_customers:archive-addon": lambda world: {"pk": world.addon.pk},
    "staff_customers:edit-tax-class": lambda world: {"pk": world.tax_rate.tax_class_id},
    "staff_customers:archive-tax-class": lambda world: {"pk": world.tax_rate.tax_class_id},
    "staff_customers:set-tax-rate": lambda world: {"pk": world.tax_rate.tax_class_id},
    "staff_customers:withdraw-tax-rate": lambda world: {"pk": world.tax_rate.pk},
    "staff_customers:edit-area": lambda world: {"pk": world.customer.area_id},
    "staff_customers:archive-area": lambda world: {"pk": world.customer.area_id},
    "staff_customers:bulk": lambda _world: {"what": "tag"},
    "staff_customers:export": lambda _world: {"file_format": "csv"},
    "staff_reports:list-file": lambda _world: {"key": "routers"},
    "staff_reports:tab": lambda _world: {"tab": "revenue"},
    "staff_billing:invoice": lambda world: {"number": world.invoice.number},
    "staff_billing:invoice-void": lambda world: {"number": world.invoice.number},
    **dict.fromkeys(
        (
            "staff_billing:package-change",
            "staff_billing:package-change-approve",
            "staff_billing:package-change-reject",
            "staff_billing:package-change-withdraw",
            "staff_billing:package-change-recalculate",
            "portal_billing:pk",
            "reseller_billing:pk",
        ),
        lambda world: {"pk": world.change.pk},
    ),
    **dict.fromkeys(
        (
            "staff_billing:approve-pause",
            "staff_billing:refuse-pause",
            "portal_billing:pause",
            "portal_billing:withdraw-pause",
        ),
        lambda world: {"pk": world.asked_pause.pk},
    ),
    **dict.fromkeys(
        ("staff_customers:tax-certificate-file", "staff_customers:withdraw-tax-certificate"),
        lambda world: {"pk": world.certificate.pk},
    ),
    "*:package": lambda world: {"package": world.package.pk},
    "staff_billing:pk": lambda world: {"pk": world.billing_run.pk},
    "staff_books:name": lambda _world: {"name": "zero_price"},
    "staff_books:number": lambda world: {"number": world.customer.number},
    "staff_books:subject": lambda world: {"subject": world.subscription.pk},
    "staff_billing:close-month": lambda _world: {"month": "2025-12"},
    "staff_billing:reopen-month": lambda world: {"pk": world.closed.pk},
    "staff_billing:dry_run_id": lambda world: {"dry_run_id": world.dry_run.pk},
    "staff_billing:service_id": lambda world: {"service_id": world.subscription.pk},
    "staff_billing:ledger-entry": lambda world: {
        "pk": JournalEntry.objects.get(kind="INVOICE", source_id=world.invoice.pk).pk
    },
    "staff_billing:code": lambda _world: {"code": 1100},
    "staff_billing:invoice-pdf": lambda world: {"number": world.invoice.number},
    "portal_billing:invoice-pdf": lambda world: {"number": world.invoice.number},
    "portal:invoice": lambda world: {"number": world.invoice.number},
    "portal:receipt": lambda world: {"number": world.payment.receipt_number},
    "portal:receipt-pdf": lambda world: {"number": world.payment.receipt_number},
    "staff_payments:line_no": lambda world: {"line_no": world.prepaid.line_no},
    "portal:line_no": lambda world: {"line_no": world.prepaid.line_no},
    **dict.fromkeys(
        (
            "staff_payments:voucher-batch",
            "staff_payments:sell-vouchers",
            "staff_payments:block-vouchers",
            "staff_payments:collect-vouchers",
            "staff_payments:lapse-vouchers",
            "staff_payments:voucher-sheet",
            "staff_payments:export-vouchers",
            "staff_payments:block-voucher",
        ),
        lambda world: {
            "number": world.batch.number,
            "serial": world.batch.vouchers.order_by("serial")[0].serial,
        },
    ),
    "staff_payments:bank-account": lambda world: {"pk": world.bank_line.account_id},
    **dict.fromkeys(
        (
            "staff_payments:bank-statement",
            "staff_payments:statement-columns",
            "staff_payments:statement-bad-rows",
            "staff_payments:accept-statement",
            "staff_payments:discard-statement",
        ),
        lambda world: {"pk": world.bank_line.statement_id},
    ),
    **dict.fromkeys(
        (
            "staff_payments:unmatched-line",
            "staff_payments:accept-line",
            "staff_payments:match-line",
            "staff_payments:link-line",
            "staff_payments:set-line-aside",
            "staff_payments:pay-line-back",
        ),
        lambda world: {"pk": world.bank_line.pk},
    ),
    **dict.fromkeys(
        ("staff_payments:debit-batch", "staff_payments:debit-authorise"),
        lambda world: {"name": world.debit.batch.name},
    ),
    "staff_payments:debit-again": lambda world: {"pk": world.debit.pk},
    "staff_payments:debit-settled": lambda world: {"pk": world.debit.pk},
    "staff_payments:debit-aside": lambda world: {"pk": world.debit_line.pk},
    "staff_payments:mandate": lambda world: {
        "reference": world.debit.mandate.account_reference,
        "act": "suspend",
    },
    **dict.fromkeys(
        (
            "staff_payments:method-primary",
            "staff_payments:method-remove",
            "staff_payments:request-mandate",
            "portal:debit-order",
            "portal:method-primary",
            "portal:method-remove",
        ),
        lambda world: {"pk": world.debit.mandate.method_id},
    ),
    "public_payments:netcash-mandate": lambda _world: {"secret": settings.postback_secret()},
    **dict.fromkeys(
        (
            "staff_payments:payout",
            "staff_payments:payout-columns",
            "staff_payments:payout-bad-rows",
            "staff_payments:book-payout",
            "staff_payments:discard-payout",
        ),
        lambda world: {"pk": world.payout.pk},
    ),
    "staff_payments:decide-chargeback": lambda world: {
        "pk": world.payout.lines.order_by("pk")[0].pk
    },
    "staff_payments:claim-payout-line": lambda world: {
        "pk": world.payout.lines.order_by("pk")[0].pk
    },
    **dict.fromkeys(
        (
            "staff_payments:shift",
            "staff_payments:shift-float",
            "staff_payments:count-shift",
            "staff_payments:sign-shift",
            "staff_payments:hand-over",
            "staff_payments:shift-paper",
        ),
        lambda world: {"number": world.handover.from_shift.number},
    ),
    **dict.fromkeys(
        (
            "staff_payments:accept-hand-over",
            "staff_payments:refuse-hand-over",
            "staff_payments:withdraw-hand-over",
        ),
        lambda world: {"pk": world.handover.pk},
    ),
    **dict.fromkeys(
        ("staff_payments:closed-day", "staff_payments:day-paper"),
        lambda world: {
            "code": world.closed_day.branch.code,
            "day": world.closed_day.day.isoformat(),
        },
    ),
    "staff_payments:receipt": lambda world: {"receipt": world.payment.receipt_number},
    "staff_payments:provider": lambda _world: {"provider": "nagad"},
    "staff_payments:slug": lambda world: {"slug": world.gateway.slug},
    "public_payments:receipt": lambda world: {"token": receipts.token_of(world.payment)},
    "public_payments:receipt-pdf": lambda world: {"token": receipts.token_of(world.payment)},
    "public_payments:bill-pdf": lambda world: {
        "token": PayLink(
            world.invoice.customer_id, clock.today(), invoice_id=world.invoice.pk
        ).token()
    },
    "staff_churn:number": lambda world: {"number": world.customer.number},
    "staff_churn:pk": lambda world: {"pk": world.retention_task.pk},
    "staff_contracts:customer-panel": lambda world: {"number": world.customer.number},
    "staff_contracts:draw-up": lambda world: {"number": world.customer.number},
    "reseller:draw-up-contract": lambda world: {"number": world.customer.number},
    "reseller:month-paper": lambda _world: {"year": 2026, "month": 1},
    "staff_contracts:pk": lambda world: {"pk": world.contract.version.agreement_id},
    **dict.fromkeys(
        (
            "staff_contracts:number",
            "portal:contract",
            "portal:not-renewed",
            "reseller:contract",
            "reseller:contract-link",
            "portal:sign-contract",
            "technician_contracts:sign",
            "technician_contracts:paper",
        ),
        lambda world: {"number": world.contract.number},
    ),
    **dict.fromkeys(
        ("staff_contracts:paper", "portal:contract-paper", "reseller:contract-paper"),
        lambda world: {"number": world.contract.number, "which": "sent"},
    ),
    **dict.fromkeys(
        ("public_contracts:contract", "public_contracts:paper"),
        lambda world: {"word": world.contract.verify_code},
    ),
    "staff_signup:number": lambda world: {"number": world.order.number},
    "staff_signup:decide": lambda world: {"number": world.order.number, "what": "reject"},
    "staff_signup:paper": lambda world: {"pk": world.order.documents.get().pk},
    "public_signup:order": lambda world: {"word": links.word(world.order.link_seed)},
    "public_signup:take-up": lambda world: {"word": links.word(world.order.link_seed)},
    "public_signup:step": lambda world: {
        "word": links.word(world.asking.link_seed),
        "name": "place",
    },
    **dict.fromkeys(
        (f"staff_resellers:{name}" for name in OF_A_RESELLER),
        lambda world: {"number": world.reseller.number, "kind": "top-up", "what": "suspend"},
    ),
    "staff_resellers:decide-checkout": lambda world: {
        "order": world.checkout.order,
        "what": "accept",
    },
    "reseller:checkout": lambda world: {"order": world.checkout.order},
    "reseller:checkout-go": lambda world: {"order": world.checkout.order},
    "reseller:discount": lambda world: {"number": world.customer.number, "line_no": 1},
    "reseller:price": lambda world: {"pk": world.package.pk},
    "reseller:user": lambda world: {"pk": world.reseller_user.pk},
    "staff_resellers:decide-transfer": lambda world: {
        "number": world.transfer.number,
        "what": "reject",
    },
    "staff_fieldservice:number": lambda world: {"number": world.job.number},
    "staff_fieldservice:add-for": lambda world: {"number": world.customer.number},
    "staff_fieldservice:customer-panel": lambda world: {"number": world.customer.number},
    "staff_fieldservice:equipment-panel": lambda world: {"number": world.customer.number},
    "staff_fieldservice:issue": lambda world: {"number": world.customer.number},
    **dict.fromkeys(
        [f"staff_fieldservice:{name}" for name in ("take-back", "charge-piece")],
        lambda world: {"pk": world.piece.pk},
    ),
    **dict.fromkeys(
        [f"staff_fieldservice:{name}" for name in ("place", "count")],
        lambda world: {"pk": world.shelf.pk},
    ),
    **dict.fromkeys(
        [f"staff_fieldservice:{name}" for name in ("item", "edit-item", "receive", "move-stock")]
        + ["staff_fieldservice:lose"],
        lambda world: {"pk": world.piece.item_id},
    ),
    "staff_fieldservice:working-days": lambda world: {"pk": world.users["TECHNICIAN"].pk},
    "field:file": lambda world: {"action": "00000000-0000-4000-8000-000000000000"},
    "field:job": lambda world: {"number": world.job.number},
    **dict.fromkeys(
        (
            "staff_network:outage",
            "staff_network:post-outage",
            "staff_network:tell-outage",
            "staff_network:resolve-outage",
            "staff_network:reopen-outage",
            "staff_network:cancel-outage",
            "staff_network:merge-outage",
            "staff_network:add-outage-places",
            "staff_network:correct-outage",
            "staff_tickets:of-outage",
        ),
        lambda world: {"number": world.outage.number},
    ),
    "staff_api:revoke-token": lambda world: {"pk": world.api_token.pk},
    "staff_webhooks:detail": lambda world: {"pk": world.webhook.pk},
    "staff_webhooks:edit": lambda world: {"pk": world.webhook.pk},
    "staff_signup:import": lambda world: {"pk": world.moved_in.pk},
    "staff_signup:import-columns": lambda world: {"pk": world.moved_in.pk},
    "staff_signup:import-words": lambda world: {"pk": world.moved_in.pk},
    "staff_signup:import-errors": lambda world: {"pk": world.moved_in.pk},
    "staff_signup:run-import": lambda world: {"pk": world.moved_in.pk},
    "staff_signup:start-import": lambda world: {"pk": world.moved_in.pk},
    "staff_signup:undo-import": lambda world: {"pk": world.moved_in.pk},
    **dict.fromkeys(
        ("staff_signup:compare", "staff_signup:merge"),
        lambda world: {"number": world.customer.number, "other": world.customer.number},
    ),
    "staff_signup:former-panel": lambda world: {"number": world.customer.number},
    "portal_api:revoke-token": lambda world: {"pk": world.api_token.pk},
    "staff_webhooks:remove": lambda world: {"pk": world.webhook.pk},
    "staff_webhooks:rotate": lambda world: {"pk": world.webhook.pk},
    "staff_webhooks:pause": lambda world: {"pk": world.webhook.pk},
    "staff_webhooks:resume": lambda world: {"pk": world.webhook.pk},
    "staff_webhooks:test": lambda world: {"pk": world.webhook.pk},
    "staff_webhooks:replay": lambda world: {
        "pk": world.webhook.pk,
        "delivery_pk": world.webhook_delivery.pk,
    },
    "staff_upkeep:alarm-take-on": lambda world: {"pk": world.alarm.pk},
    "staff_network:end-outage-place": lambda world: {
        "number": world.outage.number,
        "pk": world.outage.scopes.get().pk,
    },
    "staff_network:revise-uptime": lambda _world: {"month": "2026-01"},
    "staff_tickets:number": lambda world: {"number": world.ticket.number},
    "staff_tickets:edit-mailbox": lambda world: {"pk": world.mailbox.pk},
    "staff_tickets:test-mailbox": lambda world: {"pk": world.mailbox.pk},
    "staff_tickets:one-mail": lambda world: {"pk": world.mail.pk},
    "staff_tickets:take-mail": lambda world: {"pk": world.mail.pk},
    "staff_notifications:lift-bounce": lambda world: {"pk": world.bounce.pk},
    "portal:contact": lambda _world: {"kind": "phone"},
    "staff_tickets:answer-mail": lambda world: {"pk": world.mail.pk},
    "staff_tickets:lead-of-mail": lambda world: {"pk": world.mail.pk},
    "staff_tickets:discard-mail": lambda world: {"pk": world.mail.pk},
    "staff_tickets:mail-again": lambda world: {"pk": world.mail.pk},
    "staff_notifications:remove-price": lambda world: {"pk": world.message_price.pk},
    "staff_tickets:edit-policy": lambda world: {"pk": world.promise.pk},
    "staff_tickets:remove-policy": lambda world: {"pk": world.promise.pk},
    "staff_tickets:edit-team": lambda world: {"pk": world.team.pk},
    "staff_tickets:edit-reply": lambda world: {"pk": world.reply.pk},
    "staff_tickets:hours": lambda world: {"pk": world.branch.pk},
    "staff_tickets:customer-panel": lambda world: {"number": world.customer.number},
    "portal:opinion-answer": lambda world: {"pk": world.opinion.pk},
    "public_tickets:opinion": lambda world: {
        "token": survey_links.opinion_path(world.opinion).rsplit("/", 1)[1]
    },
    "public_tickets:quiet": lambda world: {
        "token": survey_links.quiet_url(world.customer.pk).rsplit("/", 1)[1]
    },
    "staff_tickets:redact": lambda world: {
        "number": world.ticket.number,
        "pk": world.ticket.comments.get().pk,
    },
    **dict.fromkeys(
        (
            "portal:ticket",
            "portal:reply-ticket",
            "portal:ticket-works",
            "portal:ticket-survey",
            "portal:ticket-file",
            "reseller:ticket",
        ),
        lambda world: {"number": world.ticket.number},
    ),
    "staff:help-book": lambda _world: {"name": "cashier"},
    "staff:help-picture": lambda _world: {"name": "cash-desk.png"},
    "staff:receipt-pdf": lambda world: {"number": world.payment.receipt_number},
    "staff:tile": lambda _world: {"name": "work"},
    "sim:name": lambda world: {"name": world.line.router.name},
    # Every app that names a customer or a service does it by the same words.
    "*:number": lambda world: {"number": world.customer.number},
    "*:line": lambda world: {"line": world.subscription.line_no},
    "*:line_no": lambda world: {"line_no": world.subscription.line_no},
}


def arguments(name: str, converters: dict[str, Any], world: World) -> dict[str, Any]:
    """Return the arguments an address is opened with."""
    found: dict[str, Any] = {}
    space = name.rpartition(":")[0]
    for argument, converter in converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        found[argument] = LONG if converter is None else MADE_UP.get(kind, "x")
        for key in (f"*:{argument}", f"{space}:{argument}", name):
            if key in ARGUMENTS:
                given = ARGUMENTS[key](world)
                found |= {known: given[known] for known in given if known in converters}
    return found


def path(address: Address, world: World) -> str:
    """Return where an address leads in this world."""
    return reverse(address.name, kwargs=arguments(address.name, address.converters, world))
