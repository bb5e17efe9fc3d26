"""What `manage.py check` looks at besides Django's own checks."""

from typing import Any

from django.core.checks import CheckMessage, Error

from ispbill.core import guard_files


def guards_are_migrated(**kwargs: Any) -> list[CheckMessage]:
    """Ask for a migration where an app's guards are not those its migrations install."""
    found: list[CheckMessage] = []
    for app in guard_files.apps_with_guards():
        current = guard_files.fingerprint(app)
        if guard_files.migrated_fingerprint(app) != current:
            found.append(
                Error(
                    f"{app.name.replace('.', '/')}/guards has changed and no migration says so.",
                    hint=f'Add a migration with Install("{app.label}", "{current}").',
                    id="core.E001",
                )
            )
    return found
