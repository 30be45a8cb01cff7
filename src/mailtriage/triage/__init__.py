"""Message -> Verdict, each flag with its reasons. Pure."""
