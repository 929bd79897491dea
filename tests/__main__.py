"""`python3 tests`: makes the test environment, finds a browser, runs every check; arguments are passed on to pytest."""

import os
import sys

if not __package__:  # run as a folder: name our own root, so that no file in tests/ can shadow the standard library
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib not yet safe

import shutil
import subprocess
from pathlib import Path

from web import environment

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(arguments: list[str]) -> int:
    """Run pytest, whose closing line ends the output: over everything, or over what the arguments choose."""
    browser = find_browser() or install_browser()
    if browser:
        os.environ["PLACEMENT_LEDGER_CHROMIUM"] = browser
    elif os.environ.get("CI", "").lower() in {"1", "true"}:
        sys.exit("No Chromium here and none could be installed; CI does not skip the browser tests.")
    else:
        print("Browser tests will be skipped: no Chromium on PATH, and only root on Debian can install it.", flush=True)
    # A chosen few start sooner in one process; all of them finish sooner in two, the browser's kept together.
    scope = arguments or ["-n", "2", "--dist", "loadgroup"]
    return subprocess.call([sys.executable, "-m", "pytest", *scope], cwd=environment.ROOT)


def find_browser() -> str | None:
    """The first Chromium on PATH."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def install_browser() -> str | None:
    """Debian's Chromium, where we are root there; else None."""
    apt = shutil.which("apt-get")
    if not apt or not Path("/etc/debian_version").exists() or os.geteuid() != 0:
        return None
    print("Installing Debian's Chromium for the browser tests (about a minute, once).", flush=True)
    surroundings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-qq", "--no-install-recommends", "chromium"]):
        done = subprocess.run([apt, *command], env=surroundings, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = done.stderr.strip() or "it gave no reason"
            print(f"apt-get {command[0]} failed: {reason.splitlines()[-1]}", flush=True)
            return None
    return find_browser()


if __name__ == "__main__":
    environment.enter("tests")
    sys.exit(main(sys.argv[1:]))
