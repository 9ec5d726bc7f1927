-- Grain: one row per foreign currency: its plan rate.
select
    'EUR' as currency,
    cast(null as date) as month_end,
    cast(1.08 as numeric(18, 8)) as rate
