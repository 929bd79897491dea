"""`python3 tests`: makes the test environment, finds a browser, runs every check; arguments are passed on to pytest."""

import os
import sys

if not __package__:  # run as a folder: name our own root, so that no file in tests/ can shadow the standard library
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib not yet safe

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from web import environment

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
GO_MODULES = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")


@dataclass(frozen=True)
class Tool:
    """A program of Debian's that some tests need, what they prove with it, and whether it is here."""

    package: str
    proves: str
    here: Callable[[], object]


def main(arguments: list[str]) -> int:
    """Run pytest, whose closing line ends the output: over everything, or over what the arguments choose."""
    missing = [tool for tool in TOOLS if not tool.here()]
    if missing and install(*(tool.package for tool in missing)):
        missing = [tool for tool in TOOLS if not tool.here()]
    for tool in missing:
        print(f"Will be skipped, for want of {tool.package}: {tool.proves}. Root on Debian installs it.", flush=True)
    if missing and os.environ.get("CI", "").lower() in {"1", "true"}:
        sys.exit("CI skips nothing: install what is missing.")
    if browser := find_browser():
        os.environ["PLACEMENT_LEDGER_CHROMIUM"] = browser
    # A chosen few start sooner in one process; all of them finish sooner in two, the browser's kept together.
    scope = arguments or ["-n", "2", "--dist", "loadgroup"]
    return subprocess.call([sys.executable, "-m", "pytest", *scope], cwd=environment.ROOT)


def find_browser() -> str | None:
    """The first Chromium on PATH."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def install(*packages: str) -> bool:
    """Install Debian's packages, where we are root there; whether that was done."""
    apt = shutil.which("apt-get")
    if not apt or not Path("/etc/debian_version").exists() or os.geteuid() != 0:
        return False
    print(f"Installing for the tests, once: {', '.join(packages)} (a minute or two).", flush=True)
    surroundings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-qq", "--no-install-recommends", *packages]):
        done = subprocess.run([apt, *command], env=surroundings, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = done.stderr.strip() or "it gave no reason"
            print(f"apt-get {command[0]} failed: {reason.splitlines()[-1]}", flush=True)
            return False
    return True


TOOLS = (
    Tool("chromium", "pages in a real browser", find_browser),
    Tool("golang-go", "the log, read by an auditor in Go", lambda: shutil.which("go")),
    Tool("golang-golang-x-mod-dev", "the same, on Go's own transparency-log packages", GO_MODULES.exists),
    Tool("openssl", "signatures and time stamps, checked by OpenSSL", lambda: shutil.which("openssl")),
    Tool("softhsm2", "keys that never leave their token", lambda: shutil.which("softhsm2-util")),
    Tool("strace", "a disk that fails at each step of an append", lambda: shutil.which("strace")),
)


if __name__ == "__main__":
    environment.enter("tests")
    sys.exit(main(sys.argv[1:]))
