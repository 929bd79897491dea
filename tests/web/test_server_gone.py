"""The database server goes away while the service runs: pages say so plainly, and all goes on when it is back."""

from __future__ import annotations

from contextlib import closing
from threading import Event, Thread

import psycopg
from psycopg import sql

from tests import postgres
from tests.domain.builders import School
from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import RUN_KEY, Browser, Clock, as_form, filled_in
from tests.web.conftest import NOW, Place
from web.application import create_app
from web.config import Config

FORM = f"/placements/{named('placement')}/record-baseline"


def let_in(place: Place, allowed: bool) -> None:
    """Open the database to connections, or close it and cut those there are, as an administrator does."""
    name = str(place.database).partition("?")[0].rpartition("/")[2]
    with psycopg.connect(postgres.server(), autocommit=True) as server:
        server.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(sql.Identifier(name), sql.Literal(allowed))
        )
        if not allowed:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


def test_pages_and_forms_say_that_it_is_not_possible_just_now_and_nothing_typed_is_entered_twice(
    place_on_server: Place,
) -> None:
    with closing(place_on_server.open(Clock(NOW))) as services:
        lead = Browser(create_app(services, Config(RUN_KEY)), "ap-lead")
        typed = {**filled_in(lead.read(FORM)), **as_form(WORDING["record_baseline"].fields)}
        before = services.log.size()
        let_in(place_on_server, allowed=False)
        answers = [lead.get("/placements"), lead.client.post(FORM, data=typed)]
        let_in(place_on_server, allowed=True)

        for answer in answers:
            assert answer.status_code == 503
            assert "Try again in a minute" in answer.text
            assert "psycopg" not in answer.text
        assert lead.client.post(FORM, data=typed).status_code == 303
        assert lead.client.post(FORM, data=typed).status_code == 303  # the first receipt again
        kinds = [leaf.topic for leaf in services.log.leaves(before, services.log.size())]
        assert kinds.count("placement.baseline-recorded") == 1


def test_signing_goes_on_once_the_server_is_back(place_on_server: Place) -> None:
    with closing(place_on_server.open(Clock(NOW))) as services:
        services.checkpointer.start()
        stop, wrong = Event(), list[BaseException]()

        def sign() -> None:
            try:
                services.checkpointer.run(stop)
            except BaseException as error:  # noqa: BLE001 - whatever ends it, in a thread where nobody else would hear of it
                wrong.append(error)

        signing = Thread(target=sign)
        signing.start()
        let_in(place_on_server, allowed=False)
        stop.wait(2.5)
        let_in(place_on_server, allowed=True)
        School(services.application).enter("approve_placement")
        for _ in range(300):
            signed = services.checkpointer.locked()
            if wrong or (signed is not None and signed.size == services.log.size()):
                break
            stop.wait(0.1)
        stop.set()
        signing.join()
        assert not wrong
        assert signed is not None
        assert signed.size == services.log.size()
