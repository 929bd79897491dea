"""One person's way through a task: what they click, fill in and wait for, counted as it is done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Error, Locator, Page

# Keystroke-level model (Card, Moran and Newell 1980), in seconds: a key by an average typist, pointing with a mouse,
# moving the hands between keyboard and mouse, and the thought before each thing done.
KEY, POINT, HOME, THINK = 0.28, 1.1, 0.4, 1.35


@dataclass
class Walk:
    """A task being done: pages, clicks, boxes and keys so far, and a picture of whatever it shows."""

    page: Page
    pictures: Path | None = None
    clicks: int = 0
    boxes: int = 0
    keys: int = 0

    @property
    def seconds(self) -> int:
        """How long the task takes a person who knows it, by the keystroke-level model; no clock is read."""
        pointing = self.clicks * (THINK + POINT + KEY)
        typing = self.boxes * (THINK + POINT + 2 * HOME + KEY) + self.keys * KEY
        return round(pointing + typing)

    def click(self, target: Locator) -> None:
        """Press a link, a button, a radio or a tick-box."""
        target.first.click()
        self.clicks += 1

    def link(self, name: str | re.Pattern[str], *, within: str = "main") -> None:
        """Follow a link by its words."""
        self.click(self.page.locator(within).get_by_role("link", name=name))

    def button(self, name: str | re.Pattern[str]) -> None:
        """Press a button by its words."""
        self.click(self.page.get_by_role("button", name=name))

    def choose(self, name: str, value: str | re.Pattern[str]) -> None:
        """Choose from a list by its name in the form, or press the radio of that value."""
        chooser = self.page.locator(f"select[name='{name}']")
        if chooser.count() and isinstance(value, re.Pattern):
            words = [text for text in chooser.first.locator("option").all_inner_texts() if value.search(text)]
            chooser.first.select_option(label=words[0])
        elif chooser.count():
            chooser.first.select_option(value=str(value))
        else:
            self.page.locator(f"input[name='{name}'][value='{value}']").first.check()
        self.clicks += 1 if not chooser.count() else 2

    def fill(self, name: str, text: str) -> None:
        """Type into a box."""
        self.page.locator(f"main [name='{name}']").first.fill(text)
        self.boxes += 1
        self.keys += len(text)

    def date(self, name: str, day: date) -> None:
        """Type a date into its three boxes, going from one to the next with the tabulator."""
        for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
            self.page.locator(f"main [name='{name}-{part}']").first.fill(str(value))
            self.keys += len(str(value)) + 1
        self.boxes += 1

    def upload(self, name: str, file: str, content: bytes, media_type: str) -> None:
        """Choose a file from this machine: the button, the file, and Open."""
        given = {"name": file, "mimeType": media_type, "buffer": content}
        self.page.locator(f"input[type=file][name='{name}']").first.set_input_files(given)  # type: ignore[arg-type]  # a file payload
        self.clicks += 3

    def see(self, text: str | re.Pattern[str]) -> None:
        """Fail where the page does not say this."""
        self.page.wait_for_load_state()
        said = self.page.locator("body").inner_text()
        found = re.search(text, said) if isinstance(text, re.Pattern) else text in said
        assert found, f"{text!r} is not on {self.page.url}:\n{said[:3000]}"

    def recorded(self) -> None:
        """Fail where what was sent is not recorded; a form says “recorded” too, of what it will do."""
        heading = self.page.locator("h1").filter(has_text=re.compile("^Recorded$"))
        try:
            heading.wait_for(timeout=15_000)
        except Error:
            raise AssertionError(self.page.locator("main").inner_text()[:3000]) from None

    def picture(self, name: str) -> None:
        """Keep a picture of the page, from its heading on."""
        if self.pictures is not None:
            self.page.locator("main").wait_for()
            self.page.evaluate("document.querySelector('main').scrollIntoView()")
            self.page.screenshot(path=self.pictures / f"{name}.png")
