"""A run as one page for the browser that needs nothing else: findings, settings, curves and layers.

What is drawn is thinned here, so that a page of a long run of a large model is small and opens at once: of a curve at
most `thin.MOST_POINTS` points, its peaks among them; of the layers at most `grid.MOST_ROWS` and `grid.MOST_COLUMNS`.
"""
