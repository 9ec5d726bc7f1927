-- Grain: one row per opportunity of every CRM system, deleted ones left out, with its customer, its
-- ARR and the team that sourced it.
-- long because every amount is annualised and converted twice
{{ config(enabled=is_on('crm')) }}
{%- set by_month = fx_mode() == 'month_end_rate' %}
with record_merges as (

    select * from {{ ref('int_surviving_record_spans') }}
    where until_month_index is null

),

rates as (

    select * from {{ ref('int_currency_rates') }}

),

opportunities as (

    select * from {{ ref('int_crm_opportunities') }}

),

-- an amount for a term is annualised; an amount without a term is for a year
annualised as (

    select
        *,
        {{ sourcing_team('sourced_by') }} as named_team,
        case
            when term_months > 0 then {{ rounded_share('amount_in_currency', '12', 'term_months') }}
            else amount_in_currency
        end as arr_in_currency,
        -- a term shorter than a year bills its amount and no more
        case
            when term_months >= 12
                then {{ rounded_share('amount_in_currency', '12', 'term_months') }}
            else amount_in_currency
        end as first_year_in_currency
    from opportunities

),

-- what is open is worth today's rate, what is closed that of its month
rated as (

    select
        annualised.*,
        case
            when annualised.currency = '{{ reporting_currency() }}' then 1
            {%- if by_month %}
            else coalesce(month_rates.rate_to_reporting_currency, rates.rate_to_reporting_currency)
            {%- else %}
            else rates.rate_to_reporting_currency
            {%- endif %}
        end as rate
    from annualised
    left join rates
        on annualised.currency = rates.currency
    {%- if by_month %}
    left join {{ ref('int_currency_rate_spans') }} as month_rates
        on
            annualised.currency = month_rates.currency
            and {{ month_index('annualised.close_date') }} >= month_rates.from_month_index
            and {{ month_index('annualised.close_date') }}
            < {{ or_open('month_rates.until_month_index') }}
            and (annualised.is_closed or annualised.is_won)
    {%- endif %}

),

final as (

    select
        cast(row_number() over (
            order by rated.crm_system nulls last, rated.opportunity_id nulls last
        ) as integer) as opportunity_key,
        rated.crm_system,
        rated.opportunity_id,
        -- not unknown, which is the customer of billing lines without one
        coalesce(
            record_merges.holder_record_id, nullif(rated.account_id, ''), 'no_account'
        ) as customer_id,
        case
            when
                lower(trim(rated.opportunity_type))
                in ({{ quoted_list(renewal_opportunity_types() | map('lower') | list) }})
                then true
            else false
        end as is_renewal,
        rated.opportunity_type,
        rated.opportunity_owner_id,
        rated.forecast_category,
        rated.sourced_by,
        coalesce(rated.named_team, 'unattributed') as sourcing_team,
        coalesce(rated.named_team is null and trim(rated.sourced_by) <> '', false)
            as is_unmapped_source,
        rated.is_closed or rated.is_won as is_closed,
        rated.is_won,
        {{ reporting_date('rated.created_at') }} as created_date,
        rated.close_date,
        {{ month_index('rated.close_date') }} as close_month_index,
        rated.currency,
        rated.amount_in_currency,
        {%- for measure, amount in {
            'opportunity_arr': 'arr_in_currency',
            'first_year_billings': 'first_year_in_currency',
        }.items() %}
        cast(
            coalesce(
                rated.{{ amount }}
                * case
                    when rated.amount_in_currency < 0 then 0
                    else rated.rate
                end,
                0
            ) as {{ type_money() }}
        ) as {{ measure }},
        {%- endfor %}
        case
            when rated.amount_in_currency is null or rated.amount_in_currency <= 0
                then 'no_amount'
            when rated.rate is null then 'no_rate'
        end as unusable_reason
    from rated
    left join record_merges
        on
            rated.crm_system = record_merges.record_system
            and rated.account_id = record_merges.record_id

)

select * from final
