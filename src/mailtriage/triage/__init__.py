"""Message -> Verdict, each flag with its reasons. Pure. `verdict.triage` puts the flags together."""
