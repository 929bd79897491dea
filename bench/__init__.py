"""Measurements as ratios within one run: ours against a reference, interleaved, so that a slow machine slows both."""
