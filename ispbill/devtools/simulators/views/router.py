"""/sim/router/: the virtual routers from the inside, and switches for all that goes wrong."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from ispbill.accounts.access import simulator_only
from ispbill.accounts.http import Request
from ispbill.devtools.sandbox import config
from ispbill.devtools.sandbox.routeros.control import Control, ControlError

ROWS_SHOWN = 300
# Menus beside PPP that are shown where they have rows, and the columns worth seeing.
_MENUS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    (
        "/queue/simple",
        gettext_lazy("Queues"),
        ("name", "target", "max-limit", "burst-limit", "bytes", "rate", "disabled", "comment"),
    ),
    (
        "/ip/dhcp-server/lease",
        gettext_lazy("DHCP leases"),
        ("address", "mac-address", "status", "host-name", "block-access", "disabled", "comment"),
    ),
    (
        "/ip/hotspot/user",
        gettext_lazy("Hotspot users"),
        ("name", "profile", "address", "disabled", "comment"),
    ),
    (
        "/ip/hotspot/active",
        gettext_lazy("Hotspot sessions"),
        ("user", "address", "mac-address", "uptime", "bytes-in", "bytes-out"),
    ),
    (
        "/ip/hotspot/user/profile",
        gettext_lazy("Hotspot profiles"),
        ("name", "rate-limit", "address-list"),
    ),
    (
        "/ip/firewall/address-list",
        gettext_lazy("Address lists"),
        ("list", "address", "dynamic", "comment"),
    ),
)
_SLOW_SECONDS = 2.0


@simulator_only
@require_GET
def show(request: Request, name: str = "") -> HttpResponse:
    """Show a virtual router: its users, sessions, profiles, queues and the commands it was given.

    `q` narrows users and sessions to those whose name, comment or profile contains it.
    """
    control = _control()
    q = request.GET.get("q", "").strip()
    context: dict[str, Any] = {}
    try:
        routers = control.routers()
        router = next((one for one in routers if one["name"] == name), None)
        if router is None and routers and not name:
            return redirect("sim:router-named", routers[0]["name"])
        context = {"routers": routers, "router": router}
        if router is not None:
            secrets = [row for row in control.secrets(router["name"]) if _has(row, q)]
            names = {row["name"] for row in secrets}
            sessions = [row for row in control.active(router["name"]) if row["name"] in names]
            context |= {
                "q": q,
                "secrets": secrets[:ROWS_SHOWN],
                "is_cut": len(secrets) > ROWS_SHOWN,
                "sessions": sessions[:ROWS_SHOWN],
                "profiles": [
                    {"name": row["name"], "limit": row.get("rate-limit", "")}
                    for row in control.profiles(router["name"])
                ],
                "menus": _menus(control, router["name"], q),
                "entries": control.log(router["name"], limit=100),
                "fault_kinds": control.fault_kinds(),
            }
    except ControlError as error:
        context = {"problem": str(error)}
    template = "_router" if request.htmx else "router"
    status = 404 if name and "problem" not in context and context["router"] is None else 200
    return render(request, f"sim/{template}.html", context, status=status)


@simulator_only
@require_POST
def act(request: Request, name: str) -> HttpResponse:
    """Do something to a virtual router."""
    control = _control()
    username = request.POST.get("username", "")
    acts: dict[str, Callable[[], object]] = {
        "offline": lambda: control.set_offline(name, True),
        "online": lambda: control.set_offline(name, False),
        "reboot": lambda: control.reboot(name),
        "reset-counters": lambda: control.reset_counters(name),
        "slow": lambda: control.slow(name, _SLOW_SECONDS),
        "normal": lambda: control.slow(name, 0),
        "fault": lambda: control.fault(name, request.POST.get("kind", "")),
        "clear-faults": lambda: control.clear_faults(name),
        "clear-log": lambda: control.clear_log(name),
        "kick": lambda: control.kick(name, username),
        "remove-secret": lambda: control.remove_secret(name, username),
        "remove-row": lambda: control.remove_row(
            name, request.POST.get("menu", ""), **{".id": request.POST.get("row", "")}
        ),
    }
    chosen = acts.get(request.POST.get("act", ""))
    if chosen is None:
        return HttpResponseBadRequest()
    try:
        chosen()
    except ControlError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done."))
    q = request.GET.get("q", "")
    return redirect(
        reverse("sim:router-named", args=[name]) + (f"?{urlencode({'q': q})}" if q else "")
    )


def _menus(control: Control, name: str, q: str) -> list[dict[str, Any]]:
    """Return what the router has in its other menus, a table each; `q` narrows any of them."""
    shown = []
    for path, title, columns in _MENUS:
        rows = [
            {
                "id": row[".id"],
                "cells": [row.get(column, "") for column in columns],
                "is_static": row.get("dynamic") != "true" and not path.endswith("/active"),
            }
            for row in control.rows(name, path)
            if q.lower() in " ".join(row.values()).lower()
        ]
        if rows:
            table = {"path": path, "title": title, "columns": columns, "rows": rows[:ROWS_SHOWN]}
            shown.append(table)
    return shown


def _has(secret: dict[str, Any], q: str) -> bool:
    """Tell whether a user's name, comment or profile contains the text, in whatever case."""
    return any(q.lower() in str(secret[name]).lower() for name in ("name", "comment", "profile"))


def _control() -> Control:
    return Control(str(config.routers_control(settings.SANDBOX_DIR)), timeout_seconds=5.0)
