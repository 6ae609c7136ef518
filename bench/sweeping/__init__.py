"""Sweeps of the clock over a million open commitments, beside bare queries."""
