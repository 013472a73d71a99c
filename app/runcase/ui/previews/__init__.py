"""One widget per kind of preview document, and the host that chooses it."""
