"""Checks that are forked from a process that has started are as separate as fresh interpreters."""

import contextlib
import json
import os
import pickle
import time
from pathlib import Path

import pytest

from lemmata.claims import Effort
from lemmata.claims.isolation import Supervisor, Task
from lemmata.claims.workers import CAN_FORK

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CAN_FORK, reason="processes are not copied here")]

PASSES = "run.clause().equal(1, 1)"
PARENT = "parent = open(f'/proc/{os.getppid()}/cmdline').read()\n"
FORKED = PARENT + "run.clause().equal('lemmata.claims.server' in parent, True)"
FRESH = PARENT + "run.clause().equal('lemmata.claims.server' in parent, False)"


def rows(book, *arguments, status=0):
    result = book.run("--json", "r.json", *arguments)
    assert result.returncode == status, result.stdout + result.stderr
    data = json.loads((book.path / "r.json").read_text())
    assert not book.processes(b"lemmata.claims."), "nothing outlives the run"
    return {theorem["id"]: theorem for theorem in data["theorems"]}


def labels(found):
    return [row["label"] for row in found.values()]


def test_a_check_has_a_session_a_thread_and_files_of_its_own(book):
    body = """
import threading
fds = [f'/proc/self/fd/{n}' for n in range(100)]
kinds = [os.readlink(fd) for fd in fds if os.path.lexists(fd)]
run.clause().equal(len([kind for kind in kinds if kind.startswith('pipe:')]), 2)
run.clause().equal([kind for kind in kinds if 'socket' in kind or 'anon_inode' in kind], [])
run.clause().equal((os.getsid(0), os.getpgrp()), (os.getpid(), os.getpid()))
run.clause().equal(open('/proc/self/oom_score_adj').read(), '1000\\n')
run.clause().equal([os.environ['OMP_NUM_THREADS'], threading.active_count()], ['1', 2])
time.sleep(0.5)  # so that there are several at a time
"""
    for number in range(1, 6):
        book.add(f"SAM-{number}", body + FORKED)
    assert labels(rows(book, "--jobs", "3")) == ["consistent"] * 5


def test_no_check_sees_what_another_did(book):
    for number in range(1, 4):
        book.add(
            f"SAM-{number}",
            """
            import lemmata, numpy as np
            run.clause().equal([hasattr(lemmata, 'left'), os.environ.get('LEFT')], [False, None])
            run.clause().equal(os.getcwd() == '/', False)
            lemmata.left, os.environ['LEFT'] = True, 'here'
            os.chdir('/')
            run.note(f'{np.random.random()} {__import__("random").random()}')
            """,
        )
    found = rows(book, "--jobs", "1")
    assert labels(found) == ["consistent"] * 3
    drawn = [number for row in found.values() for number in row["judgement"]["notes"][0].split()]
    assert len(set(drawn)) == 6, "global random numbers are no copies either"


def test_what_a_check_started_ends_with_it(book):
    book.add("SAM-1", "import subprocess; subprocess.Popen(['sleep', '301'])\n" + PASSES)
    book.add("SAM-2", "import subprocess; subprocess.Popen(['sleep', '301'])\nos._exit(7)")
    found = rows(book, status=3)
    assert found["SAM-1"]["label"] == "consistent"
    assert found["SAM-2"]["failure"]["message"] == "the worker ended with status 7 before it had a verdict"
    assert not book.processes(b"sleep")


KILLS_ONCE = """
if not os.path.exists('killed'):
    while {other!r} not in os.listdir(): time.sleep(0.05)
    open('killed', 'w').close()
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
"""


def test_a_server_that_dies_is_replaced_and_what_it_forked_runs_again(book):
    book.add("SAM-1", KILLS_ONCE.format(other="begun") + FORKED)
    book.add(
        "SAM-2",
        "open('begun', 'a').write('.'); time.sleep(60 if open('begun').read() == '.' else 0)\n" + FORKED,
    )
    assert labels(rows(book, "--jobs", "2")) == ["consistent"] * 2
    assert (book.path / "begun").read_text() == ".."


def test_a_check_that_kills_its_server_again_and_again_is_an_error(book):
    book.add("SAM-1", "os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)")
    book.add("SAM-2", FORKED)
    found = rows(book, "--jobs", "1", status=3)
    assert "died, and so did the next" in found["SAM-1"]["failure"]["message"]
    assert found["SAM-2"]["label"] == "consistent"


def test_a_server_that_is_stopped_is_given_up(book):
    book.change("claims/workers.py", "PATIENCE = 10.0", "PATIENCE = 0.5")
    book.add("SAM-1", "os.kill(os.getppid(), signal.SIGSTOP); time.sleep(60)")
    book.add("SAM-2", PASSES)
    found = rows(book, "--jobs", "1", "--time-limit", "3", status=3)
    assert found["SAM-1"]["failure"]["kind"] == "timed out"
    assert found["SAM-2"]["label"] == "consistent"


BROKEN = {
    "fails": ("raise ImportError('no luck')", "raised: ImportError: no luck"),
    "crashes": ("os.abort()", "worker died: the worker was killed by SIGABRT"),
    "hangs": ("time.sleep(300)", "timed out: exceeded its time allowance of 4 s"),
    "exits": ("sys.exit(5)", "raised: SystemExit: 5"),
    "starts a thread": ("__import__('threading').Timer(300, print).start()", None),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_import_of_a_chapter_is_its_own_affair(book, name):
    code, words = BROKEN[name]
    book.change("claims/server.py", "PATIENCE = 30.0", "PATIENCE = 1.0")
    book.add("SAM-1", FORKED)
    book.add("SAM-2", FORKED)
    other = book.chapter.replace("SAM-", "OTH-").replace("sam-", "oth-").replace("sample.", "other.")
    book.environment()
    (book.path / "lemmata/theory/other.md").write_text(other, encoding="utf-8")
    checks = book.checks.replace("SAM-", "OTH-").replace(
        "from lemmata.claims", f"{code}\nfrom lemmata.claims"
    )
    (book.path / "lemmata/proofs_check/other.py").write_text(checks, encoding="utf-8")
    found = rows(book, "--jobs", "2", "--time-limit", "4", status=3 if words else 0)
    assert found["SAM-1"]["label"] == found["SAM-2"]["label"] == "consistent"
    for claim in ("OTH-1", "OTH-2"):
        failure = found[claim]["failure"]
        assert (failure and f"{failure['kind']}: {failure['message']}") == words


@pytest.mark.parametrize(
    "change",
    [
        "import threading; threading.Timer(300, print).start()",
        "import lemmata.compilation as c; c._nothing = None",
    ],
    ids=["threads", "no compiler"],
)
def test_where_copies_are_not_safe_interpreters_are_fresh(book, change):
    book.change("claims/server.py", "\ndef main()", f"\n{change}\n\n\ndef main()")
    book.add("SAM-1", FRESH)
    book.add("SAM-2", FRESH)
    assert labels(rows(book)) == ["consistent"] * 2


def test_a_single_check_pays_for_no_server(book):
    book.add("SAM-1", FRESH)
    assert labels(rows(book)) == ["consistent"]


def test_a_supervisor_that_is_forgotten_takes_its_server_along():
    supervisor = Supervisor(fork=True)
    assert supervisor.run(Task("HAM-10", Effort.QUICK, 0, 60.0, "hamming")).label == "verified"
    process = supervisor._server._process
    assert process.poll() is None
    del supervisor  # a thread that has not quite ended may still know it
    assert process.wait(20) == 0


def test_a_server_ends_with_its_supervisor_though_another_process_holds_the_socket():
    # A copy of the supervisor's process has all of its files, so nothing that it holds is ever closed.
    supervisor = Supervisor(fork=True)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        supervisor.run(Task("HAM-10", Effort.QUICK, 0, 60.0))
        server = supervisor._server._process.pid
        if os.fork() == 0:
            time.sleep(10)
            os._exit(0)
        os.write(writing, str(server).encode())
        os._exit(0)
    os.waitpid(child, 0)
    server = int(os.read(reading, 100))
    os.close(reading)
    os.close(writing)
    end = time.monotonic() + 8
    while os.path.exists(f"/proc/{server}/cmdline") and time.monotonic() < end:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                break
        time.sleep(0.05)
    assert time.monotonic() < end


def test_the_supervisors_of_a_cluster_share_a_server():
    one, other = (pickle.loads(pickle.dumps(Supervisor(fork=False))) for _ in range(2))
    assert one is other
    assert one is not pickle.loads(pickle.dumps(Supervisor(fork=True)))
