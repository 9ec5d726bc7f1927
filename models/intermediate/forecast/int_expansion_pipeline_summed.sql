-- Grain: one row per number of months ahead and segment at the base month: the open opportunities
-- of the base that are to close by then.
with customers as (

    select * from {{ ref('int_customers_projected') }}

),

horizons as (

    select * from {{ ref('int_projection_horizons') }}
    where is_current

),

opportunities as (

    select * from {{ ref('int_expansion_opportunities_judged') }}
    where opportunity_state = 'open'

),

met as (

    select
        horizons.horizon_months,
        customers.segment_set_key,
        opportunities.opportunity_arr
    from horizons
    inner join customers
        on
            horizons.origin_month_index = customers.origin_month_index
            and horizons.horizon_months = customers.horizon_months
    inner join opportunities
        on
            customers.customer_id = opportunities.customer_id
            and horizons.target_month_index >= opportunities.close_month_index

),

segments as (

    select * from {{ ref('int_segment_set_values') }}
    where not is_book

),

final as (

    select
        met.horizon_months,
        segments.segment_type,
        segments.segment_value,
        count(*) as pipeline_opportunities,
        cast(sum(met.opportunity_arr) as {{ type_money() }}) as pipeline_arr
    from met
    inner join segments
        on met.segment_set_key = segments.segment_set_key
    group by met.horizon_months, segments.segment_type, segments.segment_value

)

select * from final
