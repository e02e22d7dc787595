"""The process of one pull: reads its job, has it done by `fetching`, and reports to the process that started it.

Started by `dicom_io.pacs.worker_process` only, perhaps before there is a job. Ends when its standard input ends, so
it never outlives its parent. Its standard output carries pickled values to that parent and nothing else; it writes
no log.
"""
from __future__ import annotations

import os
import pickle
import sys
import threading
import warnings
from contextlib import ExitStack
from typing import BinaryIO

from dicom_io.gate import Gate

GATES = min(2, os.cpu_count() or 1)
"""Judging a clip takes longer than receiving it, and the network waits on one thread anyway."""


def main() -> None:
    """Get ready, read the job from standard input, do it, report, end."""
    warnings.simplefilter("ignore")  # they would hold values of the files
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end up between our values
    with ExitStack() as ends:
        gates = [ends.enter_context(Gate()) for _ in range(GATES)]
        gates[0].warm()  # its process loads the decoders while this one loads the network
        from dicom_io.pacs import fetching

        for gate in gates[1:]:
            gate.warm()

        try:
            job = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
        except EOFError:
            return  # a spare worker that was never needed
        threading.Thread(target=_end_with_parent, daemon=True).start()
        lock = threading.Lock()

        def tell(value: object) -> None:
            with lock:
                _write(out, value)

        tell(fetching.fetch(job, gates, tell))
        out.close()
    os._exit(0)  # pynetdicom's threads may still be closing their sockets


def _write(out: BinaryIO, value: object) -> None:
    pickle.dump(value, out)
    out.flush()


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(1024):
        pass
    os._exit(1)  # the gate's process sees its own input end


if __name__ == "__main__":
    main()
