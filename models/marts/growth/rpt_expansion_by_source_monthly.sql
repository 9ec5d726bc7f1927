-- Grain: one row per month, segment at the end of the month and team that sourced expansion.
{{ config(enabled=is_on('growth', ['crm'])) }}
with sources as (

    select * from {{ ref('fct_expansion_sources') }}

),

movements as (

    select * from {{ ref('int_arr_movements_by_segment') }}
    where
        movement_type = 'expansion'
        and not is_between_segments

),

accounts as (

    select * from {{ ref('int_account_keys') }}
    where is_customer

),

segments as (

    select * from {{ ref('int_segment_set_values') }}

),

months as (

    select * from {{ ref('int_calendar_months') }}

),

summed as (

    select
        sources.date_month,
        segments.segment_type,
        segments.segment_value,
        sources.sourcing_team,
        cast(sum(sources.expansion_arr) as {{ type_money() }}) as expansion_arr,
        cast(sum(sources.upsell_arr) as {{ type_money() }}) as upsell_arr,
        cast(sum(sources.cross_sell_arr) as {{ type_money() }}) as cross_sell_arr,
        cast(count(sources.opportunity_id) as bigint) as opportunities,
        cast(sum(
            case when sources.is_unmapped_source then 1 else 0 end
        ) as bigint) as unmapped_opportunities
    from sources
    inner join months
        on sources.date_month = months.date_month
    inner join accounts
        on sources.customer_id = accounts.account_id
    inner join movements
        on
            accounts.account_key = movements.customer_key
            and months.month_index = movements.month_index
    inner join segments
        on movements.segment_set_key = segments.segment_set_key
    group by
        sources.date_month, segments.segment_type, segments.segment_value, sources.sourcing_team

),

final as (

    select
        date_month,
        segment_type,
        segment_value,
        sourcing_team,
        expansion_arr,
        upsell_arr,
        cross_sell_arr,
        {{ ratio(
            'expansion_arr',
            'sum(expansion_arr) over (partition by date_month, segment_type, segment_value)'
        ) }} as share_of_expansion,
        opportunities,
        unmapped_opportunities
    from summed

)

select * from final
