-- Grain: one row per origin month, horizon and customer with ARR at the base month, 12 months
-- before the projected one: its ARR then and at the origin, what it may lose and what is signed.
-- long because both months, losses, signed changes and the segment are joined
{{ config(enabled=is_on('forecast')) }}
{%- set notice = 'coalesce(losses.notice_arr, 0)' %}
{%- set expected = 'coalesce(losses.expected_loss_arr, 0)' %}
with horizons as (

    select * from {{ ref('int_projection_horizons') }}

),

spans as (

    select * from {{ ref(spans_at_one_rate()) }}
    where is_customer

),

sets as (

    select * from {{ ref('int_customer_segment_sets') }}

),

-- a short term comes up again within the horizon; what a signed one goes on in has its own ends
terms_due as (

    select
        horizons.origin_month_index,
        horizons.horizon_months,
        terms.customer_key,
        terms.arr,
        terms.signed_arr,
        terms.lost_arr,
        terms.first_up_arr,
        terms.probability_source,
        terms.renews_automatically,
        terms.share_kept
        * {{ compounded(
            'coalesce(terms.later_probability, 1)',
            'case when terms.signed_arr >= terms.arr then 0 else ' ~ whole_division(
                'horizons.target_month_index - terms.term_end_month_index', 'terms.term_months'
            ) ~ ' end'
        ) }} as kept_share
    from horizons
    inner join {{ ref('int_renewal_probabilities') }} as terms
        on
            horizons.origin_month_index = terms.origin_month_index
            and horizons.target_month_index >= terms.term_end_month_index

),

-- losses are above zero
losses as (

    select
        origin_month_index,
        horizon_months,
        customer_key,
        sum(first_up_arr) as up_for_renewal_arr,
        sum(lost_arr) as notice_arr,
        sum({{ expected_share('arr', '1 - kept_share') }}) as expected_loss_arr,
        -- a term that needs a signature is lost, one that renews by itself is lost as expected
        sum(
            case
                when probability_source in ('notice', 'signed') or renews_automatically
                    then {{ expected_share('arr', '1 - kept_share') }}
                else arr - signed_arr
            end
        ) as worst_loss_arr,
        sum(case when probability_source = 'none' and arr > 0 then 1 else 0 end)
            as terms_without_probability
    from terms_due
    group by origin_month_index, horizon_months, customer_key

),

-- what begins on a day less what ends for it
day_changes as (

    select
        origin_month_index,
        customer_key,
        product_family_key,
        change_date,
        change_month_index,
        sum(arr_change) as arr_change,
        min(case when is_replaced or is_contracted_step then 1 else 0 end) = 1
            as is_contracted_step
    from {{ ref('int_signed_line_changes') }}
    group by
        origin_month_index, customer_key, product_family_key, change_date, change_month_index

),

changes as (

    select
        horizons.origin_month_index,
        horizons.horizon_months,
        changes.customer_key,
        sum(case when changes.arr_change < 0 then changes.arr_change else 0 end)
            as signed_contraction_arr,
        sum(
            case
                when changes.arr_change > 0 and changes.is_contracted_step then changes.arr_change
                else 0
            end
        ) as contracted_expansion_arr,
        sum(
            case
                when changes.arr_change > 0 and not changes.is_contracted_step
                    then changes.arr_change
                else 0
            end
        ) as signed_expansion_arr
    from horizons
    inner join day_changes as changes
        on
            horizons.origin_month_index = changes.origin_month_index
            and horizons.target_month_index >= changes.change_month_index
    group by horizons.origin_month_index, horizons.horizon_months, changes.customer_key

),

final as (

    select
        horizons.origin_month_index,
        horizons.horizon_months,
        bases.account_key as customer_key,
        coalesce(sets.segment_set_key, {{ unknown_segment_set() }}) as segment_set_key,
        bases.arr as base_arr,
        case when {{ is_active('nows.arr') }} then nows.arr else 0 end as now_arr,
        cast(coalesce(losses.up_for_renewal_arr, 0) as {{ type_money() }}) as up_for_renewal_arr,
        cast({{ notice }} as {{ type_money() }}) as notice_arr,
        -- where discounts are more than the charges they end with, no loss is a gain
        cast(greatest({{ expected }}, {{ notice }}) as {{ type_money() }}) as expected_loss_arr,
        cast(
            greatest(coalesce(losses.worst_loss_arr, 0), {{ expected }}, {{ notice }})
            as {{ type_money() }}
        ) as worst_loss_arr,
        cast(coalesce(losses.terms_without_probability, 0) as bigint) as terms_without_probability,
        coalesce(changes.signed_contraction_arr, 0) as signed_contraction_arr,
        coalesce(changes.contracted_expansion_arr, 0) as contracted_expansion_arr,
        coalesce(changes.signed_expansion_arr, 0) as signed_expansion_arr
    from horizons
    inner join spans as bases
        on
            horizons.base_month_index >= bases.from_month_index
            and horizons.base_month_index < {{ or_open('bases.until_month_index') }}
            and horizons.origin_month_index >= bases.rate_from_month_index
            and horizons.origin_month_index < bases.rate_until_month_index
            and {{ is_active('bases.arr') }}
    left join spans as nows
        on
            bases.account_key = nows.account_key
            and horizons.origin_month_index >= nows.from_month_index
            and horizons.origin_month_index < {{ or_open('nows.until_month_index') }}
            and bases.rate_from_month_index = nows.rate_from_month_index
    {{ segment_set_at('bases', 'sets', 'horizons.base_month_index', 'account_key') }}
    left join losses
        on
            horizons.origin_month_index = losses.origin_month_index
            and horizons.horizon_months = losses.horizon_months
            and bases.account_key = losses.customer_key
    left join changes
        on
            horizons.origin_month_index = changes.origin_month_index
            and horizons.horizon_months = changes.horizon_months
            and bases.account_key = changes.customer_key

)

select * from final
