-- Grain: one row per closed month, customer, line and cause: how the ARR reported was restated.
-- long because all causes are in one list, and the order of the branches is the definition
{{ config(enabled=is_on('restatements')) }}
{%- set open_date = "cast('9999-12-31' as date)" %}
with lines as (

    select * from {{ ref('int_restated_lines') }}

),

-- a line moved to another customer with its reported ARR; any other change belongs to that customer
moves as (

    select
        *,
        reported_customer_id as customer_id,
        reported_arr as arr_before,
        cast(0 as {{ type_money() }}) as arr_after,
        'changed_customer' as cause
    from lines
    where reported_customer_id <> restated_customer_id

    union all

    select
        *,
        restated_customer_id as customer_id,
        cast(0 as {{ type_money() }}) as arr_before,
        reported_arr as arr_after,
        'changed_customer' as cause
    from lines
    where reported_customer_id <> restated_customer_id

),

changes as (

    select
        *,
        coalesce(restated_customer_id, reported_customer_id) as customer_id,
        cast(coalesce(reported_arr, 0) as {{ type_money() }}) as arr_before,
        cast(coalesce(restated_arr, 0) as {{ type_money() }}) as arr_after,
        case
            when not is_known then 'deleted_row'
            when not was_closed_before then 'backdated_line'
            when reported_arr is null and known_end_date <= last_day_date then 'late_renewal'
            when reported_arr is null then 'changed_dates'
            -- a line with a reason to be left out does not count in any month
            when
                exclusion_reason in (
                    'ends_before_start', 'no_service_time', 'superseded_before_start',
                    'billed_elsewhere'
                )
                then 'changed_dates'
            when exclusion_reason = 'zero_amount' then 'changed_amount'
            when exclusion_reason is not null then 'changed_charge'
            when
                restated_arr is null
                and known_end_date < coalesce(reported_end_date, {{ open_date }})
                then 'late_cancellation'
            when
                restated_arr is null
                and (
                    known_start_date <> reported_start_date
                    or coalesce(known_end_date, {{ open_date }}) <> reported_end_date
                )
                then 'changed_dates'
            when restated_arr is null and reported_is_in_grace then 'grace_lapsed'
            when restated_arr is null then 'changed_policy'
            when
                known_currency <> reported_currency
                or known_arr_in_line_currency <> reported_arr_in_line_currency
                then 'changed_amount'
            when known_currency = '{{ reporting_currency() }}' then 'changed_policy'
            else 'changed_rate'
        end as cause
    from lines
    where coalesce(reported_arr, 0) <> coalesce(restated_arr, 0)

),

causes as (

    select * from moves
    union all
    select * from changes

),

final as (

    select
        date_month,
        customer_id,
        source_system,
        line_id,
        product_id,
        cause,
        arr_before as as_reported_arr,
        arr_after as as_restated_arr,
        cast(arr_after - arr_before as {{ type_money() }}) as restatement_arr,
        case
            when cause = 'deleted_row' then deletion_load_id
            when cause = 'changed_rate' then rate_load_id
            when cause in ('grace_lapsed', 'late_renewal', 'changed_policy') then null
            when known_load_id <> coalesce(reported_load_id, 'none') then known_load_id
            when cause = 'changed_customer' then customer_load_id
        end as load_id,
        {{ restatement_detail() }} as detail
    from causes

)

select * from final
