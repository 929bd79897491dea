"""Every page in plain words: those that UX.md §7 and DESIGN.md §8 keep off pages are on none of them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from flask import Flask

from projections import families
from tests.web.browsing import RUN_KEY, Browser
from tests.web.crawling import pages, visible
from web import founding
from web.application import create_app
from web.bootstrap import open_services
from web.cli import main
from web.config import Config
from web.kinds import KINDS, kind_of
from web.personas import PERSONAS

BANNED = re.compile(
    r"\b(hash(es|ed)?|events?|streams?|aggregates?|ledgers?|bundles?|receipts?|checkpoints?|rule packs?|replay(ed)?"
    r"|(?<!in the )subjects?(?!:)|legal gateways?|regimes?|basis|parental positions?|delivery|compliance|tenures?"
    r"|verified|oops|(?<!outside )witness(es)?|K against B|UUIDs?)\b",
    re.IGNORECASE,
)
# An e-mail has a subject; a page about a pupil has none.
SIGNED_BY = re.compile(r"signed by (?!the (service|provider|plan))[^.]{0,60}", re.IGNORECASE)
"""The service signs entries; a person enters them. What a provider signed on paper is another thing."""
RULE_NUMBER = re.compile(r"\b[HCS]-?\d\d\b")
"""A rule is told in a sentence; its number stands in small print."""


@pytest.fixture(scope="module")
def demo(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service on a copy of the small demo."""
    folder = Path(shutil.copytree(demo_folder, tmp_path_factory.mktemp("words") / "demo"))
    passphrase = founding.passphrase(folder, founding.read(folder), {})
    services = open_services(folder, None, passphrase, lambda: datetime.now(UTC))
    yield create_app(services, Config(RUN_KEY))
    services.close()


def faults(address: str, page: str) -> list[str]:
    """What a page should not say, each with a little of what stands around it."""
    said, large = visible(page), visible(page, small=False)
    found = [*BANNED.finditer(said), *SIGNED_BY.finditer(said)]
    numbers = list(RULE_NUMBER.finditer(large))
    around = [(said, each) for each in found] + [(large, each) for each in numbers]
    return [f"{address}: …{text[max(0, each.start() - 50) : each.end() + 30]}…" for text, each in around]


@pytest.mark.parametrize("persona", [persona.slug for persona in PERSONAS])
def test_no_page_says_a_word_of_the_trade(demo: Flask, persona: str) -> None:
    seen = list(pages(Browser(demo, persona)))
    assert len(seen) > 15
    assert "\n".join(fault for address, page in seen for fault in faults(address, page)) == ""


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere", "/placements/not-an-id", "/entries/999999", "/register?day=tomorrow", "/?as-at=2026-02-30",
        "/placements?status=ended&page=99", "/receipts/1/1", "/receipts/1/3", "/sign-in", "/delegations/grant",
    ],
)  # fmt: skip
def test_error_pages_and_empty_lists_speak_plainly_too(demo: Flask, address: str) -> None:
    for persona in ("head-teacher", "inspector"):
        assert not faults(address, Browser(demo, persona).get(address).text)


def test_a_refused_form_speaks_plainly(demo: Flask) -> None:
    lead = Browser(demo, "ap-lead")
    form = lead.send("/placements/propose", {})
    assert form.status_code == 422
    assert not faults("/placements/propose", form.text)


def test_the_digest_and_the_sheet_for_an_outage_speak_plainly(
    demo_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["digest", "--data", str(demo_copy)]) == 0
    told = capsys.readouterr().out
    assert told.count("Subject: ") > 5
    assert not faults("digest", f"<!DOCTYPE html><title>-</title><pre>{escape(told)}</pre>")
    assert main(["print-sheet", "--data", str(demo_copy), str(tmp_path / "sheet.html")]) == 0
    sheet = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert len(visible(sheet)) > 200
    assert not faults("sheet.html", sheet)


def test_pages_say_what_unaltered_does_not_show(demo: Flask) -> None:
    said = visible(Browser(demo, "inspector").read("/entries/40"))
    assert "unaltered since it was entered" in said
    assert "does not show that" in said
    assert " is true" in said


def test_every_fact_of_a_placement_or_pupil_has_a_kind_in_the_filter() -> None:
    told = (*families.PREPARATION, *families.DECISION, *families.CONSENT, *families.PUPIL, *families.RESPONSIBILITY)
    assert not [fact.TOPIC for fact in (*told, *families.ATTENDANCE) if kind_of(fact.TOPIC) == "other"]
    assert set(map(kind_of, ("gap", "unheard.of"))) == {"gaps", "other"} <= set(KINDS)
