"""The guide's ten tasks: each can be done as it says, in the clicks and boxes it says, and within two minutes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import signed_in
from tests.browser.monday import MOMENT, on_that_monday
from tests.browser.tour import TASKS, Task
from tests.browser.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "tour.md").read_text(encoding="utf-8")
TWO_MINUTES = 120


def told(task: Task) -> tuple[int, int]:
    """The clicks and boxes that the guide's table says the task takes."""
    found = re.search(rf"^\| {task.number} \| {re.escape(task.title)} \| (\d+) \| (\d+) \|", GUIDE, re.MULTILINE)
    assert found, f"task {task.number} is not in the guide"
    return int(found[1]), int(found[2])


def test_the_ten_tasks_are_done_one_after_the_other_as_the_guide_says(browser: Browser, tmp_path: Path) -> None:
    """One test, since what one task enters the next finds."""
    with on_that_monday(tmp_path / "demo") as monday:
        for task in TASKS:
            page = signed_in(browser, monday, task.persona, width=1000)
            walk = Walk(page)
            task.do(walk, MOMENT.date())
            page.context.close()
            assert walk.seconds < TWO_MINUTES, task.title
            assert (walk.clicks, walk.boxes) == told(task), task.title


def test_every_task_has_its_picture_in_the_guide() -> None:
    for task in TASKS:
        assert f"(tour/{task.picture}.png)" in GUIDE
        assert (Path(__file__).resolve().parents[2] / "docs" / "tour" / f"{task.picture}.png").exists()
