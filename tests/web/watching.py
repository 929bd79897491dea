"""A browser whose every answer is held against what was recorded of it."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from domain.events import RecordRead
from tests.web.browsing import Browser
from web.bootstrap import Services
from web.endpoints import REGISTRY, Endpoint


def readings(services: Services, since: int) -> list[RecordRead]:
    found = (fact for _, fact in services.source(since, 100_000))
    return [fact for fact in found if isinstance(fact, RecordRead)]


class Watched:
    """A browser whose every answer is held against what was recorded of it."""

    def __init__(self, app: Flask, persona: str) -> None:
        self.browser = Browser(app, persona)
        self.services: Services = app.extensions["placement-ledger"]
        self.names = dict(_names(self.services))

    def open(self, address: str, method: str = "GET", about: UUID | None = None, **options: object) -> TestResponse:
        """Open an address; whoever the answer names is in exactly one reading, and nobody is who has no part in it."""
        before = self.services.log.size()
        answer = self.browser.client.open(address, method=method, **options)
        stated = [pupil for reading in readings(self.services, before) for pupil in reading.pupils]
        assert len(stated) == len(set(stated)), address
        named_there = self.named_in(answer)
        assert named_there <= set(stated), f"{address}: {named_there - set(stated)} not recorded"
        allowed = named_there | ({about} if about and answer.status_code < 300 else set())
        assert set(stated) <= allowed, f"{address}: {set(stated) - allowed} recorded and not shown"
        return answer

    def named_in(self, answer: TestResponse) -> set[UUID]:
        """The pupils whose name or pseudonym stands in what was sent, files opened."""
        text = unescape("\n".join(texts(answer)))
        return {one for one, name in self.names.items() if str(one) in text or re.search(rf"\b{name}\b", text)}


def _names(services: Services) -> Iterator[tuple[UUID, str]]:
    services.catch_up()
    with services.read.reading() as connection:
        rows = connection.exec_driver_sql("SELECT DISTINCT pupil_id, name FROM read_roll").all()
    yield from ((UUID(pupil_id), name) for pupil_id, name in rows)


def texts(answer: TestResponse) -> Iterator[str]:
    if answer.mimetype != "application/zip":
        yield answer.data.decode("utf-8", "replace")
        return
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        for name in file.namelist():
            text = file.read(name).decode("utf-8", "replace")
            yield text
            for sealed in re.findall(r'"payload":"([A-Za-z0-9+/=]+)"', text):
                yield base64.b64decode(sealed).decode()


def addresses(services: Services) -> Iterator[tuple[Endpoint, str, UUID | None]]:
    """Each address of the registry that is opened by looking, about some of the demo's records."""
    with services.read.reading() as connection:
        ask = connection.exec_driver_sql
        placements = [(UUID(a), UUID(b)) for a, b in ask("SELECT placement_id, pupil_id FROM read_placements LIMIT 2")]
        providers = [UUID(one) for (one,) in ask("SELECT provider_id FROM read_providers LIMIT 2")]
        delegations = [UUID(one) for (one,) in ask("SELECT DISTINCT delegation_id FROM read_delegations LIMIT 1")]
        marked = ask("SELECT pupil_id, day, session, known_from FROM read_marks LIMIT 1").one()
    ids = {
        "placement": placements,
        "pupil": [(b, b) for _, b in placements],
        "provider": [(one, None) for one in providers],
        "delegation": [(one, None) for one in delegations],
    }
    entries = [marked[3] - 1, *range(0, services.log.size(), max(1, services.log.size() // 6))]
    for endpoint in REGISTRY:
        if "GET" not in endpoint.methods or endpoint.name == "sign_in":
            continue
        rule = endpoint.rule
        noun = next((one for one in ids if rule.startswith(f"/{one}s/<")), None)
        if "<day>" in rule:
            fixed = rule.replace("<day>", marked[1]).replace("<session>", marked[2])
            yield endpoint, fixed.replace("<uuid:record_id>", str(UUID(marked[0]))), UUID(marked[0])
        elif noun and rule.count("<") == 1:
            for record_id, about in ids[noun]:
                yield endpoint, rule.replace("<uuid:record_id>", str(record_id)), about
        elif "<int:index>" in rule and rule.count("<") <= 1 + rule.count("<int:count>"):
            for index in entries:
                about = services.log.leaf(index).subject if "count" not in rule else None
                yield endpoint, rule.replace("<int:index>", str(index)).replace("<int:count>", "1"), about
        elif "<" not in rule:
            yield endpoint, rule, None
