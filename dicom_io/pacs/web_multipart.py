"""Takes a multipart/related body (RFC 2046, RFC 2387) apart while it arrives, within bounds. Knows no network.

Nothing of a part's headers is believed but that they end; a part is whole only when the boundary behind it was seen.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_MOST_HEADER_BYTES = 16 * 1024
_MOST_PREAMBLE_BYTES = 64 * 1024
_LONGEST_BOUNDARY = 70  # RFC 2046 5.1.1
_BOUNDARY = re.compile(r"""boundary=(?:"([^"\r\n]+)"|([^\s";,]+))""", re.IGNORECASE)


class MultipartBroken(Exception):
    """The body ended too early, or is no multipart body."""


def boundary_of(content_type: str) -> bytes:
    """The boundary named in a Content-Type. Raises MultipartBroken."""
    found = _BOUNDARY.search(content_type)
    name = "" if found is None else found[1] or found[2]
    if not content_type.lower().startswith("multipart/related") or not 0 < len(name) <= _LONGEST_BOUNDARY:
        raise MultipartBroken("no multipart/related")
    return name.encode("latin-1", "replace")


class MultipartReader:
    """The parts of one body: call `next_part`, then take all `pieces` of it, and so on until there is no part."""

    def __init__(self, read: Callable[[], bytes], boundary: bytes) -> None:
        """`read` gives the next bytes of the body, b"" at its end."""
        self._read = read
        self._mark = b"\r\n--" + boundary
        self._held = b"\r\n"  # the first boundary may stand at the very start
        self._started = False

    def next_part(self) -> bool:
        """Go to the next part's content; False when the body is over. Raises MultipartBroken."""
        if not self._started:
            self._skip_preamble()
            self._started = True
        while len(self._held) < 2:
            self._more()
        if self._held.startswith(b"--"):
            return False
        while (end := self._held.find(b"\r\n\r\n")) < 0:
            if len(self._held) > _MOST_HEADER_BYTES:
                raise MultipartBroken("headers without an end")
            self._more()
        self._held = self._held[end + 4 :]
        return True

    def pieces(self) -> Iterator[bytes | memoryview]:
        """The content of the part, until the boundary behind it. Raises MultipartBroken where that never comes."""
        keep = len(self._mark) - 1
        while (found := self._held.find(self._mark)) < 0:
            safe = len(self._held) - keep
            if safe > 0:
                yield memoryview(self._held)[:safe]
                self._held = self._held[safe:]
            self._more()
        if found:
            yield memoryview(self._held)[:found]
        self._held = self._held[found + len(self._mark) :]

    def _skip_preamble(self) -> None:
        while (found := self._held.find(self._mark)) < 0:
            if len(self._held) > _MOST_PREAMBLE_BYTES:
                raise MultipartBroken("no boundary")
            self._more()
        self._held = self._held[found + len(self._mark) :]

    def _more(self) -> None:
        piece = self._read()
        if not piece:
            raise MultipartBroken("ended early")
        self._held = b"".join((self._held, piece))
