"""Smooths curves with an exponential moving average that is not biased to its start."""

import numpy as np

from runcase.curves.series import Floats


def ema(y: Floats, weight: float) -> Floats:
    """Smooth y, (n,), by a debiased exponential moving average; NaN and ±inf stay as they are.

    The formula is TensorBoard's: s_i = w·s_{i-1} + (1 - w)·y_i, divided by 1 - w^(i+1), where i
    counts finite points only.

    Args:
        y: Values in order.
        weight: 0 (the curve itself) up to, but not including, 1.
    """
    if weight <= 0 or len(y) < 2:
        return y
    finite = np.isfinite(y)
    values = y[finite]
    out = y.copy()
    out[finite] = _ema_dense(values, weight)
    return out


def _ema_dense(values: Floats, weight: float) -> Floats:
    """Run the recurrence in blocks: within a block it is a product with a triangle of powers."""
    block = 256
    powers = weight ** np.arange(block, dtype=np.float64)
    lags = np.arange(block)[:, None] - np.arange(block)[None, :]
    triangle = np.where(lags >= 0, (1 - weight) * powers[np.clip(lags, 0, block - 1)], 0.0)
    out = np.empty_like(values)
    carry = 0.0
    for start in range(0, len(values), block):
        part = values[start : start + block]
        n = len(part)
        smooth = triangle[:n, :n] @ part + carry * weight * powers[:n]
        out[start : start + n] = smooth
        carry = float(smooth[-1])
    debias = 1.0 - weight ** np.arange(1, len(values) + 1, dtype=np.float64)
    smoothed: Floats = out / debias
    return smoothed
