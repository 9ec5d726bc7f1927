-- Grain: one row per line that carries ARR, with its number and that of its contract, the length of
-- its terms, if they are longer than a month, and the day from which they are counted.
-- long because an item that is changed in place has the terms of its subscription
{{ config(enabled=is_on('renewals')) }}
{%- set columns = [
    'source_system', 'line_id', 'subscription_id', 'subscription_item_id', 'is_changed_in_place',
    'customer_id', 'customer_key', 'product_family', 'product_family_key', 'arr', 'start_date',
    'end_date', 'stated_start_date', 'stated_end_date', 'superseded_date', 'supersedes_line_id',
    'is_replaced', 'ends_in_cut_over', 'ends_in_pause', 'notice_date', 'is_contracted_step',
    'periods_per_year_numerator', 'periods_per_year_denominator', 'exclusion_reason'
] %}
with keyed as (

    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        cast(row_number() over (
            order by source_system, subscription_id, customer_key, product_family_key, line_id
        ) as integer) as line_key,
        cast(dense_rank() over (
            order by source_system, subscription_id, customer_key, product_family_key
        ) as integer) as contract_key
    from {{ ref('int_subscription_lines_annualized') }}
    where unusable_reason is null

),

lines as (

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
    from keyed

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
        lines.twelfths > lines.periods_per_year_numerator as has_terms,
        case
            when
                lines.twelfths > lines.periods_per_year_numerator
                and mod(lines.twelfths, lines.periods_per_year_numerator) = 0
                then cast({{
                    whole_division('lines.twelfths', 'lines.periods_per_year_numerator')
                }} as integer)
        end as term_months
    from lines
    left join subscriptions
        on
            lines.source_system = subscriptions.source_system
            and lines.subscription_id = subscriptions.subscription_id
    where lines.exclusion_reason is null

),

final as (

    select
        termed.line_key,
        termed.contract_key,
        termed.customer_key,
        termed.product_family_key,
        replaced.line_key as supersedes_line_key,
        termed.source_system,
        termed.line_id,
        termed.subscription_id,
        termed.subscription_item_id,
        termed.is_changed_in_place,
        termed.customer_id,
        termed.product_family,
        termed.arr,
        termed.anchor_date,
        case
            when termed.is_changed_in_place then termed.item_start_date
            else termed.stated_start_date
        end as first_start_date,
        termed.start_date,
        termed.start_date = termed.stated_start_date as starts_as_stated,
        termed.end_date,
        -- a line that states its term runs until then, whatever replaced it; an item changed in
        -- place until its change
        case when termed.is_changed_in_place then termed.end_date else termed.stated_end_date end
            as runs_until_date,
        termed.superseded_date,
        termed.supersedes_line_id is not null as is_replacement,
        termed.is_replaced,
        termed.ends_in_cut_over,
        termed.ends_in_pause,
        termed.notice_date,
        termed.is_contracted_step,
        termed.has_terms,
        termed.term_months
    from termed
    left join keyed as replaced
        on
            termed.source_system = replaced.source_system
            and termed.supersedes_line_id = replaced.line_id

)

select * from final
