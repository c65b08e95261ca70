"""The language that both lenses speak.

`lint/` derives these facts from source and leaves unknown what it can't know; `probe/` records them from the run. The
rules judge them. A fact that is unknown never accuses.
"""
