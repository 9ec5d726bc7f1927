-- Grain: one row per published month, role and owner with ARR or a movement in the month.
{{ config(enabled=is_on('books', ['crm'])) }}
with sums as (

    select * from {{ ref('int_arr_bridge_sums_monthly') }}
    where segment_type in ('csm_owner_id', 'am_owner_id')

),

final as (

    select
        date_month,
        case when segment_type = 'csm_owner_id' then 'csm' else 'am' end as owner_role,
        segment_value as owner_id,
        beginning_arr,
        {%- for movement_type in movement_types() %}
        {{ movement_type }}_arr,
        {%- endfor %}
        net_new_arr,
        ending_arr
    from sums
    where
        -- without a movement the ending is the beginning
        beginning_arr <> 0
        {%- for movement_type in movement_types() %}
        or {{ movement_type }}_arr <> 0
        {%- endfor %}

)

select * from final
