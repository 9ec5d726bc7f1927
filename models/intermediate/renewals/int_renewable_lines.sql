-- Grain: one row per line that carries ARR under a term of more than a month, with the length of
-- its terms and the day from which they are counted.
{{ config(enabled=is_on('renewals')) }}
with dated as (

    select
        *,
        12 * periods_per_year_denominator as twelfths,
        -- an item is cut wherever it changes; its terms are counted from the day it began
        case
            when subscription_item_id is null then start_date
            else min(start_date) over (
                    partition by
                        source_system,
                        subscription_item_id,
                        periods_per_year_numerator,
                        periods_per_year_denominator
                )
        end as anchor_date
    from {{ ref('int_subscription_lines') }}
    where unusable_reason is null

),

counted as (

    select * from {{ ref('int_subscription_lines_annualized') }}
    where exclusion_reason is null

),

final as (

    select
        counted.source_system,
        counted.line_id,
        counted.subscription_id,
        counted.subscription_item_id,
        dated.subscription_item_id is not null as is_changed_in_place,
        counted.customer_id,
        counted.product_family,
        counted.arr,
        dated.anchor_date,
        counted.start_date,
        counted.end_date,
        -- a line that states its term runs until then, whatever replaced it; an item changed in
        -- place until its change
        case
            when dated.subscription_item_id is null then dated.end_date
            else counted.end_date
        end as runs_until_date,
        dated.superseded_date,
        dated.supersedes_line_id,
        dated.ends_in_cut_over,
        counted.ends_in_pause,
        counted.notice_date,
        counted.is_contracted_step,
        case
            when mod(dated.twelfths, dated.periods_per_year_numerator) = 0
                then cast({{
                    whole_division('dated.twelfths', 'dated.periods_per_year_numerator')
                }} as integer)
        end as term_months
    from counted
    inner join dated
        on
            counted.source_system = dated.source_system
            and counted.line_id = dated.line_id
    where dated.twelfths > dated.periods_per_year_numerator

)

select * from final
