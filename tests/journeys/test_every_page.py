"""Every page there is, opened in a browser: readable by everybody, light and dark, and on a phone.

The pages are all addresses that answer with one, in a world with one of everything
(`tests.architecture.samples`). A new page is looked at here without anybody adding it.
"""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client

from tests.architecture import addresses, samples

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
SERIOUS = ("serious", "critical")
# What is of the page's parts is asked in light; in dark, only what colours can spoil.
RULES = {
    "light": {
        "resultTypes": ["violations"],
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast"]},
}
# Colours glide from one look to the other; what counts is where they arrive.
AT_ONCE = "*, ::before, ::after { transition: none !important; animation: none !important }"
# One look after the other: what axe finds wrong in each, by the name of the look.
LOOKED_AT = """async ([rules, where]) => {
    const said = {}
    for (const look of Object.keys(rules)) {
        document.documentElement.dataset.bsTheme = look
        const place = document.querySelector(where) || document
        said[look] = (await axe.run(place, rules[look])).violations
    }
    return said
}"""
SIDEWAYS = """async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    const wide = document.documentElement.scrollWidth - window.innerWidth
    if (wide <= 0) return ''
    const out = [...document.querySelectorAll('body *')].filter((node) => {
        if (node.closest('.table-responsive, .scrolls')) return false
        const box = node.getBoundingClientRect()
        return box.width && box.right > window.innerWidth + 1
    })
    return `${wide} px: ` + out.slice(0, 3).map((node) => node.outerHTML.slice(0, 90)).join(' ')
}"""

# What acts when pressed can be reached with Tab: a link with an address, a control, a summary.
BY_POINTER_ONLY = """() => {
    const reached = 'a[href], button, input, select, textarea, summary, form, [tabindex="0"]'
    const acts = (node) => {
        const when = node.getAttribute('hx-trigger')
        return !when || /\\bclick\\b/.test(when)
    }
    const acting = '[hx-get], [hx-post], [hx-delete], [role=button], [role=link]'
    return [...document.querySelectorAll(acting)]
        .filter((node) => acts(node) && !node.matches(reached))
        .concat([...document.querySelectorAll(
            // a chart's bars are in its table as well; in tabs and palettes arrows go on
            ':is(a, button)[tabindex="-1"]:not([role=tab], [role=option], svg *)')])
        .slice(0, 3).map((node) => `by pointer only: ${node.outerHTML.slice(0, 160)}`)
}"""


def pages(world, audience):
    """The paths of an audience that answer with a whole page, and who opens them."""
    client = Client()
    role = addresses.OPENED_BY[audience]
    if role:
        client.force_login(world.users[role])
    found = []
    for address in addresses.ours():
        if address.view.audience != audience or address.name == "accounts:logout":
            continue
        path = samples.path(address, world)
        answer = client.get(path)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        if answer.status_code == 200 and is_page and b"<html" in answer.getvalue():
            found.append(path)
    return client.cookies.get(settings.SESSION_COOKIE_NAME), found


def faults(page, where):
    return [
        f"{look} {fault['id']}: {node['html'][:160]} {why(node)}"
        for look, found in page.evaluate(LOOKED_AT, [RULES, where]).items()
        for fault in found
        if fault["impact"] in SERIOUS
        for node in fault["nodes"][:3]
    ]


def why(node):
    return " ".join(check["message"] for check in node["any"] + node["all"] + node["none"])[:140]


@pytest.mark.slow
@pytest.mark.parametrize("audience", addresses.OPENED_BY)
def test_every_page_can_be_read_by_everybody(audience, live_server, chromium):
    world = samples.build()
    session, paths = pages(world, audience)
    context = chromium.new_context(
        viewport=DESK,
        base_url=live_server.url,
        color_scheme="light",
        reduced_motion="reduce",
        bypass_csp=True,  # for the style that is put in below
    )
    if session:
        context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    context.add_init_script(AXE_SCRIPT)
    page = context.new_page()
    page.set_default_timeout(30_000)
    wrong = {}
    where = "html"  # what stands around every page is looked at once
    for path in paths:
        page.goto(path)
        page.wait_for_function("!document.querySelector('.htmx-request')")
        page.add_style_tag(content=AT_ONCE)
        found = faults(page, where) + page.evaluate(BY_POINTER_ONLY)
        page.set_viewport_size(PHONE)
        found += filter(None, [page.evaluate(SIDEWAYS)])
        page.set_viewport_size(DESK)
        where = "main"
        if found:
            wrong[path] = found
    context.close()

    assert paths
    if wrong:
        pytest.fail("\n".join(f"{path}  {said}" for path in wrong for said in wrong[path]))
