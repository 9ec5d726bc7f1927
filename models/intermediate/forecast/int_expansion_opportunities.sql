-- Grain: one row per opportunity with an amount that is no renewal, of a customer that had ARR
-- before it closed, or has ARR now.
{{ config(enabled=is_on('forecast')) }}
with opportunities as (

    select
        *,
        case
            when is_closed and close_month_index <= {{ last_published_month_index() }}
                then close_month_index - 1
            else {{ last_published_month_index() }}
        end as active_month_index
    from {{ crm_rows('int_opportunities') }}
    where not is_renewal and unusable_reason is null

),

spans as (

    select * from {{ ref('int_account_spans') }}
    where is_customer and {{ is_active('arr') }}

),

final as (

    select
        opportunities.opportunity_key,
        spans.account_key as customer_key,
        opportunities.close_date,
        opportunities.close_month_index,
        opportunities.opportunity_arr,
        case
            when opportunities.is_won then 'won'
            when opportunities.is_closed then 'lost'
            else 'open'
        end as opportunity_state
    from opportunities
    inner join spans
        on
            opportunities.customer_id = spans.account_id
            and opportunities.active_month_index >= spans.from_month_index
            and opportunities.active_month_index < {{ or_open('spans.until_month_index') }}

)

select * from final
