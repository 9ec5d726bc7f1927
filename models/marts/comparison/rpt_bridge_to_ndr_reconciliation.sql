-- Grain: one row per published month, segment and cause why a bridge of all customers over twelve
-- months is not their NDR.
-- long because a bridge, a rate and the corrections between them meet here
{{ config(enabled=is_on('comparison')) }}
with bridges as (

    select * from {{ ref('rpt_arr_bridge_monthly') }}

),

rates as (

    select * from {{ ref('rpt_ndr_grr_monthly') }}
    where window_months = 12

),

causes as (

    select * from {{ ref('ndr_bridge_causes') }}

),

corrections as (

    select * from {{ ref('int_ndr_bridge_corrections') }}

),

segments as (

    select * from {{ ref('int_segment_set_values') }}
    where not is_book

),

-- a correction begins in its first month and ends in the first month without it
sides as (
    {{- sides_listed() }}

),

moved as (

    select
        corrections.segment_set_key,
        corrections.cause,
        {{ begun_or_ended('corrections.from_month_index', 'corrections.until_month_index') }}
            as month_index,
        sides.sign * corrections.arr as arr_change
    from corrections
    cross join sides

),

changes as (

    select
        segments.segment_type,
        segments.segment_value,
        moved.cause,
        moved.month_index,
        cast(sum(moved.arr_change) as {{ type_money() }}) as arr_change
    from moved
    inner join segments
        on moved.segment_set_key = segments.segment_set_key
    where moved.month_index <= {{ last_published_month_index() }}
    group by
        segments.segment_type,
        segments.segment_value,
        moved.cause,
        moved.month_index
    having sum(moved.arr_change) <> 0

),

years as (

    select
        date_month,
        segment_type,
        segment_value,
        lag(ending_arr, 12) over (
            partition by segment_type, segment_value order by date_month
        ) as opening_arr,
        cast(sum(expansion_arr + contraction_arr + churn_arr) over (
            partition by segment_type, segment_value order by date_month
            rows between 11 preceding and current row
        ) as {{ type_money() }}) as moved_arr
    from bridges

),

caused as (

    select
        rates.date_month,
        rates.segment_type,
        rates.segment_value,
        rates.base_arr,
        rates.net_retained_arr,
        rates.ndr,
        rates.is_low_base,
        causes.cause,
        causes.position,
        cast(sum(coalesce(changes.arr_change, 0)) over (
            partition by rates.segment_type, rates.segment_value, causes.cause
            order by rates.date_month
            rows between unbounded preceding and current row
        ) as {{ type_money() }}) as cause_arr
    from rates
    cross join causes
    left join changes
        on
            rates.segment_type = changes.segment_type
            and rates.segment_value = changes.segment_value
            and causes.cause = changes.cause
            and {{ month_index('rates.date_month') }} = changes.month_index

),

final as (

    select
        caused.date_month,
        caused.segment_type,
        caused.segment_value,
        caused.cause,
        caused.position,
        caused.cause_arr,
        100 * case
            when caused.cause = 'different_denominator'
                then
                    {{ ratio('years.opening_arr + years.moved_arr', 'caused.base_arr') }}
                    - {{ ratio('years.opening_arr + years.moved_arr', 'years.opening_arr') }}
            else {{ ratio('caused.cause_arr', 'caused.base_arr') }}
        end as cause_points,
        years.opening_arr,
        cast(years.opening_arr + years.moved_arr as {{ type_money() }}) as bridge_arr,
        {{ ratio('years.opening_arr + years.moved_arr', 'years.opening_arr') }} as bridge_rate,
        caused.base_arr,
        caused.net_retained_arr,
        caused.ndr,
        caused.is_low_base
    from caused
    inner join years
        on
            caused.date_month = years.date_month
            and caused.segment_type = years.segment_type
            and caused.segment_value = years.segment_value
    where {{ is_active('caused.base_arr') }}

)

select * from final
