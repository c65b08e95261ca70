"""SIGTERM while a script runs."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from torchcheck.cli.terminable import Terminable, Terminated

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX signals")


@pytest.fixture(autouse=True)
def _default() -> None:
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_the_signal_ends_the_block_and_the_default_is_back() -> None:
    with pytest.raises(Terminated), Terminable() as terminable:
        signal.raise_signal(signal.SIGTERM)
    assert terminable.terminated
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_without_a_signal_the_default_is_back() -> None:
    with Terminable() as terminable:
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    assert not terminable.terminated
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_handler_of_the_scripts_own_stays() -> None:
    try:
        with Terminable() as terminable:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
        with Terminable():
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
        assert not terminable.terminated
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def test_only_the_main_thread_listens() -> None:
    seen = []

    def listen() -> None:
        with Terminable():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]


def test_a_child_process_dies_as_ever() -> None:
    with Terminable() as terminable:
        child = os.fork()
        if not child:
            time.sleep(5)
            os._exit(0)
        os.kill(child, signal.SIGTERM)
        _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGTERM
    assert not terminable.terminated
