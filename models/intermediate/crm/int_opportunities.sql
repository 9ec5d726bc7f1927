-- Grain: one row per opportunity of every CRM system, deleted ones left out, with its customer, its
-- ARR and the team that sourced it.
-- long because every amount is annualised and converted twice
{{ config(enabled=is_on('crm')) }}
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

final as (

    select
        annualised.crm_system,
        annualised.opportunity_id,
        -- not unknown, which is the customer of billing lines without one
        coalesce(
            record_merges.holder_record_id, nullif(annualised.account_id, ''), 'no_account'
        ) as customer_id,
        case
            when annualised.opportunity_type in ({{ quoted_list(renewal_opportunity_types()) }})
                then true
            else false
        end as is_renewal,
        annualised.opportunity_type,
        annualised.opportunity_owner_id,
        annualised.forecast_category,
        annualised.sourced_by,
        coalesce(annualised.named_team, 'unattributed') as sourcing_team,
        coalesce(annualised.named_team is null and trim(annualised.sourced_by) <> '', false)
            as is_unmapped_source,
        annualised.is_closed or annualised.is_won as is_closed,
        annualised.is_won,
        {{ reporting_date('annualised.created_at') }} as created_date,
        annualised.close_date,
        {{ month_index('annualised.close_date') }} as close_month_index,
        annualised.currency,
        annualised.amount_in_currency,
        {%- for measure, amount in {
            'opportunity_arr': 'arr_in_currency',
            'first_year_billings': 'first_year_in_currency',
        }.items() %}
        cast(
            coalesce(
                annualised.{{ amount }}
                * case
                    when annualised.amount_in_currency < 0 then 0
                    when annualised.currency = '{{ reporting_currency() }}' then 1
                    else rates.rate_to_reporting_currency
                end,
                0
            ) as {{ type_money() }}
        ) as {{ measure }},
        {%- endfor %}
        case
            when annualised.amount_in_currency is null or annualised.amount_in_currency <= 0
                then 'no_amount'
            when annualised.currency <> '{{ reporting_currency() }}'
                and rates.rate_to_reporting_currency is null
                then 'no_rate'
        end as unusable_reason
    from annualised
    left join record_merges
        on
            annualised.crm_system = record_merges.record_system
            and annualised.account_id = record_merges.record_id
    left join rates
        on annualised.currency = rates.currency

)

select * from final
