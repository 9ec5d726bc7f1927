-- Grain: one row per month in which terms end and segment, product family or owner.
-- long because terms are cut and counted once per customer before they are divided
{{ config(enabled=is_on('renewals')) }}
with renewals as (

    select * from {{ ref('fct_renewals') }}

),

segments as (

    select * from {{ ref('int_segment_set_values') }}

),

segmented as (

    select
        renewals.*,
        segments.segment_type,
        segments.segment_value
    from renewals
    inner join segments
        on renewals.segment_set_key = segments.segment_set_key

    union all

    select
        renewals.*,
        'product_family' as segment_type,
        product_family as segment_value
    from renewals

),

by_customer as (

    select
        date_month,
        segment_type,
        segment_value,
        customer_id,
        max(case when outcome <> 'open' then 1 else 0 end) as is_decided,
        max(case when outcome not in ('open', 'lost') then 1 else 0 end) as is_renewed,
        sum(case when outcome <> 'open' then up_for_renewal_arr else 0 end) as decided_arr,
        sum(case when outcome = 'open' then up_for_renewal_arr else 0 end) as open_arr,
        sum(coalesce(gross_renewed_arr, 0)) as gross_renewed_arr,
        sum(coalesce(renewed_arr, 0)) as renewed_arr,
        sum(case when outcome = 'early' then up_for_renewal_arr else 0 end) as early_arr,
        sum(case when outcome = 'late' then up_for_renewal_arr else 0 end) as late_arr,
        sum(case when outcome = 'lost' then up_for_renewal_arr else 0 end) as lost_arr
    from segmented
    group by date_month, segment_type, segment_value, customer_id

),

final as (

    select
        date_month,
        segment_type,
        segment_value,
        cast(sum(decided_arr) as {{ type_money() }}) as decided_arr,
        cast(sum(open_arr) as {{ type_money() }}) as open_arr,
        cast(sum(gross_renewed_arr) as {{ type_money() }}) as gross_renewed_arr,
        cast(sum(renewed_arr) as {{ type_money() }}) as renewed_arr,
        cast(sum(early_arr) as {{ type_money() }}) as early_arr,
        cast(sum(late_arr) as {{ type_money() }}) as late_arr,
        cast(sum(lost_arr) as {{ type_money() }}) as lost_arr,
        cast(sum(is_decided) as bigint) as decided_customers,
        cast(sum(is_renewed) as bigint) as renewed_customers,
        {{ ratio('sum(gross_renewed_arr)', 'sum(decided_arr)') }} as gross_renewal_rate,
        {{ ratio('sum(renewed_arr)', 'sum(decided_arr)') }} as net_renewal_rate,
        {{ ratio('sum(is_renewed)', 'sum(is_decided)') }} as logo_renewal_rate
    from by_customer
    group by date_month, segment_type, segment_value

)

select * from final
