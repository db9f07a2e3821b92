"""FITS files with one thing wrong: cards that cannot be, ends that are missing, bits that have flipped."""

from __future__ import annotations

import gzip
import io
import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

#: Cards that cannot be, by the card that each replaces.
CARDS = {
    "NAXIS   =                   -2": "NAXIS",
    "NAXIS   =                    0": "NAXIS",
    "NAXIS   =                  999": "NAXIS",
    "NAXIS1  =                   -5": "NAXIS1",
    "NAXIS1  =                    0": "NAXIS1",
    "NAXIS1  =        1000000000000": "NAXIS1",
    "NAXIS1  =  9223372036854775807": "NAXIS1",
    "NAXIS1  = 99999999999999999999": "NAXIS1",
    "NAXIS1  = 'many    '": "NAXIS1",
    "COMMENT   no NAXIS2": "NAXIS2",
    "BITPIX  =                    7": "BITPIX",
    "BITPIX  = 'x       '": "BITPIX",
    "COMMENT   no BITPIX": "BITPIX",
    "COMMENT   no SIMPLE": "SIMPLE",
    "SIMPLE  =                    F": "SIMPLE",
    "BZERO   = 'abc     '": "EXPTIME",
    "BSCALE  = 'abc     '": "EXPTIME",
    "BSCALE  =                  0.0": "EXPTIME",
    "BLANK   = 'x       '": "EXPTIME",
    "PCOUNT  =           9999999999": "EXPTIME",
    "GROUPS  =                    T": "EXPTIME",
    "COMMENT   no END": "END",
}


@dataclass(frozen=True)
class Damaged:
    """
    A file with one thing wrong.

    Attributes
    ----------
    group, what : str
        What is wrong.
    suffix : str
        How its name ends.
    content : bytes
        The file.
    harmless : bool
        Whether measuring it gives right numbers all the same, so that it need not be refused.
    """

    group: str
    what: str
    suffix: str
    content: bytes
    harmless: bool = False


def plain(*, compressed: bool = False) -> bytes:
    """
    Make a whole file with a checksum.

    Parameters
    ----------
    compressed : bool, optional
        Whether its image is compressed in tiles.

    Returns
    -------
    bytes
        The file.
    """
    from astropy.io import fits

    data = np.round(np.random.default_rng(4).normal(100, 5, (80, 100))).astype(np.int16)
    image = fits.CompImageHDU(data, compression_type="RICE_1") if compressed else fits.PrimaryHDU(data)
    image.header["EXPTIME"] = 30.0
    bare, file = io.BytesIO(), io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), image] if compressed else [image]).writeto(bare)
    with fits.open(io.BytesIO(bare.getvalue()), disable_image_compression=True) as hdus:
        for hdu in hdus:
            # The comment of a checksum says when it was made: with the time of day no two files would be alike.
            hdu.add_checksum(when="2020-01-01T00:00:00")
        hdus.writeto(file)
    return file.getvalue()


def with_card(content: bytes, keyword: str, card: str) -> bytes:
    """
    Replace a card.

    Parameters
    ----------
    content : bytes
        A file.
    keyword : str
        Name of the card.
    card : str
        What is there instead.

    Returns
    -------
    bytes
        The file with it.

    Raises
    ------
    ValueError
        If there is no such card.
    """
    at = content.index(keyword.ljust(8).encode())
    while at % 80:
        at = content.index(keyword.ljust(8).encode(), at + 1)
    return content[:at] + card.ljust(80).encode() + content[at + 80 :]


def files(flips: int = 40, seed: int = 1) -> Iterator[Damaged]:
    """
    Make damaged files of every kind.

    Parameters
    ----------
    flips : int, optional
        How many files have a bit that flipped, of each kind.
    seed : int, optional
        Of the places of these.

    Yields
    ------
    Damaged
        One after another.
    """
    rng = random.Random(seed)
    whole, header, block = plain(), 2880, 2880
    for card, keyword in CARDS.items():
        yield Damaged("a card that cannot be", card, ".fits", with_card(whole, keyword, card))
    places = {0, 1, 9, 10, 79, 80, 85, 160, 1000, header - 1, header, header + 1, header + 101, len(whole) - block}
    pixels = header + 80 * 100 * 2
    for n in sorted(places | {pixels - 1, pixels, len(whole) - 1}):
        yield Damaged("cut short", f"at byte {n} of {len(whole)}", ".fits", whole[:n])
    for _ in range(flips):
        bit = rng.randrange(8 * header, 8 * pixels)
        yield Damaged("a pixel's bit flipped, checksum in the header", f"bit {bit}", ".fits", flipped(whole, bit))
    zipped = gzip.compress(whole, mtime=0)
    for n in sorted({0, 1, 2, 5, 10, 11, 30, len(zipped) // 2, *(len(zipped) - k for k in (9, 8, 4, 1))}):
        yield Damaged("gzipped and cut short", f"at byte {n} of {len(zipped)}", ".fits.gz", zipped[:n])
    for _ in range(flips):
        # Bytes 4 to 9 of gzip's header say when and where it was made; nobody asks.
        bit = rng.choice([rng.randrange(0, 8 * 4), *(rng.randrange(8 * 10, 8 * len(zipped)) for _ in range(20))])
        broken = flipped(zipped, bit)
        # What flags of the header announce may be read from the data; then the rest does not fit.
        harmless = 24 <= bit < 32 or same(broken, whole)
        yield Damaged("gzipped, a bit flipped", f"bit {bit}", ".fits.gz", broken, harmless)
    packed = plain(compressed=True)
    start = packed.index(b"XTENSION")
    data = start + block * -(-(packed.index(b"END".ljust(80), start) + 80 - start) // block)
    for n in sorted({block, block + 1, data - 1, data, data + 60, (data + len(packed)) // 2, len(packed) - 1}):
        yield Damaged("compressed in tiles and cut short", f"at byte {n} of {len(packed)}", ".fits.fz", packed[:n])
    for _ in range(flips):
        bit = rng.randrange(8 * data, 8 * len(packed))
        yield Damaged("compressed in tiles, a bit flipped, checksum", f"bit {bit}", ".fits.fz", flipped(packed, bit))


def same(zipped: bytes, content: bytes) -> bool:
    """
    Tell whether a gzipped file is whole: not every bit of one means something.

    Parameters
    ----------
    zipped : bytes
        The file.
    content : bytes
        What should come out of it.

    Returns
    -------
    bool
        Whether it does.

    Examples
    --------
    >>> same(gzip.compress(b"light"), b"light"), same(gzip.compress(b"light")[:-1], b"light")
    (True, False)
    """
    try:
        return gzip.decompress(zipped) == content
    except (OSError, EOFError, zlib.error):
        return False


def flipped(content: bytes, bit: int) -> bytes:
    r"""
    Flip a bit.

    Parameters
    ----------
    content : bytes
        A file.
    bit : int
        Its place.

    Returns
    -------
    bytes
        The file with it.

    Examples
    --------
    >>> flipped(bytes(2), 9)
    b'\x00\x02'
    """
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
