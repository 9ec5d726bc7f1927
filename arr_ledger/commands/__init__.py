"""The commands: what each is asked and what it prints. Each imports what it needs when it runs."""
