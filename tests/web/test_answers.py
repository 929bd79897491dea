"""An authority's answer by e-mail finds the request it names and opens the form it belongs in, filled in as read."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from domain.rules.requests import reference
from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import Browser, as_json, checked, filled_in, newest
from tests.web.documents import EXECUTABLE, PDF, letter, outlook
from web.bootstrap import Services

PLACE = f"/placements/{named('placement')}"
REFERENCE = reference(named("placement"), 1)


@pytest.fixture
def asking(lead: Browser) -> Browser:
    """The lead's browser, once the authority was asked."""
    lead.record(f"{PLACE}/request-authority-consent", WORDING["request_authority_consent"].fields)
    return lead


def file(browser: Browser, content: bytes | None, name: str = "answer.eml", **changes: str) -> TestResponse:
    typed: dict[str, Any] = {**filled_in(browser.read("/answers/file")), "says": "consents", **changes}
    typed.pop("answer", None)
    if content is not None:
        typed["answer"] = (io.BytesIO(content), name)
    answer = browser.client.post("/answers/file", data=typed, content_type="multipart/form-data")
    checked(answer)
    return answer


def opened(browser: Browser, answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 303, plain(answer)
    return filled_in(browser.read(answer.headers["Location"]))


def plain(answer: TestResponse) -> str:
    return unescape(re.sub(r"<[^>]+>", "", answer.text))


def test_the_request_has_a_text_to_copy_that_names_no_pupil(asking: Browser) -> None:
    page = asking.read(f"{PLACE}/requests/1")
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert text
    assert f"Title: Consent asked for: {REFERENCE}" in text[1]
    assert "WA, our reference RH-001" in text[1]
    assert "Wren" not in text[1]
    assert asking.get(f"{PLACE}/requests/2").status_code == 404


def test_an_e_mail_that_names_the_request_opens_the_form_filled_in_and_is_recorded_with_it(
    asking: Browser, services: Services
) -> None:
    mail = letter(f"RE: Consent asked for: {REFERENCE.lower()}", "Agreed, go ahead.")
    form = opened(asking, file(asking, mail))
    assert form["officer_name"] == "Vera Ploughwright"
    assert (form["given_on-day"], form["given_on-month"]) == ("8", "9")
    assert form["answers_request"] == "1"
    assert not [name for name in form if name.startswith(("scope", "capacity", "authority_id"))]
    form.pop("evidence")
    changes = {"officer_title": "Commissioning Officer", "medium": "email"}
    sent = asking.client.post(
        f"{PLACE}/record-authority-consent", data={**form, **changes}, content_type="multipart/form-data"
    )
    assert sent.status_code == 303, plain(sent)
    index = newest(services)
    entry = asking.read(f"/entries/{index}")
    [link] = re.findall(rf"/entries/{index}/files/[0-9a-f-]+", entry)
    assert asking.client.get(link).data == mail
    assert "18 December 2026" in entry
    assert "Drafts" in asking.read("/drafts")
    assert REFERENCE not in asking.read("/drafts")
    assert "The authority consented" in asking.read(f"{PLACE}/requests/1")


def test_a_reference_in_the_text_of_an_outlook_e_mail_is_found_too(asking: Browser) -> None:
    def spelt(text: str) -> bytes:
        return text.encode("utf-16-le")

    mail = outlook(
        {
            "__substg1.0_007D001F": spelt(
                "From: Vera <v@easterby.example>\r\nDate: Tue, 08 Sep 2026 23:30:00 +0000\r\n"
            ),
            "__substg1.0_1000001F": spelt(f"Agreed. {REFERENCE}"),
        }
    )
    form = opened(asking, file(asking, mail, "answer.msg"))
    assert (form["officer_name"], form["given_on-day"]) == ("Vera", "9")  # past midnight in London


def test_an_e_mail_without_a_reference_is_kept_and_a_person_chooses(asking: Browser) -> None:
    answer = file(asking, letter("Re: your question"))
    assert answer.status_code == 422
    assert "does not name one open request" in plain(answer)
    assert "from Vera Ploughwright" in plain(answer)
    again = filled_in(answer.text)
    chosen = {"request": f"{named('placement')}/1", "says": "consents", "file_id": again["file_id"]}
    assert opened(asking, file(asking, None, **chosen))["officer_name"] == "Vera Ploughwright"


def test_a_letter_on_paper_is_filed_as_its_scan(asking: Browser) -> None:
    form = opened(asking, file(asking, PDF, "scan.pdf", request=f"{named('placement')}/1"))
    assert form["officer_name"] == ""
    assert form["evidence-0-file_id"]


def test_a_refusal_opens_the_form_for_refusals(asking: Browser) -> None:
    answer = file(asking, letter(REFERENCE), says="refuses")
    assert "/record-authority-refusal" in answer.headers["Location"]
    assert opened(asking, answer)["refused_on-day"] == "8"


def test_what_was_typed_into_the_form_before_stays(asking: Browser) -> None:
    form = filled_in(asking.read(f"{PLACE}/record-authority-consent?answers_request=1"))
    form.pop("evidence")
    typed = {**form, "officer_title": "Director", "save": "draft"}
    asking.client.post(f"{PLACE}/record-authority-consent", data=typed, content_type="multipart/form-data")
    assert opened(asking, file(asking, letter(REFERENCE)))["officer_title"] == "Director"


def test_a_second_e_mail_begins_the_form_anew_and_says_that_a_draft_was_there(asking: Browser) -> None:
    first = opened(asking, file(asking, letter(REFERENCE)))
    second = file(asking, letter(REFERENCE, From="W. Otherwright <w@easterby.example>"))
    page = asking.read(second.headers["Location"])
    begun = filled_in(page)
    assert (first["officer_name"], begun["officer_name"]) == ("Vera Ploughwright", "W. Otherwright")
    assert [name for name in begun if name.endswith("-file_id")] == ["evidence-0-file_id"]
    assert begun["evidence-0-file_id"] != first["evidence-0-file_id"]
    assert "There was a draft of this form with the file of an earlier answer" in page


@pytest.mark.parametrize("content", [None, EXECUTABLE])
def test_no_file_or_one_that_is_no_document_is_told_plainly(asking: Browser, content: bytes | None) -> None:
    answer = file(asking, content)
    assert answer.status_code == 422
    assert "Nothing was recorded" in plain(answer)


def test_by_machine_agreed_takes_over_what_was_asked(asking: Browser) -> None:
    said = as_json(WORDING["record_authority_consent"].fields) | {"consent_id": str(named("new"))}
    for name in ("authority_id", "scope", "capacity"):
        said.pop(name)
    assert asking.post(f"{PLACE}/record-authority-consent", said).status_code == 422
    assert asking.post(f"{PLACE}/record-authority-consent", said | {"answers_request": 1}).status_code == 201
    differing = as_json(WORDING["record_authority_consent"].fields) | {"consent_id": str(named("newer"))}
    refused = asking.post(f"{PLACE}/record-authority-consent", differing | {"answers_request": 1})
    assert refused.status_code == 422
    assert refused.get_json()["breaches"][0]["field"] == "scope"
