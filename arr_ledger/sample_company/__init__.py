"""One fictional B2B SaaS company: its contracts, the extracts they leave behind and the answer key."""
