-- Grain: one row per published month and segment.
with sums as (

    select * from {{ ref('int_arr_bridge_sums_monthly') }}
    where segment_type not in ({{ quoted_list(book_columns()) }})

),

final as (

    select
        date_month,
        segment_type,
        segment_value,
        beginning_arr,
        {%- for movement_type in movement_types() %}
        {{ movement_type }}_arr,
        {%- endfor %}
        net_new_arr,
        ending_arr,
        {{ mrr_of('beginning_arr') }} as beginning_mrr,
        {%- for movement_type in movement_types() %}
        {{ mrr_of(movement_type ~ '_arr') }} as {{ movement_type }}_mrr,
        {%- endfor %}
        {{ mrr_of('net_new_arr') }} as net_new_mrr,
        {{ mrr_of('ending_arr') }} as ending_mrr,
        beginning_customers,
        opening_balance_customers,
        new_customers,
        reactivated_customers,
        churned_customers,
        transferred_customers,
        ending_customers,
        {{ ratio('ending_arr', 'ending_customers') }} as arr_per_customer
    from sums

)

select * from final
