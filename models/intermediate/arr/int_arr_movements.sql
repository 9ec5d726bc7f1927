-- Grain: one row per account, month and movement type. A new rate comes first, then what changes
-- hands; the one movement of contracts is classified from what is left after both.
with spans as (

    select
        *,
        cast(opening_arr + fx_change as {{ type_money() }}) as arr_after_fx,
        cast(opening_arr + fx_change + transfer_change as {{ type_money() }}) as arr_after_transfer
    from {{ ref('int_account_spans') }}

),

moved as (

    select
        account_id,
        account_key,
        is_customer,
        is_parent,
        from_month_index as month_index,
        -- the order of the branches is the definition
        case
            when from_month_index = {{ history_start_month_index() }} then 'opening_balance'
            when
                {{ is_inactive('arr_after_transfer') }}
                and {{ is_active('arr') }}
                and from_month_index = first_month_index
                then 'new'
            when {{ is_inactive('arr_after_transfer') }} and {{ is_active('arr') }}
                then 'reactivation'
            when {{ is_active('arr_after_transfer') }} and {{ is_inactive('arr') }} then 'churn'
            when arr > arr_after_transfer then 'expansion'
            when arr < arr_after_transfer then 'contraction'
        end as movement_type,
        arr_after_transfer as beginning_arr,
        cast(arr - arr_after_transfer as {{ type_money() }}) as arr_change,
        arr as ending_arr
    from spans
    {%- if is_posted('fx') %}

    union all

    select
        account_id,
        account_key,
        is_customer,
        is_parent,
        from_month_index as month_index,
        'fx' as movement_type,
        opening_arr as beginning_arr,
        fx_change as arr_change,
        arr_after_fx as ending_arr
    from spans
    {%- endif %}
    {%- if is_posted('transfer') %}

    union all

    select
        account_id,
        account_key,
        is_customer,
        is_parent,
        from_month_index as month_index,
        'transfer' as movement_type,
        arr_after_fx as beginning_arr,
        transfer_change as arr_change,
        arr_after_transfer as ending_arr
    from spans
    {%- endif %}

),

final as (

    select * from moved
    where arr_change <> 0

)

select * from final
