"""The web service as one object: everything it is made of is put together here and nowhere else."""

from __future__ import annotations

from flask import Flask

from ledger.errors import LedgerError
from web import errors, guard, looking, security, templating
from web.bootstrap import Services
from web.config import Config
from web.endpoints import REGISTRY
from web.founding import DEMO


class NotADemo(LedgerError):
    """The ledger could hold real children's data, and there are no accounts yet to keep strangers out."""


def create_app(services: Services, config: Config) -> Flask:
    """Make the service for one ledger.

    Raises:
        NotADemo: where the ledger is not a demonstration.
    """
    if not services.about.demo or not services.keys.origin.startswith(DEMO):
        raise NotADemo(
            "Only a demo is served so far: accounts come later, and until then no real child's data may be entered."
        )
    app = Flask("web")
    app.extensions["placement-ledger"] = services
    app.extensions["placement-ledger-config"] = config
    security.use(app, config)
    errors.use(app)
    templating.use(app)
    guard.use(app, REGISTRY)
    looking.use(app, REGISTRY)
    return app
