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
        customers.segment,
        customers.industry,
        customers.region,
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

segmented as (
    {%- for segment_type in ['all'] + segment_columns() %}

    select
        horizon_months,
        '{{ segment_type }}' as segment_type,
        {{ "'all'" if segment_type == 'all' else segment_type }} as segment_value,
        opportunity_arr
    from met
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

final as (

    select
        horizon_months,
        segment_type,
        segment_value,
        count(*) as pipeline_opportunities,
        cast(sum(opportunity_arr) as {{ type_money() }}) as pipeline_arr
    from segmented
    group by horizon_months, segment_type, segment_value

)

select * from final
