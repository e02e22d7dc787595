"""A binder on the disk and what somebody may do to it: change a byte, take a file away, forge what fits."""
from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any


def copied(binder: Path, folder: Path) -> Path:
    """A copy to be spoilt."""
    return shutil.copytree(binder, folder / "binder")


def change_byte(path: Path, of: bytes, to: bytes) -> None:
    """Change the first place where these bytes stand; as many bytes as before."""
    data = path.read_bytes()
    assert of in data
    assert len(of) == len(to)
    path.write_bytes(data.replace(of, to, 1))


def read_data(binder: Path, name: str) -> Any:
    """What a data file says."""
    return json.loads(_text(binder, name))


def forge(binder: Path, name: str, change: Callable[[Any], None]) -> None:
    """Change what a data file says, and make every digest above it fit again: the index, and the page."""
    said = read_data(binder, name)
    change(said)
    text = json.dumps(said)
    _write(binder, name, text)
    if name != "index":
        index = read_data(binder, "index")
        index["files"][name] = sha256(text.encode()).hexdigest()
        _write(binder, "index", json.dumps(index))
    page = binder / "index.html"
    digest = sha256(_text(binder, "index").encode()).hexdigest()
    page.write_text(re.sub(r'(binder-index" content=")[0-9a-f]{64}', rf"\g<1>{digest}", page.read_text()))


def _text(binder: Path, name: str) -> str:
    script = (binder / "data" / f"{name}.js").read_text()
    return str(json.loads("[" + script.strip().removeprefix("binder.take(").removesuffix(");") + "]")[1])


def _write(binder: Path, name: str, text: str) -> None:
    (binder / "data" / f"{name}.js").write_text(f"binder.take({json.dumps(name)}, {json.dumps(text)});\n")
