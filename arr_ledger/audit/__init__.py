"""Great Expectations at both borders of a refresh: what landed, and what is about to be published.

Importing it takes seconds, so a refresh imports it only when it comes to its first audit.
"""

import os

# before the library is imported anywhere: nothing is sent
os.environ["GX_ANALYTICS_ENABLED"] = "false"

from arr_ledger.audit.unused import without_unused_parts

with without_unused_parts():
    from arr_ledger.audit.landed import audit_landed
    from arr_ledger.audit.published import audit_published

__all__ = ["audit_landed", "audit_published"]
