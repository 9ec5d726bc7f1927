-- Grain: one row per canonical line: who pays today, what ARR it carries and, where it carries
-- none, why.
-- long because the columns of a line are listed
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

kinds as (

    select * from {{ ref('int_charge_kinds') }}

),

final as (

    select
        kinds.source_system,
        lines.line_id,
        lines.subscription_id,
        {%- if has_subscription_items() %}
        coalesce(lines.subscription_item_id, lines.subscription_id) as subscription_item_id,
        lines.subscription_item_id is not null as is_changed_in_place,
        {%- else %}
        lines.subscription_id as subscription_item_id,
        false as is_changed_in_place,
        {%- endif %}
        customers.customer_id,
        customers.customer_key,
        -- who holds the line is the customer that it names, unless it was handed over
        coalesce(
            transfers.source_customer_id, customers.source_customer_id
        ) as source_customer_id,
        kinds.product_id,
        kinds.product_key,
        kinds.product_family_key,
        kinds.product_family,
        coalesce(kinds.plan_tier, kinds.product_id) as tier_key,
        lines.service_start_date as start_date,
        lines.service_end_date as end_date,
        lines.start_date as stated_start_date,
        lines.end_date as stated_end_date,
        lines.superseded_date,
        lines.supersedes_line_id,
        lines.is_replaced,
        lines.ends_in_cut_over,
        -- leaving one billing system for another is neither a pause nor a notice
        case when lines.ends_in_cut_over then false else lines.ends_in_pause end as ends_in_pause,
        case when lines.ends_in_cut_over then null else lines.notice_date end as notice_date,
        lines.quantity,
        kinds.currency,
        lines.currency_key,
        lines.periods_per_year_numerator,
        lines.periods_per_year_denominator,
        lines.arr_in_line_currency,
        lines.arr,
        kinds.revenue_type,
        lines.is_contracted_step,
        kinds.unusable_reason,
        lines.exclusion_reason,
        kinds.source_table,
        {%- if has_subscription_items() %}
        coalesce(lines.other_source_row_id, lines.line_id) as source_row_id,
        {%- else %}
        lines.line_id as source_row_id,
        {%- endif %}
        lines.load_id
    from lines
    inner join kinds
        on lines.charge_kind_key = kinds.charge_kind_key
    left join transfers
        on
            lines.record_key = transfers.record_key
            and lines.subscription_id = transfers.subscription_id
    inner join customers
        on coalesce(transfers.current_record_key, lines.record_key) = customers.record_key

)

select * from final
