"""The static lens: derives facts from source, without importing or running what it reads.

A first look tells which files can matter; one walk of our own lowers these from `ast` to a small intermediate
representation, and an abstract interpreter follows values and the order of events through it. Fixes are made with
libcst, which keeps blanks and comments; it also reads syntax that is newer than the Python that runs.
"""
