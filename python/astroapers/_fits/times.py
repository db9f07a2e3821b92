"""When an image was taken: the middle of its exposure as a Modified Julian Date."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from astroapers._fits.keywords import Found, Headers

#: Keywords of the middle itself, as a date of days and of the calendar.
_MIDDLES = ("MJD-AVG", "MJD-MID", "MJDMID")
_MIDDLE_DATES = ("DATE-AVG", "DATE-MID")

#: Of the beginning, and of its time of day where the date has none.
_BEGINNINGS = ("DATE-OBS", "DATE-BEG", "DATEOBS", "UTDATE")
_TIMES = ("TIME-OBS", "UT", "UTC", "UTC-OBS", "UT-OBS", "UTSTART", "TIME-BEG")
_BEGINNING_DAYS = ("MJD-OBS", "MJD-BEG", "MJD")

#: The day that Modified Julian Dates count from.
_EPOCH = datetime(1858, 11, 17)

_SECONDS = 86400.0

_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](.*))?")

#: Dates of before 2000: day, month, year of the century.
_OLD_DATE = re.compile(r"(\d\d)/(\d\d)/(\d\d)(?:[T ](.*))?")

_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d*)?))?Z?")


def mid_exposure(headers: Headers, exptime: float | None) -> tuple[float, str] | None:
    """
    Find the middle of the exposure.

    It is what the header says, or the beginning and half of the exposure time. A date without a time of day, which may
    be half a day wrong, is none.

    Parameters
    ----------
    headers : Headers
        The headers.
    exptime : float or None
        Exposure time in seconds.

    Returns
    -------
    (float, str) or None
        The Modified Julian Date, in the time scale of the header, and where it is from.
    """
    if (days := headers.number(*_MIDDLES)) is not None:
        return float(days.value), days.origin
    for found in headers.cards(*_MIDDLE_DATES):
        if (days_of := mjd(str(found.value))) is not None:
            return days_of, found.origin
    begun = _beginning(headers)
    if begun is None or exptime is None:
        return None
    start, origin = begun
    return start + exptime / 2 / _SECONDS, f"{origin} + half of exptime"


def _beginning(headers: Headers) -> tuple[float, str] | None:
    for found in headers.cards(*_BEGINNINGS):
        if (days := mjd(str(found.value))) is not None:
            return days, found.origin
        for time in headers.cards(*_TIMES):
            if (days := mjd(f"{found.value}T{_clock(time)}")) is not None:
                return days, f"keywords {found.keyword} and {time.keyword} of {found.where}"
    for found in headers.cards(*_BEGINNING_DAYS):
        # A whole number is the date alone, as in DATE-OBS.
        if isinstance(found.value, int | float) and not isinstance(found.value, bool) and found.value % 1:
            return float(found.value), found.origin
    return None


def _clock(found: Found) -> str:
    """Give a time of day as text; numbers are hours."""
    if isinstance(found.value, int | float) and not isinstance(found.value, bool):
        hours = float(found.value)
        minutes = hours % 1 * 60
        return f"{int(hours):02d}:{int(minutes):02d}:{minutes % 1 * 60:012.9f}"
    return str(found.value)


def mjd(text: str) -> float | None:
    """
    Convert a date and time of a header.

    Parameters
    ----------
    text : str
        As in ``2011-09-01T02:09:05``, or ``31/12/98`` of the last century.

    Returns
    -------
    float or None
        The Modified Julian Date; None if it is no date, or has no time of day.

    Examples
    --------
    >>> mjd("2000-01-01T12:00:00")
    51544.5
    >>> mjd("2000-01-01") is None
    True
    """
    text = text.strip()
    if read := _DATE.fullmatch(text):
        year, month, day, clock = int(read[1]), int(read[2]), int(read[3]), read[4]
    elif read := _OLD_DATE.fullmatch(text):
        year, month, day, clock = 1900 + int(read[3]), int(read[2]), int(read[1]), read[4]
    else:
        return None
    time = _TIME.fullmatch((clock or "").strip())
    if time is None:
        return None
    try:
        date = datetime(year, month, day)
    except ValueError:
        return None
    seconds = int(time[1]) * 3600 + int(time[2]) * 60 + float(time[3] or 0)
    return (date - _EPOCH) / timedelta(days=1) + seconds / _SECONDS
