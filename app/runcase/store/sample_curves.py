"""Curves that look like training: losses that fall, accuracies that rise, schedules, machines."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Steps = npt.NDArray[np.int64]


def steps(last: int, every: int = 1) -> Steps:
    """Return 0, every, 2·every … up to `last`."""
    return np.arange(0, last + 1, every, dtype=np.int64)


def falling(
    at: Steps, first: float, last: float, speed: float, noise: float, random: np.random.Generator
) -> Floats:
    """Return a loss: exponential towards `last`, which the final value hits exactly.

    Args:
        at: The steps.
        first: The value at step 0.
        last: The value at the last step.
        speed: How many times it falls by e over the whole run.
        noise: Relative to the height above zero, smaller as the curve flattens.
        random: The source of the noise.
    """
    share = at / max(1, int(at[-1]))
    fall = (np.exp(-speed * share) - np.exp(-speed)) / (1 - np.exp(-speed))
    smooth: Floats = last + (first - last) * fall
    wobble: Floats = random.normal(0.0, noise, len(at)) * smooth * (0.35 + 0.65 * fall)
    wobble[-1] = 0.0
    return smooth + wobble


def rising(
    at: Steps, first: float, last: float, speed: float, noise: float, random: np.random.Generator
) -> Floats:
    """Return an accuracy: the mirror of `falling`, never above 1."""
    gap = falling(at, 1 - first, 1 - last, speed, noise, random)
    return np.clip(1 - gap, 0.0, 1.0)


def warm_cosine(at: Steps, peak: float, warm_up: float, floor: float = 1e-7) -> Floats:
    """Return a learning rate: linear for a share `warm_up` of the run, then half a cosine."""
    share = at / max(1, int(at[-1]))
    up = share / max(warm_up, 1e-9)
    down = 0.5 * (1 + np.cos(np.pi * (share - warm_up) / (1 - warm_up)))
    return np.where(share < warm_up, floor + (peak - floor) * up, floor + (peak - floor) * down)


def machine(at: Steps, level: float, random: np.random.Generator, noise: float = 0.02) -> Floats:
    """Return a system metric: quickly up to a level, then around it."""
    share = at / max(1, int(at[-1]))
    values = level * (1 - np.exp(-25 * share)) * (1 + random.normal(0.0, noise, len(at)))
    return np.clip(values, 0.0, level * 1.06)
