"""Every setting of ispbill, read from the environment; `.env.example` lists them all."""

import sys
from decimal import Decimal
from pathlib import Path

import environ
from csp.constants import NONCE, SELF

from ispbill import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
if (BASE_DIR / ".env").exists():
    environ.Env.read_env(BASE_DIR / ".env")

# --- What kind of installation this is --------------------------------------------------------
# demo: one laptop with simulators; test: the suite; production: real money.
MODE = env.text("ISPBILL_MODE", "demo")
if MODE not in {"demo", "test", "production"}:
    raise env.Misconfigured("ISPBILL_MODE must be demo, test or production.")
PRODUCTION = MODE == "production"
SIMULATORS = env.flag("SIMULATORS", default=not PRODUCTION)
if PRODUCTION and SIMULATORS:
    raise env.Misconfigured("SIMULATORS=1 is refused in production.")
DEBUG = env.flag("DEBUG", default=False)
if PRODUCTION and DEBUG:
    raise env.Misconfigured("DEBUG=1 is refused in production: its pages show secrets.")

VERSION = "0.2.0"
# Both are published with the source: whoever reads it could sign sessions and open sealed fields.
_INSECURE = "ispbill-demo-key-not-for-production"
_DEMO_FIELD_KEY = "ZGVtby1maWVsZC1rZXktbm90LWZvci1wcm9kLTMyYnk="
_SHORTEST_SECRET = 32  # characters
SECRET_KEY = env.text("SECRET_KEY", None if PRODUCTION else _INSECURE)
# Newest first: `k2:<base64 of 32 bytes>,k1:<…>`. Rotate with `manage.py rotate_keys`.
FIELD_KEYS = env.words("FIELD_KEYS", None if PRODUCTION else f"demo:{_DEMO_FIELD_KEY}")
if PRODUCTION:
    if SECRET_KEY == _INSECURE or len(SECRET_KEY) < _SHORTEST_SECRET:
        raise env.Misconfigured(
            f"SECRET_KEY must be random, of at least {_SHORTEST_SECRET} characters, "
            "and not the demo's."
        )
    if any(key.endswith(f":{_DEMO_FIELD_KEY}") for key in FIELD_KEYS):
        raise env.Misconfigured("FIELD_KEYS must not hold the demo's key, which is published.")

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
# Contracts: the company's own certificate (PEM files; without one, one is made here), and a time
# authority (RFC 3161) for the seals.
CONTRACT_SEAL_KEY = env.text("CONTRACT_SEAL_KEY", "")
CONTRACT_SEAL_CERTIFICATE = env.text("CONTRACT_SEAL_CERTIFICATE", "")
CONTRACT_TSA_URL = env.text("CONTRACT_TSA_URL", "")
# Pictures of the map of jobs ({z}/{x}/{y}), and whom to name for them; "" shows points alone.
MAP_TILES_URL = env.text("MAP_TILES_URL", "")
MAP_TILES_ATTRIBUTION = env.text("MAP_TILES_ATTRIBUTION", "© OpenStreetMap")
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")

# --- Applications -----------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "ispbill.core.static_files.StaticFiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "ispbill.core",
    "ispbill.audit",
    "ispbill.accounts",
    "ispbill.notifications",
    "ispbill.inbox",
    "customers",
    "network",
    "billing",
    "payments",
    "tickets",
    "resellers",
    "contracts",
    "fieldservice",
    "signup",
    "churn",
    "ispbill.reports",
    "ispbill.upkeep",
    "ispbill.api",
    "ispbill.webhooks",
    "ispbill.portals",
    *(
        []
        if PRODUCTION
        else ["ispbill.devtools.demo", "ispbill.devtools.bench", "ispbill.devtools.soak"]
    ),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ispbill.core.middleware.CompressedPages",
    "ispbill.core.middleware.RequestId",
    "ispbill.core.middleware.AccessLog",
    "ispbill.core.middleware.ContentPolicy",
    "ispbill.core.middleware.PermissionsPolicy",
    "ispbill.portals.middleware.Probes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "ispbill.core.middleware.PlainText",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ispbill.accounts.middleware.SignedIn",
    "ispbill.accounts.middleware.Preferences",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ispbill.accounts.middleware.Actor",
    "ispbill.accounts.middleware.StepUp",
    "ispbill.core.middleware.Restored",
    "ispbill.core.middleware.Busy",
    "ispbill.core.middleware.Sealed",
    "ispbill.core.once.Once",
    "ispbill.core.scanning.Scanned",
]

ROOT_URLCONF = "ispbill.urls"
WSGI_APPLICATION = "ispbill.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ispbill.core.context.company",
                "ispbill.portals.shell.shell",
            ],
            "builtins": ["django.templatetags.i18n", "ispbill.core.templatetags.ui"],
        },
    }
]

FORM_RENDERER = "ispbill.core.widgets.Renderer"

# --- Database: the app role serves, the owner role migrates (docs/architecture.md) -------------
_given = env.text("DATABASE_URL", "")
_app = env.database(_given or "postgres://ispbill_app@127.0.0.1/ispbill")
_owner = env.database(
    env.text("DATABASE_OWNER_URL", _given or "postgres://ispbill_owner@127.0.0.1/ispbill")
)
# Names that lead to this very machine, for `ispbill.portals.queries.between_machines`.
SAME_MACHINE = env.words("SAME_MACHINE")
PORTAL_ROLE = env.text("DATABASE_PORTAL_ROLE", "ispbill_portal")
# What FreeRADIUS connects as; only `manage.py radius` reads it, to write FreeRADIUS's files.
_radius = env.text("DATABASE_RADIUS_URL", "")
RADIUS_DATABASE = (
    env.database(_radius) if _radius else {**_app, "USER": "ispbill_radius", "PASSWORD": ""}
)
# PgBouncer knows no `options` at the start of a connection: then the roles have them as their own
# (docs/admin/roles.sql).
DATABASE_BEHIND_PGBOUNCER = env.flag("DATABASE_BEHIND_PGBOUNCER", default=False)
# Where locks of a session are held, past a PgBouncer that pools by transaction.
_direct = env.text("DATABASE_DIRECT_URL", "")
_locks = [env.database(_direct)] if _direct else []
for _database in (_app, _owner, *_locks):
    _database["CONN_HEALTH_CHECKS"] = True
    _database["OPTIONS"] |= {
        "application_name": f"ispbill-{Path(sys.argv[0]).stem}",
        # A host that vanished without a word is noticed after half a minute, not two hours.
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 4,
        "tcp_user_timeout": 30_000,  # milliseconds
    }
    if not DATABASE_BEHIND_PGBOUNCER or _database in _locks:
        # Only `core.statements` is prepared; Django's own cursors never are.
        _database["OPTIONS"]["prepare_threshold"] = 2
        _database["OPTIONS"]["options"] = (
            "-c lock_timeout=10s -c timezone=UTC"
            f" -c ispbill.app_role={_app['USER']} -c ispbill.portal_role={PORTAL_ROLE}"
        )
# A pool for web processes; workers and commands keep one connection each.
DATABASE_POOL = env.flag("DATABASE_POOL", default=False)
if DATABASE_POOL:
    _app["CONN_MAX_AGE"] = 0
    _app["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": env.number("DATABASE_POOL_SIZE", 4),
        "timeout": 10,
    }
else:
    _app["CONN_MAX_AGE"] = None
# A cursor of the server lives in a session; through a pool the next transaction has another.
_app["DISABLE_SERVER_SIDE_CURSORS"] = DATABASE_BEHIND_PGBOUNCER
DATABASES = {"default": _app, "owner": _owner}
for _database in _locks:
    DATABASES["direct"] = {**_database, "CONN_MAX_AGE": None}
# Reports may be read from a replica (`core.replica`): the app role again, on another server.
_replica = env.text("DATABASE_REPLICA_URL", "")
if _replica:
    DATABASES["replica"] = {**_app, **env.database(_replica)}
    DATABASES["replica"]["OPTIONS"] = {
        **{name: value for name, value in _app["OPTIONS"].items() if name != "pool"},
        **env.database(_replica)["OPTIONS"],
    }
# Who may read all of it and change nothing; without one the owner makes the copies.
_backup = env.text("DATABASE_BACKUP_URL", "")
if _backup:
    DATABASES["backup"] = env.database(_backup)

# Schema changes need the owner of the tables; everything else runs as the app role.
if len(sys.argv) > 1 and sys.argv[1] in {"migrate", "sqlmigrate", "dbshell"} and MODE != "test":
    DATABASES["default"] = {**_owner, "CONN_MAX_AGE": None}

# --- Redis: cache, locks and the queues; nothing that matters lives only here ---------------------
_redis = env.redis(env.text("REDIS_URL", "redis://127.0.0.1:6379"))
CACHES = {
    "default": {
        "BACKEND": "ispbill.core.cache.ForgivingRedisCache",
        "LOCATION": _redis["cache"],
        "KEY_PREFIX": "ispbill",
        "KEY_FUNCTION": "ispbill.core.cache.key_of_database",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}
CELERY_BROKER_URL = _redis["broker"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_timeout": 30,
    "socket_connect_timeout": 2,
    "unacked_restore_limit": 1000,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "billing.make_document": {"queue": "documents"},
    "billing.make_print_part": {"queue": "documents"},
    "billing.sweep_documents": {"queue": "documents"},
    "payments.make_voucher_sheet": {"queue": "documents"},
    "churn.train": {"queue": "learning"},
    "billing.*": {"queue": "billing"},
    "network.*": {"queue": "router"},
    "fieldservice.check_line": {"queue": "router"},
    "notifications.*": {"queue": "messages"},
    "upkeep.watch": {"queue": "default"},
    "upkeep.say_alive": {"queue": "default"},
    "upkeep.*": {"queue": "keeper"},
}
CELERY_TIMEZONE = "UTC"
# So far apart are calls of one process for the same queue of work (`core.jobs.wake`).
WAKE_SECONDS = 0.25
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- Who signs in -----------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["ispbill.accounts.backends.LoginBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "ispbill.accounts.validators.UnlikeLogin"},
]
# A range service of breached passwords (docs/admin/security.md); empty: none is asked.
BREACHED_PASSWORDS_URL = env.text("BREACHED_PASSWORDS_URL", "").rstrip("/")
if BREACHED_PASSWORDS_URL:
    env.secured("BREACHED_PASSWORDS_URL", BREACHED_PASSWORDS_URL)
LOGIN_URL = "accounts:login"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24  # seconds a link to choose a password is good
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# With the prefix a browser takes them from this very host over TLS alone, and for all its pages.
_HOST = "__Host-" if PRODUCTION else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HOST}ispbill_session", f"{_HOST}csrftoken"
STAFF_IDLE_SECONDS = env.number("STAFF_IDLE_SECONDS", 60 * 60 * 10)
# How long a proof of identity is good for what a stolen session must not do (step-up).
STEP_UP_SECONDS = env.number("STEP_UP_SECONDS", 600)
# Whether console users may work without an authenticator app or passkey: optional or required.
STAFF_SECOND_FACTOR = env.text("STAFF_SECOND_FACTOR", "required" if PRODUCTION else "optional")
if STAFF_SECOND_FACTOR not in {"optional", "required"}:
    raise env.Misconfigured("STAFF_SECOND_FACTOR must be optional or required.")
# One reverse proxy in front: the last X-Forwarded-For entry is the visitor's address.
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)

# --- Headers ----------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^(livez|healthz|readyz|health|metrics)$"]  # asked on the machine itself
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
# Asked for by name: it binds every other name under the same domain to TLS for a year.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.flag("HSTS_SUBDOMAINS", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "ispbill.core.views.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
        "base-uri": ["'none'"],
    }
}

# --- Language, time, numbers: the company's own settings are rows (core.Company) ---------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("bn", "বাংলা")]
LOCALE_PATHS = [BASE_DIR / "ispbill" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files ------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / ".local" / "static"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(BASE_DIR / ".local" / "media")))
# Collected: compressed (brotli and gzip), each with its fingerprint in its name, kept by browsers
# for ever. Production and the demo; tests and `runserver` take the files as they lie there.
STATIC_COLLECTED = env.flag("STATIC_COLLECTED", default=PRODUCTION)
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "ispbill.core.served_files.ServedFiles"
            if STATIC_COLLECTED
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20  # of one form: each of them is scanned
# clamd, /path of its socket or host:port; empty: files of people are not scanned.
CLAMD = env.text("CLAMD", "")
if CLAMD:
    env.scanner(CLAMD)

# --- Copies of everything (docs/admin/backup.md) ------------------------------------------------
# Published with the source, like the demo's other keys.
_DEMO_IDENTITY = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
_DEMO_RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
BACKUP_DIR = Path(env.text("BACKUP_DIR", str(BASE_DIR / ".local" / "backups")))
# Public keys (age1…) of whoever may open a copy; nobody: none is made.
BACKUP_RECIPIENTS = env.words("BACKUP_RECIPIENTS", "" if PRODUCTION else _DEMO_RECIPIENT)
# A file with the secret key, for the weekly trial of a restore; on the keeper's machine only.
BACKUP_IDENTITY_FILE = env.text("BACKUP_IDENTITY_FILE", "")
if PRODUCTION and _DEMO_RECIPIENT in BACKUP_RECIPIENTS:
    raise env.Misconfigured("BACKUP_RECIPIENTS must not hold the demo's key, which is published.")
BACKUP_IDENTITY = "" if PRODUCTION else _DEMO_IDENTITY
# Called with a copy's path once it is whole, to carry it away; an error is an alarm.
BACKUP_HOOK = env.text("BACKUP_HOOK", "")
# Folder of pg_dump and pg_restore, where they are not found by themselves.
POSTGRESQL_PROGRAMS = env.text("POSTGRESQL_PROGRAMS", "")

# --- Outside systems --------------------------------------------------------------------------
# Networks routers may live in; loopback is only ever allowed together with the sandbox.
ROUTER_NETWORKS = env.words(
    "ROUTER_NETWORKS", "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10"
)
# So many days a new router's answers are looked at for what is new to us; 0: never.
ROUTER_RECORDING_DAYS = env.number("ROUTER_RECORDING_DAYS", 14)
SANDBOX_DIR = Path(env.text("SANDBOX_DIR", str(BASE_DIR / ".local" / "sandbox")))
# Forms of live payment gateways' answers are recorded for so many days; 0: never.
GATEWAY_RECORDING_DAYS = env.number("GATEWAY_RECORDING_DAYS", 28)
# Provider of each channel: sandbox, smtp (e-mail only); empty: none, nothing is sent. When the
# list of allowed numbers is not empty, nobody else gets a message (trial runs with real ones).
MESSAGE_GATEWAYS = {
    "SMS": env.text("SMS_GATEWAY", "sandbox" if SIMULATORS else ""),
    "WHATSAPP": env.text("WHATSAPP_GATEWAY", "sandbox" if SIMULATORS else ""),
    "EMAIL": env.text("EMAIL_GATEWAY", "sandbox" if SIMULATORS else "smtp"),
}
MESSAGE_RATES = {  # messages a second over all senders; 0 is no limit
    "SMS": env.number("SMS_PER_SECOND", 50),
    "WHATSAPP": env.number("WHATSAPP_PER_SECOND", 50),
    "EMAIL": env.number("EMAIL_PER_SECOND", 50),
}
MESSAGE_ALLOWED_NUMBERS = env.words("MESSAGE_ALLOWED_NUMBERS")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = "ispbill.notifications.gateways.mail_server.MailServer"
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "no-reply@localhost")

# Gemini words why customers may leave, from codes alone (docs/rooms/churn.md). Off without a key;
# the switch stands in the settings of churn besides. Prices: US dollars for a million tokens.
AI_ENABLED = env.flag("AI_ENABLED", default=False)
GEMINI_API_KEY = env.text("GEMINI_API_KEY", "")
GEMINI_MODEL = env.text("GEMINI_MODEL", "gemini-3.8-flash")
GEMINI_URL = env.text("GEMINI_URL", "")  # empty: Google's own
GEMINI_PROMPT_PRICE = Decimal(env.text("GEMINI_PROMPT_PRICE", "0"))
GEMINI_ANSWER_PRICE = Decimal(env.text("GEMINI_ANSWER_PRICE", "0"))

# Figures at /metrics for whoever sends this as a bearer token; without one the page does not exist.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")

# Fetched every five minutes unless something is critical: whoever watches it from outside rings
# when it stays away (the machine, its database or its workers are gone then).
HEARTBEAT_URL = env.text("HEARTBEAT_URL", "")

# --- Logs: one line an event, key=value ---------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "ispbill.logs.LineFormatter"}},
    "filters": {"request": {"()": "ispbill.logs.RequestContext"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        # librouteros prints every word, passwords included, at DEBUG.
        "librouteros": {"level": "INFO"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "django.server": {"handlers": ["console"], "propagate": False},
    },
}
