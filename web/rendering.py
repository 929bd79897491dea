"""One page, three forms: what a view found becomes HTML, its JSON twin or its CSV twin under the same permission."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any
from urllib.parse import urlencode

import msgspec
from flask import Response, render_template, request

from web.desk import desk

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
PAGE_SIZE = 25
_IN_MEMORY, _PIECE = 1_000_000, 65_536


@dataclass(frozen=True)
class Page:
    """What a view answers: a template with its content, and of that the part that the twins give."""

    template: str
    title: str
    shows: Mapping[str, Any] = field(default_factory=dict)
    data: Any = None
    rows: Iterable[Mapping[str, Any]] = ()
    columns: Sequence[str] = ()
    version: int | None = None
    status: int = 200


@dataclass(frozen=True)
class Paged:
    """One page of a longer list."""

    items: tuple[Any, ...]
    number: int
    pages: int
    total: int
    size: int = PAGE_SIZE

    @property
    def start(self) -> int:
        """How many items come before this part."""
        return (self.number - 1) * self.size

    def link(self, number: int) -> str:
        """The same page with another part of the list."""
        others = [(name, value) for name, value in request.args.items(multi=True) if name != "page" and value]
        return "?" + urlencode([*others, ("page", number)])


def paged(items: Sequence[Any]) -> Paged:
    """The part of a list that `?page=` asks for; a number out of range means the first."""
    part = asked_part(len(items))
    return replace(part, items=tuple(items[part.start : part.start + PAGE_SIZE]))


def asked_part(total: int, size: int = PAGE_SIZE) -> Paged:
    """Which part of a list of so many `?page=` asks for, its items yet to be fetched."""
    pages = max(1, -(-total // size))
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    return Paged((), number if 1 <= number <= pages else 1, pages, total, size)


def render(answer: Page | Response) -> Response:
    """Give the page in the form that was asked for."""
    if isinstance(answer, Response):
        return answer
    wants = desk().wants
    if wants == "csv":
        response = Response(Kept(lambda out: out.writelines(table(answer.columns, answer.rows))), mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(answer)}.csv"'
    elif wants == "json" and isinstance(answer.data, Iterator):
        array = _array(answer.data)
        response = Response(Kept(lambda out: out.writelines(array)), answer.status, mimetype="application/json")
    elif wants == "json":
        response = json_response(answer.data, answer.status)
    else:
        response = Response(render_template(answer.template, page=answer, **answer.shows), answer.status)
    if answer.version is not None:
        response.headers["ETag"] = f'"{answer.version}"'
    return response


def json_response(data: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    """JSON of dataclasses, structs and plain values."""
    return Response(msgspec.json.encode(msgspec.to_builtins(data, str_keys=True)) + b"\n", status, mimetype=mimetype)


class Kept:
    """A long answer, made whole before any of it leaves: in memory up to a megabyte, then in a file without a name.

    What goes wrong while it is made is then still an error page, and whom it names can be found before it is sent.
    """

    def __init__(self, write: Callable[[IO[bytes]], object]) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the response
        try:
            write(self._file)
        except BaseException:
            self._file.close()
            raise

    def pieces(self) -> Iterator[bytes]:
        """Its content in pieces of whole lines."""
        self._file.seek(0)
        while lines := self._file.readlines(_PIECE):
            yield b"".join(lines)

    def __iter__(self) -> Iterator[bytes]:
        """Its content, once."""
        with self._file:
            self._file.seek(0)
            while piece := self._file.read(_PIECE):
                yield piece

    def close(self) -> None:
        """Give up the content; called when the answer was sent or broken off."""
        self._file.close()


def _array(items: Iterator[Any]) -> Iterator[bytes]:
    """JSON of a long list, an item a line."""
    opening = b"[\n"
    for item in items:
        yield opening + msgspec.json.encode(msgspec.to_builtins(item, str_keys=True))
        opening = b",\n"
    yield b"\n]\n" if opening == b",\n" else b"[]\n"


def table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """CSV as it is made: with the mark that spreadsheets know UTF-8 by, and no cell they would take for a formula."""
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for line in _lines(columns, rows):
        writer.writerow(line)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    yield list(columns)
    for row in rows:
        yield [_cell(row.get(name)) for name in columns]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple | dict):
        text = msgspec.json.encode(value).decode()
    else:
        text = str(msgspec.to_builtins(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _file_name(page: Page) -> str:
    return "".join(each if each.isalnum() else "-" for each in page.title.lower()).strip("-")
