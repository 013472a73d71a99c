import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from runcase.errors import PreviewError
from runcase.preview import media
from runcase.preview.document import Request
from runcase.preview.facts import Facts
from runcase.preview.media_facts import length
from runcase.preview.source import Source
from runcase.preview.worker import Worker

REAL = Path(__file__).parents[2] / "corpus" / "real"
TOLD: dict[str, dict[str, Any]] = json.loads((REAL / "media.json").read_text())
# ffprobe counts what a decoder of Opus throws away before the first sample.
TOLD["tone.opus"]["seconds"] = 0.7
CODECS = {
    "h264": "H.264", "mpeg4": "MPEG-4", "vp8": "VP8", "aac": "AAC", "mp3": "MP3", "flac": "FLAC",
    "vorbis": "Vorbis", "opus": "Opus", "pcm_s16le": "PCM", "pcm_s16be": "PCM", "pcm_s24le": "PCM",
    "pcm_f32le": "PCM float", "pcm_mulaw": "µ-law",
}  # fmt: skip
FORMS = {".webm": "WebM video", ".mkv": "Matroska video", ".mp4": "MP4 video", ".m4a": "MP4 sound"}


def expected(told: dict[str, Any]) -> dict[str, str]:
    facts = {"Length": f"{told['seconds']:.2f} s"}
    kinds = [stream["codec_type"] for stream in told["streams"]]
    for stream in told["streams"]:
        codec = CODECS[stream["codec_name"]]
        if stream["codec_type"] == "video":
            facts["Size"] = f"{stream['width']} × {stream['height']}"
            facts["Frames per second"] = stream["r_frame_rate"].removesuffix("/1")
            facts["Video codec"] = codec
            continue
        facts["Sound codec" if "video" in kinds else "Codec"] = codec
        facts["Channels"] = str(stream["channels"])
        facts["Rate"] = f"{int(stream['sample_rate']):,} Hz"
        bits = stream["bits_per_sample"] or int(stream.get("bits_per_raw_sample", 0))
        facts |= {"Depth": f"{bits} bit"} if bits else {}
    if len(kinds) > 1:
        facts["Tracks"] = "video, sound"
    return facts


@pytest.mark.parametrize("name", TOLD)
def test_a_recording_says_what_ffprobe_says_of_it(worker: Worker, name: str) -> None:
    document = worker.read(Request(str(REAL / name)))
    assert isinstance(document, Facts), document.note
    facts = dict(document.facts)
    assert {key: value for key, value in facts.items() if key != "Bit rate"} == expected(TOLD[name])
    assert document.format == FORMS.get(Path(name).suffix, document.format)


def test_a_bit_rate_is_told_as_one_or_as_a_mean(worker: Worker) -> None:
    rates = []
    for name in ("tone.mp3", "bare.mp3", "variable.mp3"):
        document = worker.read(Request(str(REAL / name)))
        assert isinstance(document, Facts)
        rates.append(dict(document.facts)["Bit rate"])
    assert rates == ["64 kbit/s", "32 kbit/s", "12 kbit/s on average"]


def test_a_length_is_rounded_once() -> None:
    assert [length(each) for each in (0.0, 59.994, 119.7, 3725.2)] == [
        "0.00 s", "59.99 s", "2 min 0 s", "62 min 5 s",
    ]  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_a_recording_that_is_cut_is_read_or_refused(name: str) -> None:
    content = (REAL / name).read_bytes()
    for end in range(12, min(400, len(content)), 3):
        cut = content[:end]
        source = Source(Path(name), Path(), end, cut, Request(name), cut)
        with suppress(PreviewError):
            media.read(source)
