"""The runtime lens: watches a training run and records facts for the rules. Never imports libcst."""
