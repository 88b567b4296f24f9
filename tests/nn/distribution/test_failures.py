"""An error in one process ends all of them soon, and says what happened."""

import signal

import pytest

from tests.nn.distribution import processes

EXPECTED = {
    "error": "KeyError: 'my own mistake'",
    "killed": "",  # mpiexec says so on its own output
    "interrupted": "KeyboardInterrupt",
    "exited": "process 0 waits for all 2 processes, but process 1 has reached the end",
    "drifted": "drifted apart in epoch 1: dense/kernel of process 1 differ",
    "other_data": "expects the same rows in each process",
    "only_in_main": "process 0 waits for all 2 processes, but process 1 has reached the end",
    "other_calls": "the same call of the same model in all processes",
    "stateful": "can't be shared among processes",
}


@processes.needs_mpi
@pytest.mark.slow
@pytest.mark.parametrize("name", EXPECTED)
def test_an_error_in_one_process_ends_all(name):
    done = processes.run(2, "failures.py", name)
    assert done.returncode not in (0, None)
    assert EXPECTED[name] in done.stderr


@processes.needs_mpi
@pytest.mark.slow
def test_an_interrupt_of_mpiexec_ends_all():
    with processes.start(2, "failures.py", "endless") as running:
        assert running.stdout.readline() == "training\n"
        running.send_signal(signal.SIGINT)  # as Ctrl-C does
        output = running.communicate(timeout=60)[1]
    assert running.returncode not in (0, None)
    assert "KeyboardInterrupt" in output
