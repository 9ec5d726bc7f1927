-- Grain: one row per canonical line: who pays today, what ARR it carries and, where it carries
-- none, why.
-- long because every rule that looks at one line alone stands here, in one place.
with lines as (

    select * from {{ ref('int_subscription_lines') }}

),

customers as (

    select * from {{ ref('int_customer_identities') }}
    where is_current

),

transfers as (

    select * from {{ ref('int_subscription_customers') }}
    where source_customer_id <> current_source_customer_id

),

products as (

    select * from {{ ref('int_product_keys') }}

),

rates as (

    select * from {{ ref('int_currency_rates') }}

),

joined as (

    select
        lines.*,
        coalesce(transfers.current_record_key, lines.record_key) as holder_key,
        products.product_key,
        products.product_family,
        case
            when lines.charge_type = 'recurring' then products.revenue_type
            else lines.charge_type
        end as revenue_type,
        {{ annualised_amount(
            'lines.term_amount', 'lines.periods_per_year_numerator', 'lines.periods_per_year_denominator'
        ) }} as arr_in_line_currency,
        rates.rate_to_reporting_currency,
        rates.currency_key
    from lines
    left join transfers
        on
            lines.source_system = transfers.source_system
            and lines.subscription_id = transfers.subscription_id
            and lines.source_customer_id = transfers.source_customer_id
    left join products
        on lines.product_id = products.product_id
    left join rates
        on lines.currency = rates.currency

),

final as (

    select
        joined.source_system,
        joined.line_id,
        joined.subscription_id,
        coalesce(joined.subscription_item_id, joined.subscription_id) as subscription_item_id,
        customers.customer_id,
        customers.customer_key,
        joined.source_customer_id,
        joined.product_id,
        joined.product_key,
        joined.product_family,
        coalesce(joined.plan_tier, joined.product_id) as tier_key,
        joined.service_start_date as start_date,
        joined.service_end_date as end_date,
        -- leaving one billing system for another is neither a pause nor a notice
        case when joined.ends_in_cut_over then false else joined.ends_in_pause end as ends_in_pause,
        case when joined.ends_in_cut_over then null else joined.notice_date end as notice_date,
        joined.quantity,
        joined.currency,
        joined.currency_key,
        joined.arr_in_line_currency,
        case
            when joined.rate_to_reporting_currency = 1 then joined.arr_in_line_currency
            else
                {{ converted_amount(
                    'joined.arr_in_line_currency', 'joined.rate_to_reporting_currency'
                ) }}
        end as arr,
        joined.revenue_type,
        joined.is_contracted_step,
        case
            when joined.unusable_reason is not null then joined.unusable_reason
            when joined.revenue_type not in ({{ quoted_list(charge_types()) }})
                then 'unknown_charge_type'
            when joined.revenue_type not in ({{ quoted_list(charge_types_in_arr()) }})
                then joined.revenue_type
            when joined.end_date < joined.start_date then 'ends_before_start'
            when joined.end_date <= joined.start_date then 'no_service_time'
            when joined.superseded_date <= joined.start_date then 'superseded_before_start'
            when joined.service_end_date <= joined.service_start_date then 'billed_elsewhere'
            when joined.arr_in_line_currency = 0 then 'zero_amount'
        end as exclusion_reason,
        joined.source_table,
        joined.source_row_id,
        joined.load_id
    from joined
    inner join customers
        on joined.holder_key = customers.record_key

)

select * from final
