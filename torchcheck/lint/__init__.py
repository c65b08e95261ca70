"""The static lens: derives facts from source, without importing or running what it reads.

A first look with `ast` tells which files can matter; libcst parses these, one walk of our own lowers them to a small
intermediate representation, and an abstract interpreter follows values and the order of events through it.
"""
