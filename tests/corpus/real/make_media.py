"""Writes the real sound and video files beside it, and what ffprobe says of them: `media.json`.

Run by hand, no test runs it: ffmpeg 5.1.9 of Debian 12 (`apt-get install ffmpeg`).
"""

import json
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
TONE = "sine=frequency=440:sample_rate={}:duration={}"
PICTURE = "testsrc=size=64x48:rate=10:duration=1.2"
TELLING = (
    "codec_name", "codec_type", "channels", "sample_rate", "bits_per_sample",
    "bits_per_raw_sample", "width", "height", "r_frame_rate", "bit_rate", "nb_frames",
)  # fmt: skip


def sound(name: str, rate: int, seconds: float, *how: str) -> None:
    write(name, "-f", "lavfi", "-i", TONE.format(rate, seconds), *how)


def film(name: str, *how: str) -> None:
    write(name, "-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", TONE.format(16000, 1.2),
          "-g", "12", *how)  # fmt: skip


def write(name: str, *arguments: str) -> None:
    quiet = ("-y", "-v", "error", "-bitexact")
    command = ("ffmpeg", *quiet, *arguments, "-fflags", "+bitexact", "-flags", "+bitexact", name)
    subprocess.run(command, check=True, cwd=HERE)


def told(name: str) -> dict[str, object]:
    command = ("ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", name)
    done = subprocess.run(command, check=True, cwd=HERE, capture_output=True)
    content = json.loads(done.stdout)
    streams = [{key: each[key] for key in TELLING if key in each} for each in content["streams"]]
    # What is heard or seen, which a container's own length may round.
    return {"seconds": float(content["format"]["duration"]), "streams": streams}


def main() -> None:
    sound("tone.wav", 8000, 0.25, "-ac", "2", "-c:a", "pcm_s16le")
    sound("six.wav", 8000, 0.05, "-ac", "6", "-c:a", "pcm_s24le")
    sound("float.wav", 8000, 0.1, "-c:a", "pcm_f32le")
    sound("law.wav", 8000, 0.5, "-c:a", "pcm_mulaw")
    sound("tone.flac", 22050, 0.5, "-ac", "2", "-sample_fmt", "s16")
    sound("tone.ogg", 22050, 0.7, "-c:a", "libvorbis", "-q:a", "0")
    sound("tone.opus", 48000, 0.7, "-c:a", "libopus", "-b:a", "16k")
    sound("tone.mp3", 44100, 0.6, "-ac", "2", "-b:a", "64k", "-metadata", "title=tone")
    sound("variable.mp3", 16000, 1.5, "-q:a", "6")
    sound("bare.mp3", 22050, 1.0, "-b:a", "32k", "-write_xing", "0", "-id3v2_version", "0")
    sound("tone.aiff", 8000, 0.25, "-c:a", "pcm_s16be")
    sound("tone.m4a", 16000, 0.8, "-c:a", "aac", "-b:a", "24k")
    film("film.mp4", "-c:v", "libx264", "-c:a", "aac", "-b:a", "24k", "-movflags", "+faststart")
    film("film.mkv", "-c:v", "libx264", "-c:a", "libvorbis", "-q:a", "0")
    film("film.webm", "-c:v", "libvpx", "-b:v", "20k", "-c:a", "libopus", "-b:a", "16k")
    film("film.avi", "-c:v", "mpeg4", "-q:v", "20", "-c:a", "libmp3lame", "-b:a", "24k")
    write("silent.mp4", "-f", "lavfi", "-i", PICTURE, "-c:v", "mpeg4", "-q:v", "25")
    names = sorted(each.name for each in HERE.iterdir() if each.suffix in SUFFIXES)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(told(name))}" for name in names)
    (HERE / "media.json").write_text(f"{{\n{lines}\n}}\n")


SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".m4a", ".mp4", ".mkv", ".webm",
            ".avi")  # fmt: skip


if __name__ == "__main__":
    main()
