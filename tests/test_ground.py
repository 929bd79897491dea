"""What everything stands on: locked requirements, a set-up that survives interruption, styles without a crest."""

import json
import multiprocessing
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from web import environment
from web.environment import Step, prepare

ROOT = Path(__file__).resolve().parent.parent
LOCKS = [
    ROOT / "web" / "requirements.lock",
    ROOT / "tests" / "requirements.lock",
    ROOT / "web" / "assets" / "requirements.lock",
]
NPM = [ROOT / "web" / "assets", ROOT / "tests" / "browser"]
ADDRESS = re.compile(r"://|\bfile:|--(extra-)?index-url|--find-links|\s@\s")


def pins(lock: Path) -> dict[str, str]:
    """Each requirement of a lock by its normalised name, with its version, marker and hashes."""
    joined = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    found = re.findall(r"^([A-Za-z0-9._-]+)==(.+)$", joined, flags=re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): rest for name, rest in found}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_every_locked_package_has_a_hash_and_no_lock_names_an_address(lock: Path) -> None:
    locked = pins(lock)
    assert locked
    assert not [name for name, rest in locked.items() if "--hash=sha256:" not in rest]
    assert not ADDRESS.search(lock.read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", NPM, ids=lambda path: path.parent.name)
def test_every_npm_package_has_a_hash_and_no_address(folder: Path) -> None:
    text = (folder / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert {f"node_modules/{name}": version for name, version in wanted.items()}.items() <= {
        (name, entry["version"]) for name, entry in packages.items()
    }
    assert not [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")]
    assert '"resolved"' not in text


def test_every_dependency_is_locked_and_the_tests_run_on_what_is_served() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    served, tested = pins(LOCKS[0]), pins(LOCKS[1])

    def missing(wanted: list[str], locked: dict[str, str]) -> list[str]:
        return [one for one in wanted if re.split(r"[<>=!~ \[]", one)[0] not in locked]

    assert not missing(project["dependencies"], served)
    assert not missing(project["optional-dependencies"]["test"], tested)
    assert served.items() <= tested.items()


def a_step(folder: Path, run: Callable[[], None], name: str = "one") -> Step:
    given = folder / "requirements.lock"
    if not given.exists():
        given.write_text("first", encoding="ascii")
    return Step(name, name, 0, (given,), folder, run)


def test_a_second_start_does_nothing(tmp_path: Path) -> None:
    done: list[str] = []
    step = a_step(tmp_path, lambda: done.append("once"))
    prepare(tmp_path / "venv", [step])
    prepare(tmp_path / "venv", [step])
    assert done == ["once"]


def test_a_changed_lock_is_installed_again_with_all_that_follows(tmp_path: Path) -> None:
    done: list[str] = []
    (tmp_path / "steady").mkdir()
    wanted = [
        a_step(tmp_path / "steady", lambda: done.append("before"), "before"),
        a_step(tmp_path, lambda: done.append("changed"), "changed"),
        a_step(tmp_path / "steady", lambda: done.append("after"), "after"),
    ]
    prepare(tmp_path / "venv", wanted)
    (tmp_path / "requirements.lock").write_text("second", encoding="ascii")
    prepare(tmp_path / "venv", wanted)
    assert done == ["before", "changed", "after", "changed", "after"]


def test_an_interrupted_set_up_is_redone(tmp_path: Path) -> None:
    done: list[str] = []

    def interrupted() -> None:
        raise KeyboardInterrupt

    prepare(tmp_path / "venv", [a_step(tmp_path, lambda: done.append("first"))])
    (tmp_path / "requirements.lock").write_text("second", encoding="ascii")
    with pytest.raises(KeyboardInterrupt):
        prepare(tmp_path / "venv", [a_step(tmp_path, interrupted)])
    (tmp_path / "requirements.lock").write_text("first", encoding="ascii")  # what the old stamp had vouched for
    prepare(tmp_path / "venv", [a_step(tmp_path, lambda: done.append("again"))])
    assert done == ["first", "again"]


def test_a_product_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    given, product = tmp_path / "lock", tmp_path / "product"
    given.write_text("", encoding="ascii")
    step = Step("made", "Making", 0, (given,), product, product.mkdir)
    prepare(tmp_path / "venv", [step])
    product.rmdir()
    prepare(tmp_path / "venv", [step])
    assert product.is_dir()


def _start(folder: Path) -> None:
    def slowly() -> None:
        with (folder / "runs").open("a", encoding="ascii") as file:
            file.write("run\n")
        time.sleep(0.3)

    prepare(folder / "venv", [Step("slow", "Slow", 0, (), folder, slowly)])


def test_two_starts_at_once_set_up_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    starts = [spawn.Process(target=_start, args=(tmp_path,)) for _ in range(2)]
    for start in starts:
        start.start()
    for start in starts:
        start.join(30)
    assert [start.exitcode for start in starts] == [0, 0]
    assert (tmp_path / "runs").read_text(encoding="ascii") == "run\n"


def test_a_module_of_ours_cannot_pass_for_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    for name in ("__init__.py", "__main__.py", "environment.py"):
        (tmp_path / "web" / name).write_bytes((ROOT / "web" / name).read_bytes())
    (tmp_path / "web" / "subprocess.py").write_text("raise SystemExit('shadowed')", encoding="ascii")
    sources = "import runpy, sys; sys.path.insert(0, 'web'); runpy.run_path('web/__main__.py', run_name='imported')"
    done = subprocess.run([sys.executable, "-c", sources], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_pages_carry_neither_the_states_fonts_nor_its_crest() -> None:
    built = environment.ROOT / "web" / "static" / "build" / "app.css"
    if not built.exists():
        pytest.skip("the styles are built by `python3 tests`")
    css = built.read_text(encoding="utf-8").lower()
    assert not re.findall(r"crest|crown|gds transport|gov\.uk|url\(", css)
    assert "#1d70b8" not in re.sub(r"\.govuk-select:focus::-ms-value\{[^}]*\}|\.govuk-select option[^}]*\}", "", css)
