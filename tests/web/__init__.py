"""Tests of pages, commands and the demo."""
