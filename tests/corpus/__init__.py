"""Bad input: files that lie, hang, grow or attack, each with what it must become."""
