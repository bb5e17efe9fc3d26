"""Nobody's work is overwritten: every edit form of the console, opened by two people at once."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing.invoices.models import Invoice
from ispbill.accounts.models import User
from ispbill.core.outside import InsideTransaction
from payments.online.models import GatewayAccount
from tests.architecture import addresses, samples
from tests.factories.accounts import UserFactory
from tests.factories.dunning import DunningPolicyFactory
from tests.pages import edit_form, forms_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@dataclass(frozen=True)
class Sheet:
    """Two fields of a form: what is typed into the one (twice), and into the other."""

    one: str
    first: str
    second: str
    other: str
    third: str


TEXTS = ("Typed by the first", "Typed by the second")
SHEETS = {
    "staff_customers:edit": Sheet("name", *TEXTS, "notes", "Dog in the yard"),
    "staff_customers:edit-line": Sheet("address", *TEXTS, "cpe_serial", "HW-4711"),
    "staff_customers:edit-campaign": Sheet("name", *TEXTS, "text", "Half the price."),
    "staff_customers:edit-lead": Sheet("name", *TEXTS, "notes", "Calls back on Monday"),
    "staff_customers:edit-package": Sheet("name", *TEXTS, "description", "For offices"),
    "staff_customers:edit-fee": Sheet("name", *TEXTS, "net_amount", "77.00"),
    "staff_customers:edit-addon": Sheet("name", *TEXTS, "description", "For gamers"),
    "staff_customers:edit-tax-class": Sheet("name", *TEXTS, "local_name", "ভ্যাট"),
    "staff_customers:edit-area": Sheet("name", *TEXTS, "local_name", "মিরপুর"),
    "staff_accounts:edit": Sheet("name", *TEXTS, "phone", "+8801711222333"),
    "staff_accounts:edit-branch": Sheet("name", *TEXTS, "address", "12 New Road"),
    "staff:settings": Sheet("legal_name", *TEXTS, "website", "https://example.net"),
    "staff_notifications:wording": Sheet("body", *TEXTS, "", ""),
    "staff_notifications:settings": Sheet("quiet_from_hour", "20", "22", "quiet_until_hour", "7"),
    "staff_resellers:brand": Sheet("brand_name", *TEXTS, "brand_phone", "01711000555"),
    "staff_resellers:limits": Sheet("payout_account", *TEXTS, "remit_days", "9"),
    "staff_tickets:edit-policy": Sheet("name", *TEXTS, "first_minutes", "45"),
    "staff_tickets:edit-mailbox": Sheet("folder", *TEXTS, "port", "1993"),
    "staff_tickets:edit-team": Sheet("name", *TEXTS, "mode", "MANUAL"),
    "staff_tickets:edit-reply": Sheet("title", *TEXTS, "text", "We come tomorrow."),
    "staff_tickets:hours": Sheet("day_0", "08:00–12:00", "09:00–13:00", "day_1", "10:00–14:00"),
    "staff_fieldservice:working-days": Sheet("opens-0", "08:00", "09:30", "closes-1", "16:00"),
    "staff_tickets:support-settings": Sheet("opinions_a_day", "50", "60", "opinion_months", "9"),
    "staff_tickets:sort": Sheet("subject", *TEXTS, "tags", "vip"),
    "staff_billing:edit-promotion": Sheet("name", *TEXTS, "max_grants", "40"),
    "staff_billing:dunning-policy": Sheet("name", *TEXTS, "promise_days", "9"),
    "staff_billing:dunning-company": Sheet("name", *TEXTS, "promise_days", "9"),
    "staff_billing:draft": Sheet("text_1", *TEXTS, "amount_1", "123.00"),
    "staff_fieldservice:edit-item": Sheet("name", *TEXTS, "unit", "pc"),
    "staff_contracts:agreement": Sheet("term_months", "18", "24", "notice_count", "14"),
    "staff_churn:settings": Sheet("calls_per_week", "25", "30", "held_out_percent", "15"),
    "staff_network:correct-outage": Sheet("title", *TEXTS, "not_ours_reason", "Power company"),
    "staff_network:outage-settings": Sheet("tail_hours", "12", "18", "credit_min_minutes", "60"),
    "staff_network:speed-test-settings": Sheet("seconds", "5", "8", "most_megabytes", "90"),
    "staff_network:interstellio-settings": Sheet("domain", *TEXTS, "tenant_id", "t-9"),
    "staff_network:radius-settings": Sheet("server_address", "10.0.0.1", "10.0.0.2", "", ""),
    "staff_network:edit-router": Sheet("name", *TEXTS, "site", "Roof of house 7"),
    "staff_notifications:edit-provider": Sheet(
        "credential_sender", *TEXTS, "credential_account_sid", "AC7"
    ),
    "staff_webhooks:edit": Sheet("name", *TEXTS, "url", "http://127.0.0.1:8190/elsewhere"),
    "staff_payments:edit-gateway": Sheet("name", *TEXTS, "position", "7"),
    "staff_payments:bank-account": Sheet("name", *TEXTS, "number", "77001122"),
    "staff_payments:debit-settings": Sheet("most_failures", "7", "8", "line_limit", "900.00"),
}
EXTRA = {"staff_billing:draft": {"keep": "1"}}


@pytest.fixture
def world():
    return samples.build()


@pytest.fixture
def two(world):
    """Two owners at two desks."""
    people = [world.users["OWNER"], UserFactory(role=User.Role.OWNER, name="Second Owner")]
    desks = [Client(), Client()]
    for desk, person in zip(desks, people, strict=True):
        desk.force_login(person)
    return desks


def address_of(name, world, desk):
    if name == "staff_billing:dunning-policy":
        return reverse(name, args=[DunningPolicyFactory().pk])
    if name == "staff_billing:draft":
        return reverse(name, args=[draft_of(world, desk).pk])
    if name == "staff_payments:edit-gateway":
        GatewayAccount.objects.update(base_url="https://sandbox.sslcommerz.com")
    found = next(one for one in addresses.ours() if one.name == name)
    return samples.path(found, world)


def draft_of(world, desk):
    page = desk.get(reverse("staff_billing:charge", args=[world.customer.number]))
    form = next(form for form in forms_of(page) if "text_1" in form.values)
    typed = {"what_1": "ADJUSTMENT", "text_1": "A cable", "amount_1": "100", "keep": "1"}
    desk.post(
        reverse("staff_billing:charge", args=[world.customer.number]), {**form.values, **typed}
    )
    return Invoice.objects.get(status=Invoice.Status.DRAFT)


def opened(desk, address, name):
    return edit_form(desk.get(address), SHEETS[name].one)


def save(desk, address, name, form, typed):
    asked = {"reason": "agreed with the office", **EXTRA.get(name, {})}
    asked = {key: value for key, value in asked.items() if key in form.values or key == "keep"}
    return desk.post(address, {**form.values, **asked, **typed})


def is_saved(answer):
    return answer.status_code in {204, 302}


@pytest.mark.parametrize("name", SHEETS)
def test_two_people_change_two_fields_and_both_stand(two, world, name):
    sheet, address = SHEETS[name], address_of(name, world, two[0])
    if not sheet.other:
        pytest.skip("one field only")
    forms = [opened(desk, address, name) for desk in two]

    answers = [
        save(two[0], address, name, forms[0], {sheet.one: sheet.first}),
        save(two[1], address, name, forms[1], {sheet.other: sheet.third}),
    ]

    now = opened(two[0], address, name).values
    assert [is_saved(answer) for answer in answers] == [True, True]
    assert (now[sheet.one], now[sheet.other]) == ([sheet.first], [sheet.third])


@pytest.mark.parametrize("name", SHEETS)
def test_who_saves_on_top_of_somebody_else_is_asked_and_both_are_kept(two, world, name):
    sheet, address = SHEETS[name], address_of(name, world, two[0])
    forms = [opened(desk, address, name) for desk in two]
    save(two[0], address, name, forms[0], {sheet.one: sheet.first})

    asked = save(two[1], address, name, forms[1], {sheet.one: sheet.second})

    assert asked.status_code == 409
    [field] = asked.context["edit_conflict"].asked
    assert (field.name, "".join(field.theirs), "".join(field.mine)) == (
        sheet.one,
        sheet.first,
        sheet.second,
    )
    assert opened(two[0], address, name).values[sheet.one] == [sheet.first]
    seen = {"opened_since": asked.context["edit_conflict"].seen, f"choice-{sheet.one}": "mine"}
    chosen = save(two[1], address, name, forms[1], {sheet.one: sheet.second, **seen})
    assert is_saved(chosen)
    assert opened(two[0], address, name).values[sheet.one] == [sheet.second]


def test_a_secret_two_people_have_replaced_is_asked_about_and_never_shown(two, world):
    name = "staff_network:edit-router"
    address = address_of(name, world, two[0])
    forms = [opened(desk, address, name) for desk in two]
    save(two[0], address, name, forms[0], {"password": "typed by the first"})

    asked = save(two[1], address, name, forms[1], {"password": "typed by the second"})

    assert asked.status_code == 409
    [field] = asked.context["edit_conflict"].asked
    assert (field.name, field.before) == ("password", "••••••")
    assert "typed by" not in asked.content.decode()


# Filled in beforehand, and no edit: something new with a suggestion, or an act on a given day.
NO_EDIT = {
    "parts:show",
    "staff_billing:add-dunning-policy",
    "staff_billing:add-promotion",
    "staff_billing:addon-quantity",
    "staff_billing:attach-addon",
    "staff_billing:charge",
    "staff_billing:charge-fee",
    "staff_billing:dry-runs",
    "staff_billing:grant-own-discount",
    "staff_billing:service-cancel",
    "staff_billing:service-suspend",
    "staff_api:add-token",
    "staff_fieldservice:add-absence",
    "staff_notifications:add-price",
    "staff_tickets:add-mailbox",
    "staff_tickets:lead-of-mail",
    "staff_signup:import-columns",
    "staff_fieldservice:issue",
    "staff_churn:assign",
    "staff_resellers:move-many",
    "staff_churn:offer",
    "staff_contracts:add-agreement",
    "staff_contracts:bulk",
    "staff_contracts:draw-up",
    "staff_billing:service-terms",  # holds the fingerprint of what was shown
    "staff_books:accept-finding",
    "staff_customers:add-tax-class",
    "staff_customers:set-price",
    "staff_fieldservice:assign",  # carries the version of the job that was shown
    "staff_network:add-outage",
    "staff_network:add-pool",
    "staff_network:change-radius",  # of a router that is not on RADIUS yet
    "staff_network:name-router-user",
    "staff_network:add-outage-places",
    "staff_network:add-router",
    "staff_network:end-outage-place",
    "staff_network:resolve-outage",
    "staff_payments:add-gateway",
    "staff_payments:add-method",
    "staff_payments:add-transfer",
    "staff_payments:add-voucher-batch",
    "staff_payments:collect-vouchers",
    "staff_payments:payout-columns",
    "staff_payments:prepaid-days",
    "staff_payments:prepaid-renew",
    "staff_payments:request-mandate",
    "staff_payments:upload-payout",
    "staff_signup:accept",
    "staff_signup:convert-lead",
    "staff_resellers:add",
    "staff_resellers:add-transfer",
    "staff_resellers:move",
    "staff_resellers:plan",
}


def test_every_form_that_shows_what_is_stored_carries_it_and_is_walked_here(two, world):
    bare: dict[str, set[str]] = {}
    carrying = set()
    for address in addresses.ours():
        if getattr(address.view, "audience", "") != "staff":
            continue
        try:
            page: Any = two[0].get(samples.path(address, world))
        except InsideTransaction:  # it asks a router
            continue
        if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
            continue
        for form in forms_of(page):
            is_post = (form.attributes.get("method") or "").lower() == "post"
            if "opened" in form.values:
                carrying.add(address.name)
            elif is_post and form.shown and address.name not in NO_EDIT:
                bare.setdefault(address.name, set()).update(form.shown)

    left = [f"{name}: {', '.join(sorted(found))}" for name, found in sorted(bare.items())]
    assert not left, "\n".join(left)
    assert carrying - set(SHEETS) == set()
