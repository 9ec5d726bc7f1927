-- Grain: one row per discounted stretch of a line, with what is taken off one period of it.
{#- the stack is followed step by step, without recursion; a discount beyond it is a finding #}
with slices as (

    select * from {{ ref('int_stripe_discounted_line_periods') }}

),

ranked_discounts as (

    select * from {{ ref('int_stripe_discounts_ranked') }}
    where is_amount_known

),

left_after_0 as (

    select
        *,
        gross_amount_minor as left_amount_minor
    from slices

),
{%- for place in range(1, most_stacked_discounts() + 1) %}

totals_{{ place }} as (

    select
        before.*,
        discounts.percent_off,
        discounts.amount_off_minor,
        cast(sum(before.left_amount_minor) over (
            partition by before.subscription_id, before.start_date, discounts.discount_id
        ) as numeric(24, 6)) as total_minor,
        cast(sum(before.left_amount_minor) over (
            partition by before.subscription_id, before.start_date, discounts.discount_id
            order by before.subscription_item_id
            rows between unbounded preceding and current row
        ) as numeric(24, 6)) as running_minor
    from left_after_{{ place - 1 }} as before
    left join ranked_discounts as discounts
        on
            before.line_key = discounts.line_key
            and before.start_date = discounts.start_date
            and discounts.stack_place = {{ place }}

),

left_after_{{ place }} as (

    select
        line_key,
        subscription_item_id,
        subscription_id,
        gross_amount_minor,
        start_date,
        end_date,
        {%- set running_before = 'running_minor - left_amount_minor' %}
        {%- set taken = 'least(cast(amount_off_minor as numeric(24, 6)), total_minor)' %}
        cast(left_amount_minor - case
            when percent_off is not null
                then least(round(left_amount_minor * percent_off * 0.01, 0), left_amount_minor)
            when amount_off_minor is not null and total_minor > 0
                then
                    -- cumulative rounding: the parts sum to the whole
                    least(
                        {{ spread_amount(taken, 'running_minor', 'total_minor') }}
                        - {{ spread_amount(taken, running_before, 'total_minor') }},
                        left_amount_minor
                    )
            else 0
        end as numeric(24, 6)) as left_amount_minor
    from totals_{{ place }}

),
{%- endfor %}

final as (

    select
        line_key,
        start_date,
        end_date,
        cast(gross_amount_minor - left_amount_minor as numeric(24, 6)) as discount_amount_minor
    from left_after_{{ most_stacked_discounts() }}

)

select * from final
