"""How many threads batches use, and from how many apertures on. Results never depend on either."""

from __future__ import annotations

from astroapers import _inputs, _rust


def _positive(name: str, value: int) -> int:
    number = _inputs.whole(name, value)
    if number < 1:
        raise ValueError(f"{name}={number} must be at least 1")
    return number


def get_num_threads() -> int:
    """
    Return the size of the thread pool.

    It is the number of processors this process may use, unless `set_num_threads` or the environment variable
    ``ASTROAPERS_NUM_THREADS`` says otherwise.

    Returns
    -------
    int
        Number of threads, at least 1.

    Examples
    --------
    >>> import astroapers as aap
    >>> aap.get_num_threads() >= 1
    True
    """
    return int(_rust._engine("get_num_threads"))


def set_num_threads(n: int) -> None:
    """
    Set the size of the thread pool of this process.

    Parameters
    ----------
    n : int
        Number of threads, at least 1.

    Raises
    ------
    TypeError
        If `n` is not a whole number.
    ValueError
        If `n` is smaller than 1.

    Examples
    --------
    >>> import astroapers as aap
    >>> before = aap.get_num_threads()
    >>> aap.set_num_threads(2)
    >>> aap.get_num_threads()
    2
    >>> aap.set_num_threads(before)
    """
    _rust._engine("set_num_threads", x=_positive("n", n))


def get_parallel_threshold() -> int:
    """
    Return the number of apertures from which on a batch runs on the thread pool.

    It is 64 unless `set_parallel_threshold` or the environment variable ``ASTROAPERS_PARALLEL_THRESHOLD``
    says otherwise. Results never depend on it.

    Returns
    -------
    int
        The threshold, at least 1.

    Examples
    --------
    >>> import astroapers as aap
    >>> aap.get_parallel_threshold() >= 1
    True
    """
    return int(_rust.get_parallel_threshold())


def set_parallel_threshold(threshold: int) -> None:
    """
    Set the number of apertures from which on a batch runs on the thread pool.

    Parameters
    ----------
    threshold : int
        At least 1.

    Raises
    ------
    TypeError
        If `threshold` is not a whole number.
    ValueError
        If `threshold` is smaller than 1.

    See Also
    --------
    astroapers.calibrate_parallel_threshold : Measure a good value on this machine.

    Examples
    --------
    >>> import astroapers as aap
    >>> before = aap.get_parallel_threshold()
    >>> aap.set_parallel_threshold(100)
    >>> aap.get_parallel_threshold()
    100
    >>> aap.set_parallel_threshold(before)
    """
    _rust.set_parallel_threshold(_positive("threshold", threshold))
