"""How runs are shown: as tables, and as JSON."""
