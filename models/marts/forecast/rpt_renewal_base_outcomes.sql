-- Grain: one row per earlier day on which the renewal base was shown and band of months ahead: what
-- was expected of it then, and what came.
-- long because the term that was shown is found again first
{{ config(enabled=is_on('forecast')) }}
{%- set by_month = fx_mode() == 'month_end_rate' %}
with snapshots as (

    select
        *,
        {{ month_index(add_days('as_of_date', 1)) }} - 1 as shown_month_index
    from {{ ref('fct_renewal_base_snapshots') }}
    where as_of_date < {{ as_of_date() }}

),

renewals as (

    select * from {{ ref('fct_renewals') }}

),
{%- if by_month %}

-- the rate that a subscription in one currency has today
currencies as (

    select
        lines.source_system,
        lines.subscription_id,
        lines.product_family,
        min(lines.currency) as currency,
        min(rates.rate_to_reporting_currency) as rate
    from {{ ref('int_subscription_lines_annualized') }} as lines
    inner join {{ ref('int_currency_rates') }} as rates
        on lines.currency = rates.currency
    where lines.exclusion_reason is null
    group by lines.source_system, lines.subscription_id, lines.product_family
    having count(distinct lines.currency) = 1

),

{%- endif %}

-- the ends of the subscriptions of each day, and whether they were shown that day
candidates as (

    select
        snapshots.as_of_date,
        renewals.source_system,
        renewals.subscription_id,
        renewals.customer_id,
        renewals.product_family,
        renewals.term_end_date,
        renewals.outcome,
        renewals.gross_renewed_arr,
        max(case when snapshots.term_end_date = renewals.term_end_date then 1 else 0 end) = 1
            as was_shown
    from snapshots
    inner join renewals
        on
            snapshots.source_system = renewals.source_system
            and snapshots.subscription_id = renewals.subscription_id
            and snapshots.product_family = renewals.product_family
    group by
        snapshots.as_of_date,
        renewals.source_system,
        renewals.subscription_id,
        renewals.customer_id,
        renewals.product_family,
        renewals.term_end_date,
        renewals.outcome,
        renewals.gross_renewed_arr

),

compared as (

    select
        snapshots.*,
        renewals.customer_id as renewal_customer_id,
        renewals.term_end_date as renewal_end_date,
        renewals.outcome,
        {%- if by_month %}
        -- at the rate of the month before the day, as what was up
        coalesce(
            {{ rounded_share(
                'renewals.gross_renewed_arr', '10000 * rate_spans.rate_to_reporting_currency',
                '10000 * currencies.rate'
            ) }},
            renewals.gross_renewed_arr
        ) as gross_renewed_arr,
        {%- else %}
        renewals.gross_renewed_arr,
        {%- endif %}
        -- the end of a term may have moved since: what counts then is the next end after the day,
        -- unless it is that of another term that was shown
        coalesce(
            snapshots.term_end_date = renewals.term_end_date
            or (snapshots.as_of_date < renewals.term_end_date and not renewals.was_shown),
            false
        ) as is_met
    from snapshots
    left join candidates as renewals
        on
            snapshots.as_of_date = renewals.as_of_date
            and snapshots.source_system = renewals.source_system
            and snapshots.subscription_id = renewals.subscription_id
            and snapshots.product_family = renewals.product_family
    {%- if by_month %}
    left join currencies
        on
            snapshots.source_system = currencies.source_system
            and snapshots.subscription_id = currencies.subscription_id
            and snapshots.product_family = currencies.product_family
    left join {{ ref('int_currency_rate_spans') }} as rate_spans
        on
            currencies.currency = rate_spans.currency
            and snapshots.shown_month_index >= rate_spans.from_month_index
            and snapshots.shown_month_index < {{ or_open('rate_spans.until_month_index') }}
    {%- endif %}

),

met as (

    select
        as_of_date,
        months_ahead_band,
        up_for_renewal_arr,
        renewal_probability,
        expected_loss_arr,
        case when is_met then outcome end as outcome,
        case when is_met then gross_renewed_arr end as gross_renewed_arr,
        row_number() over (
            partition by
                as_of_date,
                source_system,
                subscription_id,
                customer_id,
                product_family,
                term_end_date
            order by
                case when is_met then 0 else 1 end,
                case when term_end_date = renewal_end_date then 0 else 1 end,
                case when customer_id = renewal_customer_id then 0 else 1 end,
                renewal_end_date nulls last,
                renewal_customer_id nulls last
        ) as nearest_first
    from compared

),

judged as (

    select
        *,
        case
            when outcome is null then 'gone'
            when outcome = 'open' then 'open'
            else 'decided'
        end as state,
        -- at most what was up then
        case
            when gross_renewed_arr > up_for_renewal_arr then up_for_renewal_arr
            else gross_renewed_arr
        end as kept_arr
    from met
    where nearest_first = 1

),

final as (

    select
        as_of_date,
        months_ahead_band,
        count(*) as terms,
        cast(sum(up_for_renewal_arr) as {{ type_money() }}) as up_for_renewal_arr,
        {%- for state in ['decided', 'open', 'gone'] %}
        cast(
            sum(case when state = '{{ state }}' then up_for_renewal_arr else 0 end)
            as {{ type_money() }}
        ) as {{ state }}_arr,
        {%- endfor %}
        cast(
            sum(case when state = 'decided' then kept_arr else 0 end) as {{ type_money() }}
        ) as gross_renewed_arr,
        {{ ratio(
            "sum(case when state = 'decided' then up_for_renewal_arr - expected_loss_arr end)",
            "sum(case when state = 'decided' and expected_loss_arr is not null then up_for_renewal_arr end)"
        ) }} as expected_rate,
        {{ ratio(
            "sum(case when state = 'decided' then kept_arr end)",
            "sum(case when state = 'decided' then up_for_renewal_arr end)"
        ) }} as actual_rate
    from judged
    group by as_of_date, months_ahead_band

)

select * from final
