-- Grain: one row per line that carries ARR under a term of more than a month, with the length of
-- its terms and the day from which they are counted.
-- long because an item that is changed in place has the terms of its subscription
{{ config(enabled=is_on('renewals')) }}
with lines as (

    select
        *,
        12 * periods_per_year_denominator as twelfths,
        -- an item is cut wherever it changes; a trial is no term
        min(case when exclusion_reason is distinct from 'trial' then stated_start_date end) over (
            partition by
                source_system,
                subscription_item_id,
                is_changed_in_place,
                periods_per_year_numerator,
                periods_per_year_denominator
        ) as item_start_date
    from {{ ref('int_subscription_lines_annualized') }}
    where unusable_reason is null

),

subscriptions as (
    {%- if 'stripe' in billing_systems() %}

    select
        'stripe' as source_system,
        subscription_id,
        billing_anchor_date
    from {{ ref('int_stripe_subscriptions') }}
    {%- else %}

    select
        source_system,
        subscription_id,
        cast(null as date) as billing_anchor_date
    from {{ ref('int_subscription_lines_annualized') }}
    where 1 = 0
    {%- endif %}

),

termed as (

    select
        lines.*,
        -- an item that joins a subscription is billed, and so comes up, together with the rest
        case
            when not lines.is_changed_in_place then lines.stated_start_date
            when subscriptions.billing_anchor_date < lines.item_start_date
                then subscriptions.billing_anchor_date
            else lines.item_start_date
        end as anchor_date,
        case
            when mod(lines.twelfths, lines.periods_per_year_numerator) = 0
                then cast({{
                    whole_division('lines.twelfths', 'lines.periods_per_year_numerator')
                }} as integer)
        end as term_months
    from lines
    left join subscriptions
        on
            lines.source_system = subscriptions.source_system
            and lines.subscription_id = subscriptions.subscription_id
    where
        lines.exclusion_reason is null
        and lines.twelfths > lines.periods_per_year_numerator

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
        case when is_changed_in_place then item_start_date else stated_start_date end
            as first_start_date,
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
        term_months
    from termed

)

select * from final
