"""The frame of a page: whose it is, what it offers, and what it costs."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory

from ispbill.accounts.models import User
from ispbill.portals.shell import Shell

pytestmark = pytest.mark.django_db


def shell(path: str, user: User | AnonymousUser) -> Shell:
    request = RequestFactory().get(path)
    request.user = user
    return Shell(request)


@pytest.mark.parametrize(
    ("path", "audience"),
    [
        ("/admin/customers/", "staff"),
        ("/portal/", "customer"),
        ("/reseller-portal/", "reseller"),
        ("/technician/", "technician"),
        ("/pay", "public"),
    ],
)
def test_the_address_says_whose_page_it_is(path: str, audience: str):
    assert shell(path, AnonymousUser()).audience == audience


def test_a_person_s_choices_shape_the_page():
    user = User(name="Mina Akter", role="SUPPORT", theme="dark", density="comfortable")
    user.has_hotkeys = False

    frame = shell("/admin/", user)

    assert (frame.theme, frame.density, frame.hotkeys) == ("dark", "comfortable", False)


def test_the_initials_are_the_first_two_words_of_the_name():
    assert shell("/admin/", User(name="Mina Akter Banu", role="OWNER")).initials == "MA"


def test_nobody_signed_in_means_no_name_no_search_and_no_way_out():
    frame = shell("/admin/", AnonymousUser())

    assert (frame.user_name, frame.palette_url, frame.signout_url) == ("", "", "")


@pytest.mark.parametrize("audience", ["staff", "reseller", "customer", "technician", "public"])
def test_a_shell_can_be_drawn_for_someone_who_is_not_signed_in(audience: str):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    page = render_to_string(f"{audience}/shell.html", {}, request)

    assert page.count('<main id="main"') == 1
    assert page.count('<dialog id="dialog"') == 1


def test_a_theme_chosen_by_the_user_is_in_the_page_before_any_script():
    request = RequestFactory().get("/admin/")
    request.user = User(name="Mina", role="OWNER", theme="dark")

    page = render_to_string("staff/shell.html", {}, request)

    assert 'data-bs-theme="dark"' in page.partition("<head>")[0]


def test_the_kept_menu_of_one_role_is_not_shown_to_another():
    menus = {
        role: str(shell("/admin/customers/", User(name="Mina", role=role)).sidebar)
        for role in ("OWNER", "CASHIER", "OWNER")
    }

    assert menus["OWNER"] != menus["CASHIER"]
    assert ("/admin/staff/" in menus["OWNER"], "/admin/staff/" in menus["CASHIER"]) == (True, False)


def test_the_kept_menu_marks_the_page_one_is_on():
    owner = User(name="Mina", role="OWNER")

    for path in ("/admin/customers/", "/admin/audit/", "/admin/customers/"):
        menu = str(shell(path, owner).sidebar)
        assert menu.count('aria-current="page"') == 1
        assert f'href="{path}" aria-current="page"' in " ".join(menu.split())
