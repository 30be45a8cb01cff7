"""Time worked -> units -> settlements -> statements. Pure; a human decides every charge.

Whatever is doubtful is decided for the client: time that no consent covers is free, of two prices the lower one counts.
"""
