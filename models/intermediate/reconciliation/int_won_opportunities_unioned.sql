-- Grain: one row per opportunity won in any CRM system that is on, with the customer it stands for
-- and the ARR it promises; no row without a CRM system.
-- long because the systems are brought into one shape before their amounts are
with record_merges as (

    select * from {{ ref('int_customer_merges_resolved') }}

),

rates as (

    select * from {{ ref('int_currency_rates_resolved') }}

),
{%- for system in crm_systems() %}

{{ system }}_opportunities as (

    select * from {{ ref('stg_' ~ system ~ '__opportunities') }}
    where
        is_won
        and not is_deleted
        and is_active_version

),
{%- endfor %}

won as (

    select
        cast(null as {{ dbt.type_string() }}) as crm_system,
        cast(null as {{ dbt.type_string() }}) as opportunity_id,
        cast(null as {{ dbt.type_string() }}) as account_id,
        cast(null as {{ dbt.type_string() }}) as opportunity_type,
        cast(null as {{ dbt.type_string() }}) as currency,
        cast(null as {{ type_money() }}) as amount_in_currency,
        cast(null as numeric(9, 4)) as term_months,
        cast(null as date) as close_date
    {%- for system in crm_systems() %}

    union all

    select
        '{{ system }}' as crm_system,
        opportunity_id,
        account_id,
        opportunity_type,
        coalesce(currency, '{{ reporting_currency() }}') as currency,
        amount_in_currency,
        term_months,
        close_date
    from {{ system }}_opportunities
    {%- endfor %}

),

-- the amount of a term is put on a year; an amount without a term is taken to be that of a year
annualised as (

    select
        *,
        case
            when term_months > 0 then {{ rounded_share('amount_in_currency', '12', 'term_months') }}
            else amount_in_currency
        end as arr_in_currency
    from won
    where opportunity_id is not null

),

final as (

    select
        annualised.crm_system,
        annualised.opportunity_id,
        coalesce(
            record_merges.surviving_record_id, annualised.account_id, 'unknown'
        ) as customer_id,
        case
            when annualised.opportunity_type in ({{ quoted_list(renewal_opportunity_types()) }})
                then true
            else false
        end as is_renewal,
        annualised.close_date,
        {{ month_index('annualised.close_date') }} as close_month_index,
        annualised.currency,
        annualised.amount_in_currency,
        cast(
            coalesce(
                annualised.arr_in_currency
                * case
                    when annualised.currency = '{{ reporting_currency() }}' then 1
                    else rates.rate_to_reporting_currency
                end,
                0
            ) as {{ type_money() }}
        ) as opportunity_arr,
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
