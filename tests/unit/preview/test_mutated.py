import io
import pickle
import struct
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runcase.errors import PreviewError
from runcase.preview import (
    array_file,
    boosting,
    catboost,
    hdf5,
    media,
    onnx,
    pickles,
    weights,
    xgboost_old,
)
from runcase.preview.document import Request
from runcase.preview.source import Source

CORPUS = Path(__file__).parents[2] / "corpus"
HDF5 = (CORPUS / "weights.h5").read_bytes()
GGUF = b"GGUF" + struct.pack("<IQQQ", 3, 1, 1, 1) + b"k" + struct.pack("<IQ", 8, 5) + b"llama"
GGUF += struct.pack("<Q", 1) + b"t" + struct.pack("<IQQIQ", 2, 32, 4, 8, 0)
UBJ = b"{L" + struct.pack(">q", 7) + b"learner{U\x10gradient_booster{U\x04nameSU\x06gbtree}}}"
ONNX = bytes([0x08, 8, 0x12, 1, 65, 0x3A, 10, 0x0A, 4, 0x22, 2, 65, 66, 0x12, 2, 103, 104])
MP4 = b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x40moov\0\0\0\x20mvhd" + bytes(24) + b"\0\0\0\x18hdlr"
MP4 += bytes(8) + b"vide" + bytes(8)


def npy() -> bytes:
    out = io.BytesIO()
    numpy.save(out, numpy.arange(24.0).reshape(2, 3, 4))
    return out.getvalue()


WAVE = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + bytes(range(1, 17)) + b"data\x08\0\0\0"
READERS = {
    "pickle": (pickles.read, pickle.dumps(OrderedDict(a=[1.5, "x", b"y"], b={"c"}))),
    "hdf5": (hdf5.read, HDF5),
    "gguf": (weights.read_gguf, GGUF),
    "ubjson": (boosting.read_xgboost, UBJ),
    "onnx": (onnx.read, ONNX),
    "media": (media.read, MP4),
    "wave": (
        media.read,
        WAVE,
    ),
    **{
        name: (media.read, (CORPUS / "real" / name).read_bytes())
        for name in ("film.mkv", "film.mp4", "film.avi", "tone.aiff", "variable.mp3", "tone.ogg")
    },
    "npy": (array_file.read_npy, npy()),
    "hdf5 with heaps": (hdf5.read, (CORPUS / "real" / "latest.h5").read_bytes()),
    "catboost": (catboost.read, (CORPUS / "real" / "catboost.cbm").read_bytes()),
    "catboost's trees with sides": (
        catboost.read,
        (CORPUS / "real" / "lossguide.cbm").read_bytes(),
    ),
    "old xgboost": (xgboost_old.read, (CORPUS / "real" / "old_dart.model").read_bytes()),
    "old torch": (weights.read_old_torch, (CORPUS / "real" / "old.pth").read_bytes()),
}


@pytest.mark.filterwarnings("ignore::UserWarning")  # NumPy's, of headers of Python 2
@pytest.mark.parametrize("name", READERS)
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_changed_file_is_read_or_refused(name: str, tmp_path: Path, data: st.DataObject) -> None:
    read, content = READERS[name]
    made = bytearray(content)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(made) - 1))
        made[place] = data.draw(st.sampled_from([0, 1, 127, 128, 255]) | st.integers(0, 255))
    made = made[: data.draw(st.integers(1, len(made)))] if data.draw(st.booleans()) else made
    path = tmp_path / "file"
    path.write_bytes(bytes(made))
    with suppress(PreviewError):
        read(Source.peek(Request(str(path))))
