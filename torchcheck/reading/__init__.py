"""What people have instead of modules: notebooks, snippets, pages. Which text of it is Python, and where it stands."""
