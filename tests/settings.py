"""The suite's settings: the real ones, with quick passwords and files of its own."""

import os

from tests.run_files import claim, directory, lane

os.environ["ISPBILL_MODE"] = "test"
# Workers and simulators that a test starts share these with it.
claim("SANDBOX_DIR", "sandbox")
claim("MEDIA_ROOT", "media")

from ispbill.settings import *  # noqa: E402, F403

# Processes side by side share the server but neither cache nor bells: three databases for each.
_redis = env.redis(env.text("REDIS_URL", "redis://127.0.0.1:6379"), first=3 * lane())  # noqa: F405
CACHES["default"]["LOCATION"] = _redis["cache"]  # noqa: F405
CELERY_BROKER_URL = _redis["broker"]

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = directory("static")
WAKE_SECONDS = 0  # a ring is not kept back because of one in the test before
WHITENOISE_AUTOREFRESH = True  # or each test's client would go through all static files first
LOGGING["loggers"]["ispbill.access"] = {"level": "WARNING"}  # noqa: F405 — a line a request hides the rest
