-- Grain: one row per currency and month end; a null month end is the plan rate. Ours are the rates of treasury.
{{ config(materialized='view', schema='staging') }}
select
    currency,
    cast(null as date) as month_end_date,
    cast(rate_to_eur as numeric(18, 8)) as rate_to_reporting_currency,
    cast(null as varchar) as load_id
from {{ ref('treasury_rates') }}
