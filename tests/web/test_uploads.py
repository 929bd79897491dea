"""Documents come in by forms and by machines: told by their content, kept while a form is refused, the sender's own."""

from __future__ import annotations

import io
import os
import re
import sqlite3
from hashlib import sha256
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import Browser, as_form, as_json, checked, filled_in, recorded
from tests.web.documents import EXECUTABLE, JPEG, PDF, PNG, archive, letter, outlook
from web.bootstrap import Services
from web.file_names import LONGEST, cleaned
from web.file_types import NotTaken, recognised

FORM = f"/placements/{named('placement')}/record-baseline"
ANSWERS = WORDING["record_baseline"].fields


def send(browser: Browser, *files: tuple[str, bytes], **changes: Any) -> TestResponse:
    """Fill the form in, choose files, and send it as a browser does."""
    typed = MultiDict({**filled_in(browser.read(FORM)), **as_form(ANSWERS), **changes})
    typed.pop("evidence", None)
    for name, content in files:
        typed.add("evidence", FileStorage(io.BytesIO(content), name))
    boundary, body = encode_multipart(typed)  # in memory: the client's own way leaves a temporary file open
    answer = browser.client.post(FORM, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    checked(answer)
    return answer


def plain(answer: TestResponse) -> str:
    return unescape(re.sub(r"<[^>]+>", "", answer.text))


def entry_of(answer: TestResponse) -> int:
    assert answer.status_code == 303, plain(answer)
    return int(answer.headers["Location"].split("/")[2])


def documents_of(browser: Browser, index: int) -> list[str]:
    return re.findall(rf"/entries/{index}/files/[0-9a-f-]+", browser.read(f"/entries/{index}"))


def test_what_was_uploaded_comes_back_byte_for_byte_and_can_do_nothing(lead: Browser, head: Browser) -> None:
    index = entry_of(send(lead, ("signed.pdf", PDF), ("scan.png", PNG), ("photo.jpg", JPEG)))
    links = documents_of(head, index)
    answers = [head.client.get(link) for link in links]
    assert [answer.data for answer in answers] == [PDF, PNG, JPEG]
    for answer, name in zip(answers, ("signed.pdf", "scan.png", "photo.jpg"), strict=True):
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "content",
    [
        EXECUTABLE,
        archive(letter=b"x"),
        b"<html><script>alert(1)</script>",
        b"#!/bin/sh\nrm -rf /\n",
        outlook(message=False),
        PDF + archive(hidden=b"x"),
        PDF[:9] + archive(hidden=b"x") + b"\n%%EOF\n",
        PDF + archive(hidden=b"x") + b"\0" * 60_000 + b"%%EOF",
        b"MZ" + PDF,
        b"plain words",
        b"",
        PNG[:-4],
        JPEG[:8],
    ],
    ids=[
        "exe",
        "zip",
        "html",
        "script",
        "word",
        "pdf-and-zip",
        "pdf-around-zip",
        "pdf-far-around-zip",
        "exe-and-pdf",
        "text",
        "empty",
        "half-png",
        "half-jpeg",
    ],
)
@pytest.mark.parametrize("name", ["letter.pdf", "letter.msg", "letter.eml", "letter.png"])
def test_a_name_makes_no_document(content: bytes, name: str) -> None:
    with pytest.raises(NotTaken):
        recognised(content)
    assert name


def test_each_kind_is_told_by_its_content() -> None:
    chance = PDF.replace(b"trailer", b"%PK\x05\x06" + b"\1" * 18 + b"\ntrailer")
    told = [recognised(each).called for each in (chance, PDF, PNG, JPEG, letter(), outlook())]
    assert told == ["PDF", "PDF", "PNG image", "JPEG image", "E-mail", "Outlook e-mail"]


def test_an_e_mail_without_sender_or_date_is_none() -> None:
    for missing in ({"From": ""}, {"Date": ""}, {"Date": "yesterday"}, {"From": "nobody"}):
        with pytest.raises(NotTaken):
            recognised(letter(**missing))


def test_a_zip_bomb_inside_an_e_mail_is_kept_as_it_is_and_never_opened(lead: Browser) -> None:
    bomb = outlook({"__attach_version1.0_#00000000": archive(bomb=b"\x00" * 50_000_000)})
    assert len(bomb) < 100_000
    index = entry_of(send(lead, ("consent.msg", bomb)))
    assert lead.client.get(documents_of(lead, index)[0]).data == bomb


def test_a_refused_form_keeps_its_typing_and_its_files(lead: Browser) -> None:
    answer = send(lead, ("scan.png", PNG), ("tool.pdf", EXECUTABLE), **{"measures-0-tool": ""})
    assert answer.status_code == 422
    assert "“tool.pdf” is not a kind of document" in plain(answer)
    assert "scan.png (PNG image" in plain(answer)
    again = filled_in(answer.text)
    assert again["measures-0-value"] == "9.4"
    again.pop("evidence")
    sent = lead.client.post(FORM, data={**again, "measures-0-tool": "Reading age"}, content_type="multipart/form-data")
    assert lead.client.get(documents_of(lead, entry_of(sent))[0]).data == PNG


def test_a_file_ticked_for_removal_is_not_recorded(lead: Browser) -> None:
    again = filled_in(send(lead, ("a.pdf", PDF), ("b.png", PNG), **{"measures-0-tool": ""}).text)
    again.pop("evidence")
    changes = {"measures-0-tool": "Reading age", "evidence-0-remove": "yes"}
    sent = lead.client.post(FORM, data={**again, **changes}, content_type="multipart/form-data")
    assert "b.png" in lead.read(f"/entries/{entry_of(sent)}")
    assert "a.pdf" not in lead.read(f"/entries/{entry_of(sent)}")


def test_a_pdf_of_30_mb_is_refused_with_its_size_and_nothing_typed_is_lost(lead: Browser, services: Services) -> None:
    before = recorded(services)
    answer = send(lead, ("scan.pdf", PDF[:-6] + b"0" * 30_000_000 + PDF[-6:]))
    assert answer.status_code == 422
    assert "“scan.pdf” is 30 MB. A file may be up to 10 MB" in plain(answer)
    assert filled_in(answer.text)["measures-0-value"] == "9.4"
    assert recorded(services) == before


def test_what_is_too_large_to_be_read_at_all_is_told_plainly(lead: Browser) -> None:
    claimed = {"CONTENT_LENGTH": "90000000"}
    answer = lead.client.post(FORM, content_type="multipart/form-data; boundary=x", environ_overrides=claimed)
    assert answer.status_code == 413
    assert "larger than 60 MB" in plain(answer)
    assert "your browser still has what you typed" in plain(answer)
    other = lead.client.post("/sign-out", data={"csrf_token": "x" * 2_000_000})
    assert (other.status_code, "larger than 1 megabyte" in plain(other)) == (413, True)


def test_files_that_are_too_many_together_are_taken_as_far_as_they_go(lead: Browser) -> None:
    large = [PDF[:-6] + bytes([number]) * 9_000_000 + PDF[-6:] for number in range(3)]
    answer = send(lead, *((f"{number}.pdf", content) for number, content in enumerate(large)))
    assert answer.status_code == 422
    assert "“2.pdf” was one too many: send up to 25 MB at once" in plain(answer)
    assert "1.pdf (PDF, 9 MB)" in plain(answer)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\fakepath\\..\\letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("letter.exe", "letter.exe.pdf"),
        ("cod\u202efdp.exe", "codfdp.exe.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie- x=1.pdf"),
        ("\u200b\u2066.pdf", "document.pdf"),
        ("", "document.pdf"),
        ("zoë.PDF", "zoë.pdf"),
    ],
)
def test_a_file_s_name_is_shown_without_path_or_tricks(name: str, shown: str) -> None:
    assert cleaned(name, (".pdf",)) == shown


def test_a_long_name_is_cut_and_keeps_its_ending() -> None:
    assert len(cleaned("x" * 500 + ".pdf", (".pdf",))) == LONGEST
    assert cleaned("x" * 500, (".jpg", ".jpeg")).endswith("x.jpg")


def staged(browser: Browser, content: bytes, name: str = "letter.pdf") -> dict[str, Any]:
    headers = {"X-CSRF-Token": browser.token(), "Content-Disposition": f'attachment; filename="{name}"'}
    answer = browser.client.post("/files", data=content, headers=headers, content_type="application/octet-stream")
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.get_json()
    return said


def by_machine(browser: Browser, *file_ids: str, **headers: str) -> TestResponse:
    body = as_json(ANSWERS) | {"evidence": [{"file_id": file_id} for file_id in file_ids]}
    return browser.post(FORM, body, **headers)


def test_a_machine_stages_a_file_and_names_it(lead: Browser) -> None:
    said = staged(lead, PDF)
    assert (said["media_type"], said["size"], said["sha256"]) == ("application/pdf", len(PDF), sha256(PDF).hexdigest())
    answer = by_machine(lead, said["file_id"])
    assert answer.status_code == 201
    assert lead.client.get(f"/entries/{answer.get_json()['entry']}/files/{said['file_id']}").data == PDF


def test_a_machine_is_told_why_a_file_is_not_taken(lead: Browser) -> None:
    answer = lead.client.post("/files", data=EXECUTABLE, headers={"X-CSRF-Token": lead.token()})
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert "is not a kind of document" in answer.get_json()["breaches"][0]["sentence"]


def test_another_person_s_file_cannot_be_named(lead: Browser, head: Browser, services: Services) -> None:
    mine, before = staged(lead, PDF)["file_id"], recorded(services)
    answer = by_machine(head, mine)
    assert answer.status_code == 422
    assert answer.get_json()["breaches"][0]["field"] == "evidence"
    assert recorded(services) == before
    assert by_machine(lead, mine).status_code == 201


def test_the_same_key_gives_the_same_receipt_and_with_another_file_is_refused(lead: Browser) -> None:
    first = by_machine(lead, staged(lead, PDF)["file_id"], Idempotency_Key="one").get_json()
    uploaded_again = by_machine(lead, staged(lead, PDF)["file_id"], Idempotency_Key="one")
    assert uploaded_again.get_json()["entry"] == first["entry"]
    other = by_machine(lead, staged(lead, PNG, "letter.pdf")["file_id"], Idempotency_Key="one")
    assert other.status_code == 422
    assert "sent before with something else" in other.get_json()["detail"]
    assert by_machine(lead, Idempotency_Key="one").status_code == 422


def test_a_recorded_file_is_not_recorded_twice(lead: Browser) -> None:
    file_id = staged(lead, PDF)["file_id"]
    assert by_machine(lead, file_id).status_code == 201
    again = by_machine(lead, file_id)
    assert again.status_code == 422
    assert "recorded with another entry already" in again.get_json()["breaches"][0]["sentence"]


def test_what_waits_to_be_recorded_is_sealed_and_its_owner_s_alone(lead: Browser, services: Services) -> None:
    send(lead, ("Wren Ashby consent.pdf", PDF), **{"measures-0-tool": ""})
    path = services.data / "drafts.sqlite"
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    kept = b"".join(each.read_bytes() for each in services.data.glob("drafts.sqlite*"))
    for secret in (b"Wren", b"%PDF", b"9.4 years", b"years"):
        assert secret not in kept


def test_after_recording_the_drawer_holds_no_copy(lead: Browser, services: Services) -> None:
    entry_of(send(lead, ("signed.pdf", PDF)))
    rows = sqlite3.connect(services.data / "drafts.sqlite").execute("SELECT content FROM files").fetchall()
    assert rows == [(None,)]


def test_a_kill_between_staging_and_recording_leaves_nothing_in_the_record(lead: Browser, services: Services) -> None:
    staged(lead, PDF)
    rows = sqlite3.connect(services.data / "ledger.sqlite").execute("SELECT count(*) FROM attachments").fetchall()
    assert rows == [(0,)]
    assert os.path.getsize(services.data / "drafts.sqlite") > 0  # noqa: PTH202 - no more than that it is there


def test_a_document_swapped_in_the_database_is_not_handed_out(lead: Browser, services: Services) -> None:
    first = entry_of(send(lead, ("a.pdf", PDF)))
    second = entry_of(send(lead, ("b.png", PNG)))
    links = documents_of(lead, first) + documents_of(lead, second)
    db = sqlite3.connect(services.data / "ledger.sqlite")
    (one, a), (two, b) = db.execute("SELECT position, sealed FROM attachments ORDER BY position").fetchall()
    db.execute("UPDATE attachments SET sealed = ? WHERE position = ?", (b, one))
    db.execute("UPDATE attachments SET sealed = ? WHERE position = ?", (a, two))
    db.commit()
    db.close()
    for link in links:
        answer = lead.get(link)
        assert answer.status_code == 503
        assert "was altered" in plain(answer)


def test_a_document_of_an_entry_that_has_none_is_not_found(app: Flask, lead: Browser) -> None:
    index = entry_of(send(lead, ("a.pdf", PDF)))
    other = entry_of(send(lead))
    link = documents_of(lead, index)[0]
    assert lead.get(link.replace(f"/entries/{index}/", f"/entries/{other}/")).status_code == 404
    assert app.test_client().get(link).status_code == 401
