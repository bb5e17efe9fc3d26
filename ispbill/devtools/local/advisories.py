"""`make audit`: is a known hole in what we ship?

pip-audit asks the OSV database about every pinned package. Exit 0: asked about all, none known;
1: known ones, listed; 3: could not check, which is never told as "none".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from ispbill.devtools.local import bootstrap, places

LOCKS = ("base.txt", "dev.txt")
KNOWN, UNCHECKED = 1, 3
TOOL = places.LOCAL / "audit"


@dataclass
class Verdict:
    """What was found: advisories by package, and what could not be asked about, with the reason."""

    known: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    checked: int = 0

    @property
    def exit_code(self) -> int:
        return KNOWN if self.known else UNCHECKED if self.unchecked or not self.checked else 0


def judge(answer: str, complaint: str) -> Verdict:
    """Read pip-audit's JSON; whatever it could not look up counts as not checked."""
    verdict = Verdict()
    try:
        packages: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        lines = [line for line in complaint.splitlines() if line.strip()]
        verdict.unchecked.append(lines[-1].strip()[:300] if lines else "no answer")
        return verdict
    for package in packages:
        name = f"{package['name']} {package.get('version', '')}".strip()
        if "skip_reason" in package:
            verdict.unchecked.append(f"{name}: {package['skip_reason']}")
            continue
        verdict.checked += 1
        verdict.known += [
            f"{name}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no release yet'}"
            for hole in package["vulns"]
        ]
    return verdict


def main() -> int:
    """Install the tool once, ask, tell."""
    if reason := _install():
        print(f"could not check: {reason}")
        return UNCHECKED
    worst = 0
    for lock in LOCKS:
        verdict = _ask(lock)
        for hole in verdict.known:
            print(f"{lock}: {hole}")
        for reason in verdict.unchecked[:5]:
            print(f"{lock}: could not check: {reason}")
        if verdict.exit_code == 0:
            print(f"{lock}: {verdict.checked} packages, no advisory known")
        worst = KNOWN if KNOWN in {worst, verdict.exit_code} else max(worst, verdict.exit_code)
    return worst


def _install() -> str:
    """Install the pinned tool beside the environment. Returns "" or why not."""
    if (TOOL / "pip_audit").exists():
        return ""
    python = bootstrap.environment() / "bin/python"
    done = subprocess.run(
        [
            bootstrap.environment() / "bin/uv",
            "pip",
            "install",
            "--quiet",
            "--require-hashes",
            "--python",
            python,
            "--target",
            TOOL,
            "-r",
            bootstrap.REQUIREMENTS / "audit.txt",
        ],
        env=os.environ | bootstrap.indexes_for_uv(python),
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else f"pip-audit cannot be installed: {done.stderr[-300:]}"


def _ask(lock: str) -> Verdict:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip_audit",
            "--format",
            "json",
            "--progress-spinner",
            "off",
            "--vulnerability-service",
            "osv",
            "--disable-pip",
            "--no-deps",
            "--requirement",
            bootstrap.REQUIREMENTS / lock,
        ],
        env=os.environ | {"PYTHONPATH": str(TOOL)},
        capture_output=True,
        text=True,
        check=False,
        cwd=TOOL,
    )
    return judge(done.stdout, done.stderr)


if __name__ == "__main__":
    sys.exit(main())
