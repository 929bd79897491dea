"""The ten tasks of a working week, done in a real browser as the person whose task it is.

`python -m tests.browser.tour FOLDER` does them, writes their pictures to a folder and prints the table of
`docs/tour.md`; the tests do them again and compare what each takes with that table. One task follows from another, as
in a real week.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET, signed_in
from tests.browser.monday import MOMENT, on_that_monday
from tests.browser.walk import Walk

WAITS = re.compile("Waits for consent")


@dataclass(frozen=True)
class Task:
    """One task: whose it is, what it is called in the guide, its picture's name, and how it is done."""

    number: int
    persona: str
    title: str
    picture: str
    do: Callable[[Walk, date], None]


def pupil_without_a_placement(walk: Walk) -> str:
    """Before the first task: the school's own reference of a pupil for whom only paper tells of a placement."""
    everyone = walk.page.request.get("/whereabouts.json").json()
    offered = walk.page.request.get("/placements/add-existing").text()
    return next(
        one["local_ref"] for one in everyone if one["placement_id"] is None and f"({one['local_ref']})" in offered
    )


def enter_existing(walk: Walk, today: date) -> None:
    """A placement that has been running for a year, from its paper file."""
    without = pupil_without_a_placement(walk)
    walk.page.goto("/")
    walk.link("Placements", within="nav")
    walk.link("Add an existing placement")
    walk.choose("pupil_id", re.compile(re.escape(without)))
    walk.choose("site_id", re.compile("Northbeck"))
    walk.date("started_on", today - timedelta(days=330))
    walk.date("proposed_end", today + timedelta(days=200))
    walk.choose("legal_gateway", "school_arranged_by_agreement")
    walk.choose("arranged_by", "school")
    walk.date("approved_on", today - timedelta(days=335))
    walk.fill("approved_by", "Harriet Dunmore")
    walk.fill("approver_title", "Head Teacher")
    walk.fill("consents-0-authority_name", "Easterby County Council (demo)")
    walk.fill("consents-0-officer_name", "Colm Ferrars")
    walk.fill("consents-0-officer_title", "SEN officer")
    walk.date("consents-0-given_on", today - timedelta(days=340))
    walk.choose("consents-0-medium", "letter")
    walk.choose("consents-0-capacity", "education_sen")
    walk.upload("evidence", "consent.pdf", b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\n%%EOF\n", "application/pdf")
    walk.picture("1-existing-placement")
    walk.button("Add an existing placement")
    walk.recorded()


def ask_authority(walk: Walk, today: date) -> str:
    """Before the second task: an authority is asked for its consent; returns the reference it is asked to name."""
    page = walk.page
    page.goto("/placements?status=assessed")
    page.get_by_role("row").filter(has_text=WAITS).get_by_role("link").first.click()
    page.goto(f"{page.url}/request-authority-consent")
    page.locator("input[name=capacity]").first.check()
    for part, value in (("day", today.day), ("month", today.month), ("year", today.year)):
        page.locator(f"[name=scope-starts_on-{part}]").fill(str(value))
    page.locator("[name=sent_to]").fill("Colm Ferrars, SEN officer, sen@easterby.example")
    page.get_by_role("button", name="Ask a placing authority").click()
    page.get_by_role("link", name=re.compile("text for the e-mail")).click()
    found = re.search(r"AP-[0-9A-F]{8}-\d+", page.locator("body").inner_text())
    assert found, page.locator("body").inner_text()[:3000]
    return found[0]


def answer(reference: str, today: date) -> bytes:
    """The e-mail with which the authority answers."""
    mail = EmailMessage()
    mail["From"] = "Colm Ferrars <sen@easterby.example>"
    mail["To"] = "office@rowan-hill.example"
    mail["Date"] = f"{today:%a, %d %b %Y} 07:10:00 +0000"
    mail["Subject"] = f"RE: Consent to alternative provision, {reference}"
    mail["Message-ID"] = "<demo-answer@easterby.example>"
    mail.set_content("Agreed, go ahead.\n\nColm Ferrars\nSEN officer")
    return mail.as_bytes()


def file_answer(walk: Walk, today: date) -> None:
    """The authority's e-mail is filed: it names the request, so nobody types what it covers."""
    reference = ask_authority(walk, today)
    walk.page.goto("/")
    walk.link(re.compile("File an authority's answer"))
    walk.upload("answer", "answer.eml", answer(reference, today - timedelta(days=1)), "message/rfc822")
    walk.choose("says", "consents")
    walk.button("Go on")
    walk.see(reference)
    walk.fill("officer_title", "SEN officer")
    walk.picture("2-authority-email")
    walk.button("Record a placing authority's consent")
    walk.recorded()


def clear_what_blocks(walk: Walk, today: date) -> None:
    """What keeps a placement from being approved stands in one list; a parent's agreement is entered from there."""
    walk.link("Placements", within="nav")
    walk.click(walk.page.get_by_role("row").filter(has_text=WAITS).get_by_role("link"))
    walk.see(re.compile("Still missing"))
    walk.picture("3-still-missing")
    walk.link(re.compile("Record a parent's agreement"))
    walk.date("given_on", today - timedelta(days=1))
    walk.choose("medium", "signed_form")
    walk.button("Record a parent's agreement")
    walk.recorded()
    walk.link(re.compile("Go to the placement"))
    walk.link(re.compile("Record a check of the registration"))
    walk.choose("regime", "registered_independent_urn")
    walk.fill("identifier", "999140")
    walk.fill("source", "Get Information about Schools")
    walk.choose("status", "open")
    walk.button("Record a check of the registration")
    walk.recorded()
    walk.page.goto("/placements?status=assessed")
    walk.see(re.compile("Consents in force"))


def approve(walk: Walk, _: date) -> None:
    """The Head Teacher approves what waits, from the first page."""
    walk.link("Placements that await a decision")
    walk.click(
        walk.page.get_by_role("row")
        .filter(has_text="Consents in force")
        .filter(has_not_text="Whitethorn")
        .get_by_role("link")
    )
    walk.link(re.compile("^Approve the placement"))
    walk.fill("decision_reason", "Assessments, consents and plan were read; this is the right provision now.")
    walk.picture("4-approve")
    walk.button("Approve the placement")
    walk.recorded()


def start_urgently(walk: Walk, _: date) -> None:
    """A placement without plan, starting point and provider's agreement starts today, each put off to a day."""
    walk.link("Placements", within="nav")
    row = walk.page.get_by_role("row").filter(has_text="Assessed").filter(has_text="Whitethorn")
    walk.click(row.get_by_role("link"))
    walk.click(walk.page.locator("main summary").filter(has_text="Record something"))
    walk.link(re.compile("urgently"))
    walk.fill("reason", "The pupil cannot be kept safe in school from today.")
    walk.fill("reported_to", "Casimir Hollowbrook, centre lead")
    walk.picture("5-urgent-start")
    walk.button("Start the placement urgently")
    walk.recorded()


def take_register(walk: Walk, _: date) -> None:
    """Today's register: everybody of a provider with one tick, one who is missing with a code."""
    walk.link("Register", within="nav")
    ticks = walk.page.locator("main input[type=checkbox][name$='-AM']")
    for number in range(ticks.count()):
        walk.click(ticks.nth(number))
    absent = walk.page.locator("main select[name^='code-'][name$='-AM']").first
    name = absent.get_attribute("name")
    assert name
    walk.choose(name, "N")
    walk.picture("6-register")
    walk.button("Save the register")
    walk.recorded()


def amend(walk: Walk, _: date) -> None:
    """A mark is amended with its five elements: original, amended, reason, date, and who amends."""
    walk.link("Register", within="nav")
    walk.click(walk.page.locator("main").get_by_role("link", name=re.compile("^Amend")))
    walk.choose("amended_code", "I")
    walk.choose("reason_code", "reason_established")
    walk.fill("reason", "Mother rang at 9.40: ill with a cold.")
    walk.picture("7-amend")
    walk.button("Amend")
    walk.recorded()


def find_reviews(walk: Walk, _: date) -> None:
    """Every review that is overdue, in one list."""
    walk.link("What needs doing", within="nav")
    walk.click(walk.page.locator("main summary").filter(has_text="Show only some of it"))
    walk.choose("owner", re.compile("Everyone"))
    walk.choose("about", re.compile("Reviews"))
    walk.button("Show")
    walk.see(re.compile("review was due|no review", re.IGNORECASE))
    walk.picture("8-overdue-reviews")


def print_inspection_list(walk: Walk, _: date) -> None:
    """The list an inspection asks for on the telephone, on paper."""
    walk.link("Inspection list", within="nav")
    walk.picture("9-inspection-list")
    assert walk.page.pdf(format="A4").startswith(b"%PDF")
    walk.clicks += 1  # the browser's own print


def show_who_approved(walk: Walk, _: date) -> None:
    """An inspector is shown who approved a placement, in what office, and the entry itself."""
    walk.link("Who approved what", within="nav")
    walk.picture("10-who-approved")
    given = walk.page.get_by_role("row").filter(has_text="Approval of the placement").filter(has_not_text="Missing")
    walk.click(given.get_by_role("link", name=re.compile(r"\d{4}")))
    walk.see("unaltered since it was entered")


TASKS = (
    Task(1, "ap-lead", "Enter a running placement", "1-existing-placement", enter_existing),
    Task(2, "ap-lead", "File the authority's e-mail", "2-authority-email", file_answer),
    Task(3, "ap-lead", "Find what blocks an approval and clear it", "3-still-missing", clear_what_blocks),
    Task(4, "head-teacher", "Approve", "4-approve", approve),
    Task(5, "head-teacher", "Start urgently", "5-urgent-start", start_urgently),
    Task(6, "attendance-officer", "Take Monday's register", "6-register", take_register),
    Task(7, "attendance-officer", "Amend a mark with its five elements", "7-amend", amend),
    Task(8, "dsl", "Find every overdue review", "8-overdue-reviews", find_reviews),
    Task(9, "head-teacher", "Print the inspection list", "9-inspection-list", print_inspection_list),
    Task(10, "inspector", "See who approved, and on what authority", "10-who-approved", show_who_approved),
)


def row(task: Task, walk: Walk) -> str:
    """A task's line of the guide's table."""
    return f"| {task.number} | {task.title} | {walk.clicks} | {walk.boxes} | {walk.seconds} s |"


def main(pictures: Path) -> None:
    """Do every task, keep the pictures, and print the table."""
    pictures.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        on_that_monday(Path(folder) / "demo") as served,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=os.environ[CHROMIUM], args=list(QUIET))
        for task in TASKS:
            page = signed_in(chromium, served, task.persona, width=1000)
            walk = Walk(page, pictures)
            task.do(walk, MOMENT.date())
            print(row(task, walk), flush=True)
            page.context.close()
        chromium.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
