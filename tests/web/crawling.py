"""Walks the service by its own links, one page of each kind, and reads what a person sees on it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit
from xml.etree.ElementTree import Element

import html5lib

from tests.web.browsing import Browser

_NAMES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d|(?<=/)\d+|(?<=/)(AM|PM)(?=/|$)")
_FILES = re.compile(r"\.(json|csv|zip|tlog-proof|txt|eml|pdf)\b|^/(static|demo|checkpoint|policy|sign-out|files)")
_UNSEEN = frozenset({"script", "style", "template", "head"})
_SMALL = frozenset({"govuk-body-s", "app-missing-list__rule", "app-due__who", "app-entry__by", "govuk-hint"})
"""Classes of small print, where a rule may be named by its number."""


def kind(address: str) -> str:
    """What sort of page an address is: references, dates and numbers left out, the names of its questions kept."""
    parts = urlsplit(address)
    asked = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return _NAMES.sub("…", parts.path) + ("?" + "&".join(asked) if asked else "")


def pages(browser: Browser, *first: str) -> Iterator[tuple[str, str]]:
    """Every kind of page that can be reached by links from the first ones: its address and its HTML."""
    waiting, seen = deque(first or ["/"]), {kind(address) for address in first or ["/"]}
    while waiting:
        address = waiting.popleft()
        answer = browser.get(address)
        if answer.mimetype != "text/html":
            continue
        yield address, answer.text
        for href in re.findall(r'<a\b[^>]*href="(/[^"]*|\?[^"]*)"', answer.text):
            found = urldefrag(href.replace("&amp;", "&"))[0]
            target = urlsplit(address).path + found if found.startswith("?") else found
            if not _FILES.search(target) and kind(target) not in seen:
                seen.add(kind(target))
                waiting.append(target)


def visible(page: str, *, small: bool = True) -> str:
    """What a person reads on a page, its title included; without the small print where `small` is False."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    title = tree.findtext("head/title") or ""
    return re.sub(r"\s+", " ", f"{title} . {' '.join(_texts(tree, small))}")


def _texts(element: Element, small: bool) -> Iterator[str]:
    if element.tag in _UNSEEN or (not small and _SMALL & set((element.get("class") or "").split())):
        return
    yield element.text or ""
    for child in element:
        yield from _texts(child, small)
        yield child.tail or ""
