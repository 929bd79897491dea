"""What every answer carries and every sending must: headers, the session's cookie, proof of coming from our pages."""

from __future__ import annotations

from hmac import compare_digest
from secrets import token_urlsafe
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from web.config import Config
from web.errors import Forbidden
from web.sessions import COOKIE, LONGEST, Session

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105 - the name of a header
TOKEN_FIELD = "csrf_token"  # noqa: S105 - the name of a field


def nonce() -> str:
    """What marks this answer's own script as ours."""
    if "nonce" not in g:
        g.nonce = token_urlsafe(16)
    made: str = g.nonce
    return made


def add_headers(response: Response) -> Response:
    """Say what a browser may do with an answer, also with an error."""
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce()}'; style-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "max-age=300" if request.endpoint == "static" else "no-store"
    return response


def set_cookie(response: Response, session: Session, config: Config) -> None:
    """Hand the browser its session; scripts and other sites' forms cannot use it."""
    response.set_cookie(
        COOKIE, session.token, max_age=LONGEST, httponly=True, samesite="Lax", secure=config.secure, path="/"
    )


def check_origin(session: Session) -> None:
    """Refuse a sending that another site's page could have made.

    Raises:
        Forbidden: where the browser says so, or where the session's own token is not with it.
    """
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from is not None and fetched_from not in {"same-origin", "none"}:
        raise Forbidden("This came from another site's page, so nothing was recorded.")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin)[:2] != (request.scheme, request.host):
        raise Forbidden("This came from another site's page, so nothing was recorded.")
    given = request.headers.get(TOKEN_HEADER) or request.form.get(TOKEN_FIELD, "")
    if not compare_digest(given.encode(), session.csrf.encode()):
        raise Forbidden(
            "This form was opened before you signed in, so nothing was recorded. Open it again and send it once more."
        )


def use(app: Flask, config: Config) -> None:
    """Put size limit, host names and headers in force."""
    app.config.update(
        MAX_CONTENT_LENGTH=1_000_000,
        MAX_FORM_MEMORY_SIZE=1_000_000,
        TRUSTED_HOSTS=list(config.hosts),
        SESSION_COOKIE_NAME="unused",
    )
    app.after_request(add_headers)
