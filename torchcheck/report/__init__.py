"""How findings are shown: one renderer for every door."""
