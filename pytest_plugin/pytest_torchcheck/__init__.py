"""The pytest plugin of torchcheck: a training bug that doesn't crash fails its test.

The fixture `torchcheck` or the marker `@pytest.mark.torchcheck` watches one test, `--torchcheck` every test; `options`
says which setting wins. The package stands outside `torchcheck` and imports neither torch nor a probe, so that the
start of pytest costs nothing in projects that only have it installed.
"""

from pytest_torchcheck.fixture import TorchcheckFixture as TorchcheckFixture
from pytest_torchcheck.fixture import torchcheck as torchcheck
from pytest_torchcheck.hooks import pytest_runtest_call as pytest_runtest_call
from pytest_torchcheck.hooks import pytest_runtest_makereport as pytest_runtest_makereport
from pytest_torchcheck.hooks import pytest_runtest_setup as pytest_runtest_setup
from pytest_torchcheck.hooks import pytest_runtest_teardown as pytest_runtest_teardown
from pytest_torchcheck.options import pytest_addoption as pytest_addoption
from pytest_torchcheck.session import pytest_configure as pytest_configure
from pytest_torchcheck.session import pytest_report_header as pytest_report_header
from pytest_torchcheck.session import pytest_sessionfinish as pytest_sessionfinish
from pytest_torchcheck.summary import pytest_terminal_summary as pytest_terminal_summary
