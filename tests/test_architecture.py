"""Who may import whom, what the offline check may load, and the habits that keep files small and tests honest."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("domain", "ledger", "projections", "web", "bench", "tests")
MADE = {"node_modules", "__pycache__", "build"}

# What the domain publishes: its facts, what they are made of, and the rules as pure functions.
PUBLISHED = {"domain.events", "domain.values", "domain.vocabulary", "domain.parts", "domain.rules"}
# package: (what of ours it may import, which third parties). Nobody else is named, so nobody else is allowed.
MAY_IMPORT = {
    "domain": ({"domain"}, {"eventsourcing", "msgspec"}),
    "ledger": (
        {"ledger"},
        {"cryptography", "eventsourcing", "msgspec", "pkcs11", "psycopg", "psycopg_pool", "rfc3161_client"},
    ),
    "projections": ({"projections"} | PUBLISHED, {"eventsourcing", "msgspec", "psycopg", "sqlalchemy"}),
    "web": (
        {"domain", "ledger", "projections", "web"},
        {"apispec", "cryptography", "eventsourcing", "flask", "govuk_frontend_jinja", "jinja2", "markupsafe"}
        | {"marshmallow", "msgspec", "olefile", "sqlalchemy", "tqdm", "waitress", "werkzeug"},
    ),
}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "services", "models", "constants", "types", "base"}
WRITTEN_BY_HAND = {".py", ".html", ".jinja", ".scss", ".css", ".js", ".sql", ".toml", ".sh", ".yml"}


def files(*folders: str, suffixes: frozenset[str] = frozenset({".py"})) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in suffixes and not MADE & set(path.relative_to(ROOT).parts)
    )


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    """Every module a file imports, wherever in the file: inside functions, under TYPE_CHECKING, in a try."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: a relative import hides where it points"
            assert node.module
            yield from (
                found if is_file(found := f"{node.module}.{alias.name}") else node.module for alias in node.names
            )


def is_file(name: str) -> bool:
    place = ROOT.joinpath(*name.split("."))
    return place.with_suffix(".py").exists() or (place / "__init__.py").exists()


def within(name: str, allowed: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_the_table_grants(package: str) -> None:
    ours, others = MAY_IMPORT[package]
    granted = ours | others | set(sys.stdlib_module_names)
    strays = [
        f"{module(path)} → {name}" for path in files(package) for name in imports(path) if not within(name, granted)
    ]
    assert not strays


def test_no_package_hides_an_import_behind_a_call() -> None:
    hidden = [
        f"{module(path)}:{node.lineno}"
        for path in files(*MAY_IMPORT)
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"import_module", "__import__"}
    ]
    assert not hidden


def test_the_offline_check_loads_nothing_but_the_standard_library_and_cryptography() -> None:
    waiting, met, strays = ["ledger.__main__"], {"ledger.__main__"}, []
    while waiting:
        name = waiting.pop()
        place = ROOT.joinpath(*name.split("."))
        path = place.with_suffix(".py") if place.with_suffix(".py").exists() else place / "__init__.py"
        for found in imports(path):
            if found.split(".")[0] == "ledger":
                waiting += {found} - met
                met.add(found)
            # Where it is not installed, time stamps are not checked, and the outcome says so.
            elif (name, found) == ("ledger.timestamp", "rfc3161_client"):
                continue
            elif not within(found, {"cryptography"} | set(sys.stdlib_module_names)):
                strays.append(f"{name} → {found}")
    assert len(met) > 1
    assert not strays


@pytest.mark.parametrize("package", [*MAY_IMPORT, "bench", "tests"])
def test_importing_a_package_imports_nothing_else(package: str) -> None:
    front = ROOT / package / "__init__.py"
    if front.exists():
        assert not list(imports(front)), f"{package}/__init__.py is for its docstring"


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert not [module(path) for path in files(*OURS) if VAGUE & {path.stem, *path.relative_to(ROOT).parts}]


def test_no_file_is_longer_than_300_lines() -> None:
    written = files(*OURS, suffixes=frozenset(WRITTEN_BY_HAND))
    lengths = {str(path.relative_to(ROOT)): len(path.read_bytes().splitlines()) for path in written}
    assert not {name: length for name, length in lengths.items() if length > 300}


def test_no_test_replaces_the_real_thing() -> None:
    stand_ins = [
        f"{module(path)}:{getattr(node, 'lineno', 0)}"
        for path in files("tests", "bench")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"monkeypatch.setattr", "monkeypatch.delattr"}
    ]
    stand_ins += [
        module(path)
        for path in files("tests", "bench")
        if within("unittest.mock", {*imports(path)}) or "mock" in imports(path)
    ]
    assert not stand_ins
