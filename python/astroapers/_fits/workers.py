"""Worker processes: one image each at a time, that die with their parent and not of Ctrl-C."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from pathlib import Path

from astroapers import get_num_threads, set_num_threads
from astroapers._fits.tasks import Done, Task
from astroapers._fits.write import sweep

#: What is done with each image.
Work = Callable[[Task], Done]


def run(work: Work, tasks: Sequence[Task], jobs: int, done: Callable[[Done], None]) -> None:
    """
    Measure images, in worker processes if there are to be several.

    Parameters
    ----------
    work : callable
        Measures one image, and lets nothing that can go wrong with it out.
    tasks : sequence of Task
        The images.
    jobs : int
        How many at a time.
    done : callable
        Is told what became of each image.

    Raises
    ------
    KeyboardInterrupt
        If the user wants no more; the workers are gone then, and no half-written file is left.
    """
    jobs = min(jobs, len(tasks))
    sweep(folders(tasks))
    if jobs <= 1:
        for task in tasks:
            done(work(task))
        return
    left = dict.fromkeys(tasks)
    width = jobs
    try:
        while left:
            for task, result in _pooled(work, list(left), width):
                if result is not None:
                    del left[task]
                    done(result)
            if left and width == 1:
                # A single worker takes them in their order: the first that is left is the one that it died of.
                task = next(iter(left))
                del left[task]
                done(Done(task.path, reason="the process that measured it died; is there enough memory for it?"))
                width = jobs
            elif left:
                width = 1
    except BaseException:
        sweep(folders(left))
        raise


def folders(tasks: Iterable[Task]) -> list[Path]:
    """
    Say where outputs go.

    Parameters
    ----------
    tasks : iterable of Task
        The images.

    Returns
    -------
    list of Path
        Each once.
    """
    files = [path for task in tasks for path in (task.output, task.plot) if path is not None]
    return list(dict.fromkeys(path.parent for path in files))


def _pooled(work: Work, tasks: Sequence[Task], jobs: int) -> Iterator[tuple[Task, Done | None]]:
    """Run tasks in a pool; those that are lost with it have None as a result, or are left out."""
    threads = max(get_num_threads() // jobs, 1)
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(threads,)
    )
    try:
        futures: dict[Future[Done], Task] = {}
        with _deaf_children(), contextlib.suppress(BrokenProcessPool):
            for task in tasks:
                futures[pool.submit(work, task)] = task
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except BrokenProcessPool:
                yield futures[future], None
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
            process.join()
        raise
    pool.shutdown()


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """Let processes that are started here never hear Ctrl-C, not even while they start; it waits for this one."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare(threads: int) -> None:
    """Make a worker its own master of threads, deaf to Ctrl-C, which is its parent's, and mortal as its parent is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_num_threads(threads)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    """End with the parent: a pool's workers would wait for ever for one that was killed."""
    with contextlib.suppress(OSError):
        connection.wait([sentinel])
    os._exit(1)
