"""Tests of the read models: facts in, rows out."""
