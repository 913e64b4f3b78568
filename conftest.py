"""How many processes run the tests: one for each core, unless somebody looks at single ones or measures.

`suite_times`, in tests/, says in the end where the time went.
"""

import os

import pytest
import suite_times


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Of ``-n auto``: none where every argument names a file or a test of one, and none for benchmarks."""
    named = config.option.file_or_dir
    if named and all("::" in name or name.endswith((".py", ".md")) for name in named):
        return 0
    return 0 if config.option.benchmark_enable else suite_times.cores()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Linear algebra shares the cores with the other processes, before NumPy is loaded; and the table."""
    config.pluginmanager.register(suite_times)
    if workers := config.option.numprocesses:
        for library in ("OMP", "OPENBLAS", "MKL"):
            os.environ.setdefault(f"{library}_NUM_THREADS", str(max(1, suite_times.cores() // workers)))
