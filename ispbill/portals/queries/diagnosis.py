"""Is this installation set up as it must be? Each finding says what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import checks as django_checks
from django.db import connection, connections

from ispbill import environment
from ispbill.core import clamd, clock, crypto, guarding, heartbeats, pdf, statements
from ispbill.notifications.queries import providers
from ispbill.portals.queries import between_machines, readiness

# Tables with a customer column whose rows the third lock does not force upon everybody.
_UNFORCED = """
    SELECT c.relname FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    WHERE c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
      AND (c.relname = 'customers_customer' OR EXISTS (
          SELECT FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attname = 'customer_id' AND NOT a.attisdropped))
    ORDER BY 1
"""


_OLD_SIGNATURES = timedelta(days=7)  # new ones come daily


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `problem` "" is well; `advice` says what to do otherwise."""

    name: str
    problem: str
    advice: str
    is_warning: bool = False


def examine() -> list[Finding]:
    """Look at everything; nothing is changed and no secret is told."""
    return [_look(*check) for check in _CHECKS]


def _look(name: str, check: Callable[[], str], advice: str, is_warning: bool) -> Finding:
    try:
        problem = check()
    except Exception as error:  # whatever a driver or library raises; its text may hold secrets
        problem = f"could not be looked at ({type(error).__name__})"
    return Finding(name, problem, advice if problem else "", is_warning)


def _configuration() -> str:
    found = django_checks.run_checks(include_deployment_checks=settings.PRODUCTION)
    serious = [message.id or "" for message in found if message.is_serious()]
    return ", ".join(serious)


def _settings_received() -> str:
    """Name what the environment did not give: its defaults hold, which may not be meant."""
    missing = sorted(name for name, was_given in environment.asked.items() if not was_given)
    return f"not given, defaults hold: {', '.join(missing)}" if missing else ""


def _database() -> str:
    version = statements.first("SELECT current_setting('server_version_num')::int")[0]
    return "" if version >= 150000 else f"PostgreSQL {version // 10000} is too old"


def _session_locks() -> str:
    """Two sessions must not both have a lock: through a pool by transaction they would."""
    if "direct" in settings.DATABASES:
        with connections["direct"].cursor() as cursor:
            cursor.execute("SELECT current_user")
            user = cursor.fetchone()[0]
        ours = connections["default"].settings_dict["USER"]
        return "" if user == ours else f"DATABASE_DIRECT_URL signs in as {user}, not as {ours}"
    if settings.DATABASE_BEHIND_PGBOUNCER:
        return "no DATABASE_DIRECT_URL: right only if PgBouncer pools by session"
    return ""


def _roles() -> str:
    names = [
        connections["default"].settings_dict["USER"],
        connections["owner"].settings_dict["USER"],
        settings.PORTAL_ROLE,
        settings.RADIUS_DATABASE["USER"],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolbypassrls)",
            [names],
        )
        mighty = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [settings.PORTAL_ROLE])
        may_switch = cursor.fetchone()[0]
    if mighty:
        return f"policies do not bind {', '.join(mighty)}"
    return "" if may_switch else "the app role may not become the portal role"


def _row_level_security() -> str:
    open_tables = [row[0] for row in statements.read(_UNFORCED)]
    return f"not forced on {', '.join(open_tables)}" if open_tables else ""


def _guards() -> str:
    return "; ".join(guarding.differences())


def _keys() -> str:
    place = "doctor"
    is_well = crypto.unseal(crypto.seal("x", context=place), context=place) == "x"
    return "" if is_well else "a sealed value does not open again"


def _pdf() -> str:
    made = pdf.render('<!doctype html><html lang="bn"><title>x</title><p>৳ ক')
    return "" if made.startswith(b"%PDF-") else "no PDF came out"


def _fonts() -> str:
    missing = [name for name in pdf.ASSETS.values() if finders.find(name) is None]
    return f"missing {', '.join(missing)}" if missing else ""


def _files() -> str:
    place = Path(settings.MEDIA_ROOT)
    place.mkdir(parents=True, exist_ok=True)
    probe = place / ".doctor"
    probe.write_text("x")
    probe.unlink()
    return ""


def _scheduler() -> str:
    return "" if heartbeats.last_beat() is not None else "not seen since the cache was started"


def _between_machines() -> str:
    return "; ".join(between_machines.unproved())


def _messages() -> str:
    channels = providers.missing()
    return f"no provider for {', '.join(channels)}: nothing is sent" if channels else ""


def _virus_scanner() -> str:
    """Without an answer no file of anybody is taken."""
    if not settings.CLAMD:
        return ""
    try:
        clamd.version(settings.CLAMD)
    except clamd.NotScanned as error:
        return f"does not answer at {settings.CLAMD} ({error}): no file is taken"
    return ""


def _virus_signatures() -> str:
    if not settings.CLAMD:
        return "no CLAMD: files of people are not scanned" if settings.PRODUCTION else ""
    told = clamd.version(settings.CLAMD)
    if told.signatures_at is None:
        return f"{told.text} has no daily signatures"
    age = clock.real_now() - told.signatures_at
    return f"{age.days} days old" if age > _OLD_SIGNATURES else ""


_Check = tuple[str, Callable[[], str], str, bool]
_CHECKS: tuple[_Check, ...] = (
    (
        "configuration",
        _configuration,
        "Run `manage.py check --deploy` and read .env.example.",
        False,
    ),
    (
        "settings",
        _settings_received,
        "Look whether one of them is in your .env and did not get here.",
        True,
    ),
    ("database", _database, "See DATABASE_URL; PostgreSQL 15 or newer.", False),
    ("locks", _session_locks, "See docs/admin/postgresql.md, PgBouncer in front.", True),
    (
        "roles",
        _roles,
        "Roles need NOSUPERUSER NOBYPASSRLS; GRANT the portal role to the app.",
        False,
    ),
    ("row-level security", _row_level_security, "Run `manage.py migrate` as the owner.", False),
    ("migrations", readiness.migrations, "Run `manage.py migrate`.", False),
    (
        "guards",
        _guards,
        "Look who changed them; `manage.py guards --install` makes them what their files say.",
        False,
    ),
    ("redis", readiness.redis, "See REDIS_URL; Valkey or Redis must be reachable.", False),
    ("keys", _keys, "See FIELD_KEYS in .env.example.", False),
    (
        "between machines",
        _between_machines,
        "See docs/admin/several-machines.md: what goes to another machine goes by TLS.",
        True,
    ),
    ("pdf", _pdf, "Install Pango: libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0.", False),
    ("fonts", _fonts, "Check out static/vendor/fonts again.", False),
    ("files", _files, "MEDIA_ROOT must be writable.", False),
    (
        "virus scanner",
        _virus_scanner,
        "See docs/admin/security.md: start clamav-daemon, and let ispbill use its socket.",
        False,
    ),
    (
        "virus signatures",
        _virus_signatures,
        "See docs/admin/security.md: CLAMD, and clamav-freshclam, which fetches them.",
        True,
    ),
    ("scheduler", _scheduler, "Start worker and beat.", True),
    ("messages", _messages, "Name a provider: SMS_GATEWAY, WHATSAPP_GATEWAY, EMAIL_GATEWAY.", True),
)
