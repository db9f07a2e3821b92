"""Pickles that were tampered with: a clean error, or an object that is what its constructor would have made."""

import io
import pickle

import numpy as np
import pytest

import astroapers as aap
from reliability.hostile import layouts
from reliability.hostile.callables.arguments import geometry, path_value
from reliability.hostile.callables.objects import CLASSES

IMAGE = np.arange(400.0).reshape(20, 20)
REFUSED = (TypeError, ValueError, pickle.UnpicklingError)


def aperture_of(tag, positions):
    if tag == "path":
        return CLASSES[tag](positions, path_value("segments"), path_value("holes"))
    return CLASSES[tag](positions, **geometry(tag))


def catalogues():
    several = [aap.CircAp([(9.0, 9.0), (3.0, 3.0)], r) for r in (1.0, 2.0)]
    return {
        "annulus": aap.photometry(IMAGE, [(9, 9), (3, 3)], r=3, annulus=(4, 7)),
        "level": aap.photometry(IMAGE, (9, 9), r=3, sky=[1.0], sky_std=2.0),
        "several": aap.photometry(IMAGE, several),
        "rows": aap.photometry(IMAGE, [(9, 9), (3, 3), (4, 4)], r=3)[1:],
    }


class Made:
    """An object that pickles as a call of somebody else's choice, followed by somebody else's state."""

    def __init__(self, function, arguments, *state):
        self.reduced = (function, arguments, *state)

    def __reduce__(self):
        return self.reduced


def loaded(*reduced):
    return pickle.loads(pickle.dumps(Made(*reduced)))


#: What may stand where something else belongs.
WRONG = [
    None,
    0,
    -1,
    np.nan,
    "text",
    b"bytes",
    [],
    {},
    (),
    1j,
    object,
    np.nan * np.ones(2),
    np.ones((2, 2, 2)),
    10**400,
    np.datetime64(0, "s"),
]


@pytest.mark.parametrize("tag", CLASSES)
@pytest.mark.parametrize("positions", [(9.25, 8.5), [(1.0, 2.0), (3.0, 4.0)]], ids=["one", "two"])
def test_apertures(tag, positions):
    aperture = aperture_of(tag, positions)
    assert pickle.loads(pickle.dumps(aperture)) == aperture
    function, (cls, arguments) = aperture.__reduce__()
    for name in arguments:
        for wrong in WRONG:
            changed = {**arguments, name: wrong}
            try:
                made = loaded(function, (cls, changed))
            except REFUSED:
                continue
            assert made == cls(**changed)  # also right for the constructor, as validate=None is
        missing = {key: value for key, value in arguments.items() if key != name}
        try:
            made = loaded(function, (cls, missing))
        except REFUSED:
            continue
        assert made == cls(**missing)
    for wrong in ({**arguments, "more": 1}, None, [], "text"):
        with pytest.raises(REFUSED):
            loaded(function, (cls, wrong))
    for wrong in (int, object, None, "CircAp", aap.PixelAp):
        with pytest.raises(REFUSED):
            loaded(function, (wrong, arguments))


@pytest.mark.parametrize(
    "state", [{"_x": np.nan}, {"_geometry": (1e300,), "_area": -1.0}, None, {}, [1], (None, {"_x": 3})], ids=repr
)
@pytest.mark.parametrize("tag", CLASSES)
def test_apertures_take_no_state(tag, state):
    """The state of a pickle used to go into `__dict__` unseen: a circle of radius 2 with an area of -1."""
    function, arguments = aperture_of(tag, (9.25, 8.5)).__reduce__()
    if state is None:
        assert loaded(function, arguments, None) == aperture_of(tag, (9.25, 8.5))
        return
    with pytest.raises(TypeError, match="takes no state from a pickle"):
        loaded(function, arguments, state)
    with pytest.raises(TypeError, match="takes no state from a pickle"):
        loaded(object.__new__, (CLASSES[tag],), state)


@pytest.mark.parametrize(
    "bounds",
    [
        [4, 3, 0, 1],
        [0, 1, 9, 2],
        [0.5, 1, 0, 1],
        [np.nan, 1, 0, 1],
        ["0", 1, 0, 1],
        [0, 1, 0],
        [0, 1, 0, 1, 2],
        "abcd",
        [None] * 4,
    ],
    ids=repr,
)
def test_boxes_that_cannot_be(bounds):
    with pytest.raises(REFUSED):
        loaded(object.__new__, (aap.BoundingBox,), bounds)


def test_boxes():
    box = aap.BoundingBox(-2, 4, 3, 7)
    assert pickle.loads(pickle.dumps(box)) == box
    made = loaded(object.__new__, (aap.BoundingBox,), [np.int8(-2), 4.0, 3, 7])
    assert made == box
    assert type(made.ixmin) is int


@pytest.mark.parametrize("kind", catalogues())
def test_catalogues(kind):
    phot = catalogues()[kind]
    again = pickle.loads(pickle.dumps(phot))
    assert repr(again) == repr(phot)
    assert not any(np.asarray(getattr(again, name)).flags.writeable for name in again._columns())
    state = {name: getattr(phot, name) for name in (*phot._columns(), "_record", "_rows")}
    wrong = [
        None,
        0,
        "text",
        [],
        {},
        object(),
        np.zeros(99),
        np.zeros((2, 2, 2)),
        np.zeros(len(phot), complex),
        np.full(len(phot), "a"),
    ]
    wrong.append(np.zeros(len(phot), dtype="M8[s]"))
    for name in state:
        for value in wrong:
            if name == "_rows" and value is None:
                continue
            with pytest.raises(REFUSED, match=r"this pickle holds no catalogue|pickle"):
                aap.Photometry.__new__(aap.Photometry).__setstate__({**state, name: value})
        with pytest.raises(ValueError, match="its entries must be"):
            aap.Photometry.__new__(aap.Photometry).__setstate__({k: v for k, v in state.items() if k != name})
    for value in (None, [], "text", {}, {**state, "more": 1}):
        with pytest.raises(ValueError, match="its entries must be"):
            aap.Photometry.__new__(aap.Photometry).__setstate__(value)
    seven = phot[np.zeros(7, int)]
    columns = {name: getattr(seven, name) for name in phot._columns()}
    with pytest.raises(ValueError, match=rf"the shape \(7,\), but it is of {phot._record.targets.n} sources"):
        aap.Photometry.__new__(aap.Photometry).__setstate__({**state, **columns, "_rows": None})
    for rows in (np.array([99] * len(phot)), np.array([-1] * len(phot))):
        with pytest.raises(ValueError, match="_rows points beyond"):
            aap.Photometry.__new__(aap.Photometry).__setstate__({**state, "_rows": rows})


@pytest.mark.parametrize("kind", catalogues())
def test_records(kind):
    record = catalogues()[kind]._record
    state = record.__getstate__()
    for name in state:
        for value in WRONG:
            if (name, value is None, isinstance(value, str)) in (("frame", True, False), ("formula", False, True)):
                continue
            with pytest.raises(ValueError, match="this pickle holds no catalogue"):
                type(record).__new__(type(record)).__setstate__({**state, name: value})
    targets = type(record.targets)
    for apertures, listed in [
        ((), False),
        ((1,), False),
        ([], True),
        (record.targets.apertures, None),
        ((object(),), True),
    ]:
        with pytest.raises(ValueError, match="this pickle holds no catalogue"):
            type(record).__new__(type(record)).__setstate__({**state, "targets": targets(apertures, listed)})
    other = targets((*record.targets.apertures, aap.CircAp(np.zeros((7, 2)), 1.0)), True)
    with pytest.raises(ValueError, match="different numbers of positions"):
        type(record).__new__(type(record)).__setstate__({**state, "targets": other})


def test_magnitudes_and_flags():
    with pytest.raises(ValueError, match=r"err must have the shape \(2,\) of the magnitudes, got \(3,\)"):
        loaded(aap.Magnitudes.of, (np.ones(2), np.ones(3)))
    for wrong in ("text", None, object(), 1.5):
        with pytest.raises(REFUSED):
            loaded(aap.Flag, (wrong,))
    assert pickle.loads(pickle.dumps(aap.Flag(6))) == aap.Flag(6)
    with pytest.raises(ValueError, match="flags=1099511627776 must be between"):
        aap.decode_flags(1 << 40)


@pytest.mark.parametrize(
    "thing",
    [aap.CircAp((1, 2), 3), aap.BoundingBox(0, 1, 0, 1), catalogues()["annulus"]],
    ids=lambda t: type(t).__name__,
)
def test_pickles_that_are_cut_off_or_garbled(thing):
    """Every prefix, and every byte replaced by another: an error, or an object that can be shown and compared."""
    whole = pickle.dumps(thing)
    rng = np.random.default_rng(3)
    garbled = [whole[:n] for n in rng.integers(0, len(whole), 60)]
    for place in rng.integers(0, len(whole), 300):
        changed = bytearray(whole)
        changed[place] = rng.integers(256)
        garbled.append(bytes(changed))
    for data in garbled:
        try:
            found = OnlyOurs(io.BytesIO(data)).load()
        except Exception as error:  # what pickle makes of garbage is its own affair
            if type(error).__name__.startswith("Panic"):
                raise
            continue
        if type(found) is type(thing):
            repr(found)


class OnlyOurs(pickle.Unpickler):
    """Finds nothing but arrays and what this package is made of: garbled bytes shall not call the operating system."""

    def find_class(self, module, name):
        if module.split(".")[0] not in ("astroapers", "numpy", "copyreg", "_codecs"):
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)


def test_arguments_that_do_not_pickle_are_no_matter():
    """Odd arrays pickle as plain ones."""
    aperture = aap.CircAp(layouts.unaligned(np.ones((2, 2))), layouts.of_a_record(np.ones(2)))
    assert pickle.loads(pickle.dumps(aperture)) == aperture
