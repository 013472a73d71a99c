"""Numbers of metric curves: smoothing, reduction to pixels, axes. Knows no Qt and no SQL."""
