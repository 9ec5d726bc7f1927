"""One fictional B2B SaaS company: contracts, the extracts they leave behind, the answer key."""
