"""Whole training scripts, rule by rule: those with the mistake, and those that look like it and are right."""
