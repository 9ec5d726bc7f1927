-- Grain: one row per origin month, horizon and customer with ARR at the base month, 12 months
-- before the one projected: what it had, what is left of it, and what may go or is signed.
-- long because both months, the losses, the changes and the segment meet
with horizons as (

    select * from {{ ref('int_projection_horizons') }}

),

spans as (

    select
        accounts.account_id,
        spans.*
    from {{ ref('int_account_arr_spans_revalued') }} as spans
    inner join {{ ref('int_account_keys') }} as accounts
        on spans.account_key = accounts.account_key
    where spans.is_customer

),

sets as (

    select * from {{ ref('int_customer_segment_sets') }}

),

losses as (

    select * from {{ ref('int_renewal_losses_projected') }}

),

changes as (

    select
        horizons.origin_month_index,
        horizons.horizon_months,
        changes.customer_id,
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
    inner join {{ ref('int_signed_changes_ahead') }} as changes
        on
            horizons.origin_month_index = changes.origin_month_index
            and horizons.target_month_index >= changes.change_month_index
    group by horizons.origin_month_index, horizons.horizon_months, changes.customer_id

),

final as (

    select
        horizons.origin_month_index,
        horizons.horizon_months,
        bases.account_id as customer_id,
        coalesce(sets.segment_set_key, {{ unknown_segment_set() }}) as segment_set_key,
        bases.arr as base_arr,
        case when {{ is_active('nows.arr') }} then nows.arr else 0 end as now_arr,
        coalesce(losses.up_for_renewal_arr, 0) as up_for_renewal_arr,
        coalesce(losses.notice_arr, 0) as notice_arr,
        coalesce(losses.expected_loss_arr, 0) as expected_loss_arr,
        coalesce(losses.worst_loss_arr, 0) as worst_loss_arr,
        coalesce(losses.terms_without_probability, 0) as terms_without_probability,
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
            bases.account_id = nows.account_id
            and horizons.origin_month_index >= nows.from_month_index
            and horizons.origin_month_index < {{ or_open('nows.until_month_index') }}
            and bases.rate_from_month_index = nows.rate_from_month_index
    {{ segment_set_at('bases', 'sets', 'horizons.base_month_index', 'account_id') }}
    left join losses
        on
            horizons.origin_month_index = losses.origin_month_index
            and horizons.horizon_months = losses.horizon_months
            and bases.account_id = losses.customer_id
    left join changes
        on
            horizons.origin_month_index = changes.origin_month_index
            and horizons.horizon_months = changes.horizon_months
            and bases.account_id = changes.customer_id

)

select * from final
