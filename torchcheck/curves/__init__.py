"""What learning curves say: the statistics that the rules about curves share, and the logs that curves are read from.

Plain Python on purpose: a curve is reduced to some dozens of blocks before anything is computed of it, so that there is
nothing for numpy to make faster, and nothing is drawn at random.
"""
