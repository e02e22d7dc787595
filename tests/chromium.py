"""Debian's Chromium without a window, driven over its debugging pipe: pages from the disk, as an inspector opens them.

A request is one JSON text that ends with a zero byte; nothing else is installed for it. The page's own complaints
(console, exceptions, what the content policy blocked) are kept, so that a test can say that there were none.
"""
from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

PROGRAM = "chromium"
SECONDS = 60.0


class Page:
    """One page in a browser of its own."""

    def __init__(self, profile: Path) -> None:
        # Copies on high numbers first: where 3 and 4 are taken in this process, the child's would overwrite each other.
        to_browser, from_browser = os.pipe(), os.pipe()
        ends = os.dup(to_browser[0]), os.dup(from_browser[1])
        words = [
            PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe",
            "--window-size=1300,1000", f"--user-data-dir={profile}", "about:blank",
        ]
        joined = " ".join(f"'{word}'" for word in words)
        script = f"exec {joined} 3<&{ends[0]} 4>&{ends[1]} {ends[0]}<&- {ends[1]}>&-"
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", script], pass_fds=ends, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for end in (*ends, to_browser[0], from_browser[1]):
            os.close(end)
        self._to, self._from, self._left = to_browser[1], from_browser[0], b""
        self._number, self.complaints = 0, list[str]()
        target = self._ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self._ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self._session = session
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def open(self, path: Path, page: str = "") -> None:
        """Open a file of the disk and wait until its check has ended, or it could not begin."""
        self.ask("Page.navigate", {"url": "about:blank"})
        self.complaints.clear()
        self.ask("Page.navigate", {"url": path.resolve().as_uri() + page})
        ended = "['done', 'wrong'].includes(document.body.dataset.state)"
        broken = "document.readyState === 'complete' && window.binder && binder.failed.length"
        self.wait(f"document.body && location.protocol === 'file:' && ({ended} || ({broken}))")

    def go(self, page: str) -> None:
        """Go to another page of the binder, and wait until it is shown."""
        self.say(f"location.hash = {json.dumps(page)}")
        self.wait(f"document.body.dataset.page === {json.dumps(page.lstrip('#'))}")

    def say(self, script: str) -> Any:
        """What an expression gives; promises are waited for."""
        told = self.ask("Runtime.evaluate", {"expression": script, "awaitPromise": True, "returnByValue": True})
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def text(self, selector: str = "main") -> str:
        """The text that is seen there."""
        return str(self.say(f"document.querySelector({json.dumps(selector)}).innerText"))

    def wait(self, condition: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if self.say(condition):
                return
            time.sleep(0.05)
        raise AssertionError(f"this never became true: {condition}")

    def before_each(self, script: str) -> None:
        """Run this in every page before its own scripts."""
        self.ask("Page.addScriptToEvaluateOnNewDocument", {"source": script})

    def key(self, key: str, code: int, text: str = "") -> None:
        """Press and let go of one key."""
        pressed = {"key": key, "code": key, "windowsVirtualKeyCode": code, **({"text": text} if text else {})}
        self.ask("Input.dispatchKeyEvent", {"type": "keyDown", **pressed})
        self.ask("Input.dispatchKeyEvent", {"type": "keyUp", **pressed})

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """The page as a picture."""
        told = self.ask("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole})
        path.write_bytes(base64.b64decode(told["data"]))

    def pdf(self, path: Path) -> None:
        """The page as it prints."""
        told = self.ask("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": False})
        path.write_bytes(base64.b64decode(told["data"]))

    def ask(self, method: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
        """One request of the debugging protocol to the page."""
        return self._ask(method, parameters or {}, self._session)

    def close(self) -> None:
        """End the browser."""
        self._process.terminate()
        self._process.wait(20)
        os.close(self._to)
        os.close(self._from)

    def _ask(self, method: str, parameters: dict[str, Any], session: str = "") -> dict[str, Any]:
        self._number += 1
        request = {"id": self._number, "method": method, "params": parameters}
        data = json.dumps(request | ({"sessionId": session} if session else {})).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        while True:
            told = self._next()
            if told.get("id") == self._number:
                assert "error" not in told, told
                return dict(told["result"])
            self._note(told)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            ready, _, _ = select.select([self._from], [], [], SECONDS)
            assert ready, "the browser does not answer"
            self._left += os.read(self._from, 1 << 20)
        told, _, self._left = self._left.partition(b"\0")
        return dict(json.loads(told))

    def _note(self, told: dict[str, Any]) -> None:
        said = told.get("params", {})
        if told.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(said["exceptionDetails"].get("exception", said["exceptionDetails"])))
        if told.get("method") == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            self.complaints.append(said["entry"]["text"] + " " + str(said["entry"].get("url", "")))


def need_chromium() -> None:
    """Skip the test where there is no Chromium."""
    if shutil.which(PROGRAM) is None:
        pytest.skip("chromium is not on this machine")
