-- Grain: one row per published month and policy: the same book counted another way.
with sums as (

    select * from {{ ref('int_policy_sums_monthly') }}

),

policies as (

    select * from {{ ref('ledger_policies') }}

),

rates as (

    select
        *,
        {{ ratio('net_arr', 'base_arr') }} as ndr,
        {{ ratio('gross_arr', 'base_arr') }} as grr
    from sums

),

configured as (

    select * from rates
    where policy = 'as_configured'

),

final as (

    select
        rates.date_month,
        policies.policy_group,
        rates.policy,
        policies.position,
        policies.description,
        rates.ending_arr,
        rates.base_arr,
        rates.base_customers,
        rates.net_arr as net_retained_arr,
        rates.gross_arr as gross_retained_arr,
        rates.ndr,
        rates.grr
        {%- for measure, published in {
            'ending_arr': 'ending_arr',
            'base_arr': 'base_arr',
            'net_arr': 'net_retained_arr',
            'gross_arr': 'gross_retained_arr',
        }.items() %},
        cast(
            rates.{{ measure }} - configured.{{ measure }} as {{ type_money() }}
        ) as {{ published }}_difference
        {%- endfor %},
        100 * (rates.ndr - configured.ndr) as ndr_points_difference,
        100 * (rates.grr - configured.grr) as grr_points_difference,
        coalesce(rates.base_customers, 0) < {{ min_base_logos() }} as is_low_base
    from rates
    inner join policies
        on rates.policy = policies.policy
    inner join configured
        on rates.date_month = configured.date_month

)

select * from final
