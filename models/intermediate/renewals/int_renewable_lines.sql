-- Grain: one row per line that carries ARR under a term of more than a month, with the length of
-- its terms and the day from which they are counted.
{{ config(enabled=is_on('renewals')) }}
with dated as (

    select
        *,
        12 * periods_per_year_denominator as twelfths,
        -- an item is cut wherever it changes; its terms are counted from the day it began
        case
            when not is_changed_in_place then stated_start_date
            else min(stated_start_date) over (
                    partition by
                        source_system,
                        subscription_item_id,
                        is_changed_in_place,
                        periods_per_year_numerator,
                        periods_per_year_denominator
                )
        end as anchor_date
    from {{ ref('int_subscription_lines_annualized') }}
    where unusable_reason is null

),

final as (

    select
        source_system,
        line_id,
        subscription_id,
        subscription_item_id,
        is_changed_in_place,
        customer_id,
        product_family,
        arr,
        anchor_date,
        start_date,
        end_date,
        -- a line that states its term runs until then, whatever replaced it; an item changed in
        -- place until its change
        case when is_changed_in_place then end_date else stated_end_date end as runs_until_date,
        superseded_date,
        supersedes_line_id,
        ends_in_cut_over,
        ends_in_pause,
        notice_date,
        is_contracted_step,
        case
            when mod(twelfths, periods_per_year_numerator) = 0
                then cast({{
                    whole_division('twelfths', 'periods_per_year_numerator')
                }} as integer)
        end as term_months
    from dated
    where
        exclusion_reason is null
        and twelfths > periods_per_year_numerator

)

select * from final
