-- Grain: one row per account, set of rates, span of months with one ARR above zero and one set of
-- segments and owners: what can be a base.
with spans as (

    select * from {{ ref('int_account_arr_spans_revalued') }}

),

traits as (

    select * from {{ ref('int_customer_segment_sets') }}

),

-- the lowest ARR among the spans that begin within one window after this span began
looking_ahead as (

    select
        account_id,
        is_customer,
        is_parent,
        rate_from_month_index,
        rate_until_month_index,
        from_month_index,
        coalesce(until_month_index, {{ open_month_index() }}) as until_month_index,
        arr,
        {%- for months in retention_windows() %}
        min(arr) over (
            partition by account_id, is_customer, rate_from_month_index order by from_month_index
            range between 1 following and {{ months }} following
        ) as lowest_arr_{{ months }}_months_on,
        {%- endfor %}
        lapse_count
    from spans

),

final as (

    select
        looking_ahead.account_id,
        looking_ahead.is_customer,
        looking_ahead.is_parent,
        looking_ahead.rate_from_month_index,
        looking_ahead.rate_until_month_index,
        looking_ahead.from_month_index as span_from_month_index,
        greatest(
            looking_ahead.from_month_index, coalesce(traits.from_month_index, 0)
        ) as from_month_index,
        least(
            looking_ahead.until_month_index,
            coalesce(traits.until_month_index, {{ open_month_index() }})
        ) as until_month_index,
        looking_ahead.arr,
        looking_ahead.lapse_count,
        {%- for months in retention_windows() %}
        looking_ahead.lowest_arr_{{ months }}_months_on,
        {%- endfor %}
        coalesce(traits.segment_set_key, {{ unknown_segment_set() }}) as segment_set_key
    from looking_ahead
    left join traits
        on
            looking_ahead.account_id = traits.customer_id
            and looking_ahead.from_month_index
            < coalesce(traits.until_month_index, {{ open_month_index() }})
            and looking_ahead.until_month_index > traits.from_month_index
    where looking_ahead.arr > 0

)

select * from final
