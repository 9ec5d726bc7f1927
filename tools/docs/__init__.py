"""The documentation as one site, which needs no network: `make docs` writes target/site."""
