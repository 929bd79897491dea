"""A service killed while a form with a document is sent to it: the entry is whole with its file, or not there."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from domain.events import BaselineRecorded
from ledger.audit import audit
from tests.conftest import ROOT
from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import as_form, filled_in
from tests.web.conftest import PASSPHRASE
from tests.web.documents import PDF
from web.bootstrap import open_services

FORM = f"/placements/{named('placement')}/record-baseline"
LARGE = PDF[:9] + b"%" + b"x" * 4_000_000 + b"\n" + PDF[9:]
_SERVE = "import sys; from web.cli import main; sys.exit(main(sys.argv[1:]))"


class Service:
    """The service in a process of its own, and the AP lead signed in to it."""

    def __init__(self, folder: Path, *options: str) -> None:
        command = [sys.executable, "-c", _SERVE, "serve", "--data", str(folder), "--port", "8184", "--json", *options]
        surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout is not None
        said = json.loads(self.process.stdout.readline())
        self._host = urlsplit(said["address"]).netloc
        _, headers, _ = self.ask("GET", said["sign_in"]["ap-lead"].removeprefix(said["address"]))
        self._cookie = headers["Set-Cookie"].partition(";")[0]

    def ask(self, method: str, address: str, body: bytes = b"", **headers: str) -> tuple[int, Mapping[str, str], str]:
        """Ask for an address: status, headers and text of what comes back."""
        own = {"Cookie": getattr(self, "_cookie", ""), "Content-Type": headers.get("kind", "text/plain")}
        with closing(HTTPConnection(self._host, timeout=30)) as connection:
            connection.request(method, address, body, own)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def send(self, form: Mapping[str, str]) -> int:
        """Send the form with its document, as a browser does."""
        typed = MultiDict(dict(form))
        typed.add("evidence", FileStorage(io.BytesIO(LARGE), "results.pdf"))
        boundary, body = encode_multipart(typed)
        return self.ask("POST", FORM, body, kind=f"multipart/form-data; boundary={boundary}")[0]

    def stop(self, how: signal.Signals) -> None:
        """End it."""
        self.process.send_signal(how)
        self.process.communicate(timeout=30)


def kept(folder: Path) -> tuple[int, int]:
    """How many starting points are entered and how many files are stored; the whole record must pass its audit."""
    with closing(open_services(folder, None, PASSPHRASE, lambda: datetime.now(UTC))) as services:
        assert audit(services.log, services.subjects, services.checkpointer.locked()).finding is None
        entered = [leaf.topic for leaf in services.log.leaves(0, services.log.size())]
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as database:
        (files,) = database.execute("SELECT count(*) FROM attachments").fetchone()
    return entered.count(BaselineRecorded.TOPIC), files


def staged(folder: Path) -> bool:
    """Whether a document waits to be recorded."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(folder / "drafts.sqlite")) as database:
        return bool(database.execute("SELECT count(*) FROM files").fetchone()[0])
    return False


def killed(folder: Path, due: Callable[[], object]) -> dict[str, str]:
    """Send the form, kill the service at the moment given, and return what was sent."""
    service = Service(folder)
    page = service.ask("GET", FORM)[2]
    form = {**filled_in(page), **as_form(WORDING["record_baseline"].fields)}
    form.pop("evidence", None)

    def send() -> None:
        with suppress(OSError, HTTPException):
            service.send(form)

    sending = Thread(target=send)
    sending.start()
    due()
    service.stop(signal.SIGKILL)
    sending.join()
    return form


def test_a_service_killed_between_staging_and_recording_leaves_the_whole_entry_with_its_file_or_nothing(
    prepared_ledger: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(prepared_ledger, tmp_path / "ledger"))
    (entered, files), whole = kept(folder), 0

    def once_staged() -> None:
        until = time.monotonic() + 20
        while not staged(folder):
            assert time.monotonic() < until
            time.sleep(0.001)

    form: dict[str, str] = {}
    for due in (once_staged, lambda: time.sleep(0.02), lambda: time.sleep(0.25)):
        form = killed(folder, due)
        now = kept(folder)
        whole = now[0] - entered
        assert 0 <= whole <= 3
        assert now == (entered + whole, files + whole)

    service = Service(folder)
    try:
        form["csrf_token"] = filled_in(service.ask("GET", FORM)[2])["csrf_token"]
        assert service.send(form) == 303  # sent again as it was: recorded now, or known to be recorded already
    finally:
        service.stop(signal.SIGTERM)
    after = kept(folder)
    assert after[0] - entered in {max(1, whole), whole + 1}
    assert after == (after[0], files + after[0] - entered)
