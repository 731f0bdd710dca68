"""Measurements of the toolkit that anyone can rerun."""
