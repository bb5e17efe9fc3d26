"""Takes the pictures of docs/pictures of a demo that runs: `make pictures`.

Each page at 1440 px and 360 px; some also dark and in Bangla. The pictures change with the demo's
data, so they are taken anew when pages have changed, not in every run.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from ispbill.devtools.local.system_packages import ensure_chromium

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/pictures"
DESK: Any = {"width": 1440, "height": 900}
PHONE: Any = {"width": 360, "height": 740}
PASSWORD = "Test-12345!"  # noqa: S105 - of every login of the demo


@dataclass(frozen=True)
class Shot:
    """A page to take: its file's name, its address, who looks, and what else is taken of it."""

    name: str
    path: str
    who: str = "owner@demo.test"
    is_dark: bool = False
    is_bangla: bool = False


SHOTS = (
    Shot("dashboard", "/admin/", is_dark=True),
    Shot("inbox", "/admin/inbox/", is_bangla=True),
    Shot("customers", "/admin/customers/", is_dark=True, is_bangla=True),
    Shot("customer", "/admin/customers/CT-2025-00003/", is_dark=True),
    Shot("due-queue", "/admin/billing/due/", is_bangla=True),
    Shot("invoices", "/admin/invoices/"),
    Shot("payments", "/admin/payments/"),
    Shot("cash-desk", "/admin/cash-desk/", who="cashier@demo.test"),
    Shot("billing-preview", "/admin/billing/runs/new/", who="billing@demo.test"),
    Shot("job-runs", "/admin/job-runs/"),
    Shot("tickets", "/admin/tickets/"),
    Shot("job-board", "/admin/field-jobs/board/"),
    Shot("usage", "/admin/network/usage/"),
    Shot("templates", "/admin/messages/templates/"),
    Shot("audit", "/admin/audit/"),
    Shot("settings", "/admin/settings/"),
    Shot("technician", "/technician/", who="tech1@demo.test"),
    Shot("parts", "/admin/parts/"),
    Shot("portal", "/portal/", who="01711000001", is_bangla=True),
)


def main() -> None:
    """Sign in once for each person and take every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--only", default="", help="a part of the names to take")
    given = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=ensure_chromium(), args=["--no-sandbox"]
        )
        known: dict[str, list[Any]] = {}
        for shot in SHOTS:
            if given.only not in shot.name:
                continue
            if shot.who not in known:
                known[shot.who] = _signed_in(browser, given.base, shot.who)
            _take(browser, given.base, shot, known[shot.who])
        browser.close()


def _signed_in(browser: Browser, base: str, who: str) -> list[Any]:
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.goto(base + ("/portal/login" if who.isdigit() else "/login"))
    page.locator("input:not([type=hidden]):not([type=checkbox])").first.fill(who)
    page.fill("input[type=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "login" not in address)
    cookies = context.cookies()
    context.close()
    return list(cookies)


def _take(browser: Browser, base: str, shot: Shot, cookies: list[Any]) -> None:
    ways = [("", DESK, "light"), ("-phone", PHONE, "light")]
    if shot.is_dark:
        ways.append(("-dark", DESK, "dark"))
    if shot.is_bangla:
        ways.append(("-bn", PHONE, "light"))
    for ending, viewport, scheme in ways:
        context = browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto(base + shot.path)
        if ending == "-bn":
            page.evaluate(_SPEAK, "bn")
            page.reload()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FOLDER / f"{shot.name}{ending}.png")
        if ending == "-bn" and not shot.who.isdigit():
            page.evaluate(_SPEAK, "en")
        context.close()
        sys.stdout.write(f"{shot.name}{ending}\n")


# A person's language is a choice of theirs: it is made as their own menu makes it.
_SPEAK = """(code) => fetch("/account/preferences/", {
  method: "POST",
  headers: JSON.parse(document.body.getAttribute("hx-headers")),
  body: new URLSearchParams({ language: code }),
  redirect: "manual",
})"""


if __name__ == "__main__":
    main()
