"""Values to a screen: one `safe()` boundary, a screen for people, one sentence per item for pipes, mail and readers."""
