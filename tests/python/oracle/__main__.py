"""make prove: many books under every policy against the oracle, on all cores.

python -m oracle [--books 50000] [--seed N] [--processes N]
"""

from __future__ import annotations

import argparse
import sys
import time

from oracle.proof import Proof, run_proof
from tools.evidence import record


def main() -> int:
    parser = argparse.ArgumentParser(prog="oracle", description=__doc__)
    parser.add_argument("--books", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--processes", type=int, default=None)
    asked = parser.parse_args()
    print(f"seed {asked.seed}: --seed {asked.seed} makes the same books again", flush=True)

    def tell(proof: Proof) -> None:
        print(f"\r{proof.progress(asked.books)}", end="", flush=True)

    proof = run_proof(asked.books, asked.seed, asked.processes, tell)
    print("\n" + proof.report())
    for path in proof.keep_failures():
        print(f"kept as {path}")
    if proof.figures.failures:
        return 1
    record("prove", proof.evidence())
    return 0


if __name__ == "__main__":
    sys.exit(main())
