"""The page of a binder: its HTML with the texts of its language, and the style and scripts that lie beside this file.

The order of the scripts is their order of loading. What is of one trial in the page is escaped; the digest of the
index is in it, so that the data hang on the page.
"""
from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from injection_log.outputs import OutputFile
from injection_log_exports.binder.texts import texts_in

if TYPE_CHECKING:
    from injection_log.binder_content import BinderContent
    from injection_log_exports.binder.data_files import DataText

SCRIPTS = (
    "start", "elements", "bytes", "sha256", "load", "tree", "replay", "ed25519", "signed", "shown", "check",
    "outside", "overview", "record", "pictures", "trail", "lists", "search", "paper", "result", "route",
)
"""The scripts in the order in which they are loaded, `start` first: it notices when another one does not come."""
STYLE = "binder.css"


def page_files(content: BinderContent, index: DataText) -> tuple[OutputFile, ...]:
    """The page, its style and its scripts."""
    here = files("injection_log_exports.binder")
    scripts = tuple(
        OutputFile(f"app/{name}.js", "text/javascript", here.joinpath(f"{name}.js").read_bytes()) for name in SCRIPTS
    )
    style = OutputFile(f"app/{STYLE}", "text/css", here.joinpath(STYLE).read_bytes())
    page = Template(here.joinpath("index.html").read_text("utf-8")).substitute(_places(content, index))
    return (OutputFile("index.html", "text/html", page.encode()), style, *scripts)


def _places(content: BinderContent, index: DataText) -> dict[str, str]:
    texts, about = texts_in(content.language), content.about
    title = f"{texts['binder']}: {about.study}, {about.site}"
    sources = [f"app/{name}.js" for name in SCRIPTS]
    sources.insert(len(sources) - 1, "data/index.js")  # everything is there before the last one starts the page
    return {
        "language": escape(content.language), "title": escape(title), "index_sha256": index.sha256,
        "practice": f'<p class="practice">{escape(texts["practice"])}</p>' if about.practice else "",
        "scripts": "\n".join(f'<script src="{source}"></script>' for source in sources),
        **{f"text_{name}": escape(text) for name, text in texts.items()},
    }
