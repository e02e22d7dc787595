"""The inspection binder: one folder of plain files that any browser opens from the disk, and that checks itself.

Pure: content in, files out. The page (`index.html`, `binder.css`, the scripts beside this file) is the same for every
binder; what is of one trial lies in `data/` as text inside scripts, because a page that was opened from a disk may
load nothing else. Nothing is drawn or gathered here.
"""
from __future__ import annotations

from injection_log.binder_content import BinderContent
from injection_log.outputs import OutputFile, OutputImpossible
from injection_log_exports.binder.data_files import data_files
from injection_log_exports.binder.page import page_files


class Binder:
    """Makes the binder."""

    kind = "binder"
    title = "Inspection binder (HTML): records, pictures, history and the log, checked in the browser"
    content = "binder"

    def files(self, content: object) -> tuple[OutputFile, ...]:
        """The page and its data. Raises OutputImpossible for content that is not a binder's."""
        if not isinstance(content, BinderContent):
            raise OutputImpossible("The binder is made of a BinderContent; ask for it by `export binder`.")
        index, data = data_files(content)
        return (*page_files(content, index), *data)
