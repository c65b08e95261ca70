"""Runs programs, each in a forked child of one process that has imported torch already.

It reads one JSON object a line, `{"script": ..., "probes": true, "select": [...]}`, and answers with one line:
`{"status": 0, "findings": [...], "remarks": [...], "output": "..."}`. Findings are those of the runtime lens.
"""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import IO, Any

LIMIT = 60  # seconds that a program may take


def serve() -> None:
    """Answer requests until the input ends."""
    import sklearn.datasets
    import sklearn.model_selection
    import sklearn.preprocessing  # noqa: F401
    import torch._dynamo  # every optimizer imports it: once here is enough

    torch.set_num_threads(1)
    with contextlib.suppress(ImportError):
        import torchcheck.probe.script
        import torchcheck.selection  # noqa: F401

    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as result:
        child = os.fork()
        if child == 0:
            _be_the_child(request, output, result)
        _, ended = os.waitpid(child, 0)
        texts = []
        for file in (output, result):
            file.seek(0)
            texts.append(file.read())
    status = os.waitstatus_to_exitcode(ended)
    reply = json.loads(texts[1]) if texts[1] else {"status": status or 1, "findings": [], "remarks": []}
    return {**reply, "output": texts[0][-4000:]}


def _be_the_child(request: dict[str, Any], output: IO[str], result: IO[str]) -> None:
    """Run the program and leave the process; what it prints goes to `output`."""
    try:
        signal.alarm(LIMIT)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        run = _probed if request["probes"] else _plain
        json.dump(run(request), result)
        result.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        with contextlib.suppress(Exception):
            sys.stderr.flush()
        os._exit(0)


def _plain(request: dict[str, Any]) -> dict[str, Any]:
    script, status = request["script"], 0
    sys.argv = [script]
    sys.path[0] = str(Path(script).parent)
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    return {"status": status, "findings": [], "remarks": []}


def _probed(request: dict[str, Any]) -> dict[str, Any]:
    from torchcheck.probe.script import run_script
    from torchcheck.selection import Selection

    rules = Selection(extend_select=tuple(request["select"])).rules()
    outcome = run_script(request["script"], [], module=False, rules=rules, every=None, steps=None, fail_fast=False)
    findings = [finding.to_json() for finding in outcome.findings]
    return {"status": outcome.status, "findings": findings, "remarks": outcome.remarks}


if __name__ == "__main__":
    serve()
