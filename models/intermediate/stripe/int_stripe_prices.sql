-- Grain: one row per price of Stripe; a plan counts if no price has its id.
{{ config(enabled='stripe' in billing_systems()) }}
with prices as (

    select * from {{ ref('stg_stripe__prices') }}

),

plans as (

    select * from {{ ref('stg_stripe__plans') }}

),

plans_alone as (

    select plans.*
    from plans
    left join prices
        on plans.price_id = prices.price_id
    where prices.price_id is null

),

prices_and_plans as (
    {%- for table in ['prices', 'plans_alone'] %}

    select
        price_id,
        product_id,
        currency,
        currency_options,
        is_tax_inclusive,
        price_type,
        recurring_interval,
        usage_type,
        tiers_mode,
        package_rounding,
        plan_tier,
        recurring_interval_count,
        unit_amount_minor,
        package_size
    from {{ table }}
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

final as (

    select
        price_id,
        product_id,
        plan_tier,
        currency,
        currency_options,
        is_tax_inclusive,
        case
            when price_type = 'one_time' then 'one_time'
            when usage_type = 'metered' then 'usage'
            else 'recurring'
        end as charge_type,
        case recurring_interval
            when 'day' then 365
            when 'week' then 52
            when 'month' then 12
            when 'year' then 1
        end as periods_per_year_numerator,
        cast(
            coalesce(nullif(recurring_interval_count, 0), 1) as integer
        ) as periods_per_year_denominator,
        case recurring_interval
            when 'month' then cast(coalesce(nullif(recurring_interval_count, 0), 1) as integer)
            when 'year' then cast(12 * coalesce(nullif(recurring_interval_count, 0), 1) as integer)
        end as period_months,
        -- a price with tiers has no other amount; some loaders write 0 where it is empty
        case when tiers_mode is null then unit_amount_minor end as unit_amount_minor,
        tiers_mode,
        package_size,
        package_rounding
    from prices_and_plans

)

select * from final
