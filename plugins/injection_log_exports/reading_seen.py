"""What a reader could see, as pages for a browser: one for the package, one for each case, its pictures beside them.

Pure layout: equal content gives equal bytes, no clock is read. Without scripts and without anything from elsewhere, so
that it opens from a folder or a medium. Deliberately judges nothing: what was found stands at the top, as it was found.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from injection_log.outputs import PRACTICE, OutputFile, OutputImpossible
from injection_log.reading.seen_content import SeenContent, SeenPage

_STYLE = """
body { font: 15px/1.45 sans-serif; margin: 2em auto; max-width: 62em; padding: 0 1em; color: #10202e; }
h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin-top: 1.8em; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .2em .9em .2em 0; border-bottom: 1px solid #c8cdd3; }
td.number, th.number { text-align: right; } code { font: 12px/1.4 monospace; overflow-wrap: anywhere; }
figure { display: inline-block; margin: 0 1em 1em 0; } img { max-width: 28em; width: 100%; background: #000; }
figcaption { color: #5a6068; font-size: .85em; }
.practice { background: #ffd84d; text-align: center; font-weight: bold; }
.well, .leak { border-left: .4em solid #007a4d; padding-left: .8em; }
.leak { border-color: #b00020; }
"""
_COVERED = (
    "Searched are the bytes of every file, the log's database included, and the words of every text. Pictures are "
    "looked through by people: before they were copied, and here again."
)


class ReadingSeen:
    """Output `reading_seen`: the pages and pictures of one package."""

    kind = "reading_seen"
    title = "What a blinded reader could see (HTML and pictures)"
    content = ""

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The first page, a page for each case, every picture; OutputImpossible when it is given something else."""
        if not isinstance(content, SeenContent):
            raise OutputImpossible("These pages need a reading package that was looked through; give them one.")
        found = [_html("index.html", _front(content))]
        for case in content.cases:
            found.append(_html(f"cases/{case.code}.html", _case(content, case)))
            for number, (_, png) in enumerate(case.pictures, start=1):
                found.append(OutputFile(f"pictures/{case.code}-{number}.png", "image/png", png))
        return tuple(found)


def _html(name: str, body: str) -> OutputFile:
    return OutputFile(name, "text/html", body.encode("utf-8"))


def _front(content: SeenContent) -> str:
    number = f"package {content.package} of {content.campaign}"
    rows = [
        (f'<a href="cases/{escape(case.code)}.html">{escape(case.code)}</a>', str(len(case.pictures)),
         str(len(case.files)), str(len(case.texts)))
        for case in content.cases
    ]  # fmt: skip
    listing = [(f"<code>{escape(name)}</code>", str(length), escape(at)) for name, length, at in content.listing]
    return _page(content, f"What the reader of {number} could see", "".join((
        _found(content), "<h2>Cases, in the order of reading</h2>",
        _table(("case", "pictures", "files", "texts"), rows, numbers=(1, 2, 3)),
        "<h2>Texts of no case</h2>", _texts(content.texts),
        "<h2>Every file, as a folder shows it</h2>", _table(("file", "bytes", "time (UTC)"), listing, numbers=(1,)),
    )))  # fmt: skip


def _found(content: SeenContent) -> str:
    searched = [(escape(kind), str(count)) for kind, count in content.searched_for]
    if content.leaks:
        told = _table(("what", "where"), [(escape(kind), escape(where)) for kind, where in content.leaks])
        warning = "<p><b>Found, and must not be there. Do not hand this package out.</b></p>"
        said = f'<div class="leak">{warning}{told}</div>'
    else:
        said = '<p class="well"><b>Nothing was found that must not be there.</b></p>'
    counted = _table(("kind", "how many"), searched, numbers=(1,))
    return f"<h2>What was searched for</h2>{said}<p>{_COVERED}</p>{counted}"


def _case(content: SeenContent, case: SeenPage) -> str:
    shown = "".join(
        f'<figure><img src="../pictures/{escape(case.code)}-{number}.png" alt="{escape(words)}">'
        f"<figcaption>{escape(words)}</figcaption></figure>"
        for number, (words, _) in enumerate(case.pictures, start=1)
    )
    files = [(f"<code>{escape(name)}</code>", str(length)) for name, length in case.files]
    leaks = [(escape(kind), escape(where)) for kind, where in content.leaks
             if where == case.code or where in {name for name, _ in case.files}]  # fmt: skip
    told = f'<div class="leak">{_table(("what", "where"), leaks)}</div>' if leaks else ""
    return _page(content, f"Case {case.code}", "".join((
        '<p><a href="../index.html">All cases</a></p>', told, "<h2>Pictures</h2>", shown,
        "<h2>Files</h2>", _table(("file", "bytes"), files, numbers=(1,)), "<h2>Texts</h2>", _texts(case.texts),
    )))  # fmt: skip


def _texts(texts: Iterable[str]) -> str:
    return "<ol>" + "".join(f"<li><code>{escape(text)}</code></li>" for text in texts) + "</ol>"


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], numbers: tuple[int, ...] = ()) -> str:
    """A table; cells are HTML already."""

    def line(cells: tuple[str, ...], tag: str) -> str:
        marked = (f'<{tag} class="number">' if at in numbers else f"<{tag}>" for at in range(len(cells)))
        return "<tr>" + "".join(f"{opened}{cell}</{tag}>" for opened, cell in zip(marked, cells, strict=True)) + "</tr>"

    return f"<table>{line(heads, 'th')}{''.join(line(row, 'td') for row in rows)}</table>"


def _page(content: SeenContent, title: str, body: str) -> str:
    practice = f'<p class="practice">{PRACTICE}</p>' if content.practice else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{practice}<h1>{escape(title)}</h1>{body}"
        f"<p>injection-log {escape(content.program_version)}, made {escape(content.printed_at)}</p></body></html>\n"
    )
