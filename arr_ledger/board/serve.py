"""The boards of one file over HTTP, for this machine alone; drawn anew when the file changes."""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from arr_ledger.problems import RefusedError

HOST = "127.0.0.1"
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


class Pages:
    """The pages of a file as it is now; those of before where it cannot be read now."""

    def __init__(self, database: Path, render: Callable[[Path], Any], folder: Path) -> None:
        self._database, self._render, self.folder = database, render, folder
        self._lock = threading.Lock()
        self._seen = self._state()
        render(folder)

    def refresh(self) -> None:
        """Draws the pages anew if the file is another one than it was."""
        with self._lock:
            seen = self._state()
            if seen is None or seen == self._seen:
                return
            self._seen = seen
            try:
                self._render(self.folder)
            except RefusedError as refusal:
                print(f"Still shown as before: {refusal}", file=sys.stderr)

    def _state(self) -> tuple[int, ...] | None:
        try:
            found = self._database.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


class Handler(SimpleHTTPRequestHandler):
    """Files of the pages and nothing else, to a browser that asked for this machine by name."""

    def __init__(self, *arguments: Any, pages: Pages, **named: Any) -> None:
        self._pages = pages
        super().__init__(*arguments, directory=str(pages.folder), **named)

    def send_head(self) -> Any:
        # a page of elsewhere may lead its own host name to this address
        name = self.headers.get("Host", "").rpartition(":")[0]
        if name not in (HOST, "localhost"):
            self.send_error(HTTPStatus.FORBIDDEN)
            return None
        path = self.path.partition("?")[0]
        if path.endswith((".html", "/")):
            self._pages.refresh()
        return super().send_head()

    def list_directory(self, path: Any) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Says nothing: which page was asked for is not kept."""


def server_of(pages: Pages, port: int) -> ThreadingHTTPServer:
    """A server of the pages that listens already. RefusedError: the port cannot be used."""
    try:
        return ThreadingHTTPServer((HOST, port), partial(Handler, pages=pages))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RefusedError(f"--port {port}: cannot be used ({reason}); name another.") from None


def serve(
    database: Path,
    render: Callable[[Path], Any],
    port: int,
    started: Callable[[str], None],
) -> None:
    """Serves until it is interrupted; ``started`` gets the address."""
    with (
        tempfile.TemporaryDirectory(prefix="arr_ledger_boards_") as folder,
        server_of(Pages(database, render, Path(folder) / "pages"), port) as server,
        suppress(KeyboardInterrupt),
    ):
        started(f"http://{HOST}:{server.server_address[1]}/")
        server.serve_forever()
