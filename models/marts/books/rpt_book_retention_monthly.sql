-- Grain: one row per published month, window, role and owner at the base month who had customers.
{{ config(enabled=is_on('books', ['crm'])) }}
with sums as (

    select * from {{ ref('int_retention_sums_monthly') }}
    where
        account_grain = 'book'
        and segment_type in ('csm_owner_id', 'am_owner_id')

),

final as (

    select
        date_month,
        window_months,
        case when segment_type = 'csm_owner_id' then 'csm' else 'am' end as owner_role,
        segment_value as owner_id,
        base_arr,
        base_customers,
        net_arr as net_retained_arr,
        gross_arr as gross_retained_arr,
        retained_customers,
        {{ ratio('net_arr', 'base_arr') }} as ndr,
        {{ ratio('gross_arr', 'base_arr') }} as grr,
        {{ ratio('retained_customers', 'base_customers') }} as logo_retention,
        base_customers < {{ min_base_logos() }} as is_low_base
    from sums
    where base_customers > 0

)

select * from final
