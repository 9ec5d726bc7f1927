-- Grain: one row per price of Stripe; a plan counts where no price has its id.
with prices as (

    select * from {{ ref('stg_stripe__prices') }}

),

plans as (

    select * from {{ ref('stg_stripe__plans') }}

),

currency_exponents as (

    select * from {{ ref('stripe_currency_exponents') }}

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
        prices_and_plans.price_id,
        prices_and_plans.product_id,
        prices_and_plans.plan_tier,
        prices_and_plans.currency,
        case
            when prices_and_plans.price_type = 'one_time' then 'one_time'
            when prices_and_plans.usage_type = 'metered' then 'usage'
            else 'recurring'
        end as charge_type,
        case prices_and_plans.recurring_interval
            when 'day' then 365
            when 'week' then 52
            when 'month' then 12
            when 'year' then 1
            else 0
        end as periods_per_year_numerator,
        cast(
            coalesce(nullif(prices_and_plans.recurring_interval_count, 0), 1) as integer
        ) as periods_per_year_denominator,
        prices_and_plans.unit_amount_minor,
        prices_and_plans.tiers_mode,
        prices_and_plans.package_size,
        prices_and_plans.package_rounding,
        case coalesce(currency_exponents.minor_unit_exponent, 2)
            when 0 then cast(1 as numeric(4, 3))
            when 3 then cast(0.001 as numeric(4, 3))
            else cast(0.01 as numeric(4, 3))
        end as minor_unit
    from prices_and_plans
    left join currency_exponents
        on prices_and_plans.currency = currency_exponents.currency

)

select * from final
