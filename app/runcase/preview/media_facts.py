"""Tracks of sound and video, in the words that all containers share."""

from collections.abc import Sequence
from dataclasses import dataclass

Pairs = list[tuple[str, str]]
# Opus counts its samples at this rate, whatever went in (RFC 7845).
OPUS_RATE = 48000


@dataclass(slots=True)
class Track:
    """A stream of a container: its kind, such as "video" or "sound", and what it says of itself.

    Args:
        rate: Samples a second.
        bits: A sample, where it is not packed.
        pictures: A second.
    """

    kind: str = "other"
    codec: str = ""
    width: int = 0
    height: int = 0
    pictures: float = 0.0
    channels: int = 0
    rate: int = 0
    bits: int = 0


def facts(seconds: float | None, tracks: Sequence[Track]) -> Pairs:
    """Return what is told of a file: of its first video and its first sound, and which others."""
    video = next((each for each in tracks if each.kind == "video"), None)
    sound = next((each for each in tracks if each.kind == "sound"), None)
    found: Pairs = [("Length", length(seconds))] if seconds is not None else []
    if video is not None:
        if video.width and video.height:
            found.append(("Size", f"{video.width:,} × {video.height:,}"))
        if video.pictures:
            found.append(("Frames per second", f"{video.pictures:.6g}"))
        found.append(("Video codec", video.codec))
    if sound is not None:
        found += [
            ("Sound codec" if video is not None else "Codec", sound.codec),
            ("Channels", f"{sound.channels:,}" if sound.channels else ""),
            ("Rate", f"{sound.rate:,} Hz" if sound.rate else ""),
            ("Depth", f"{sound.bits} bit" if sound.bits else ""),
        ]
    if len(tracks) > 1:
        found.append(("Tracks", ", ".join(each.kind for each in tracks)))
    return [(name, value) for name, value in found if value]


def length(seconds: float) -> str:
    """Return a length in minutes and seconds, or in seconds with two digits if it is short."""
    if not 0 <= seconds <= 10**7:
        return "not known"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if seconds >= 60 else f"{seconds:.2f} s"
