-- Grain: one row per published month.
select
    date_month,
    ndr,
    grr,
    logo_retention
from {{ ref('arr_ledger', 'rpt_ndr_grr_monthly') }}
where
    segment_type = 'all'
    and window_months = 12
