-- A won opportunity is credited in one expansion, with at most the ARR it promises; the mart holds
-- all opportunities that were won.
with credited as (

    select
        crm_system,
        opportunity_id,
        count(*) as expansions,
        sum(expansion_arr) as expansion_arr
    from {{ ref('fct_expansion_sources') }}
    where opportunity_id is not null
    group by crm_system, opportunity_id

),

opportunities as (

    select * from {{ ref('fct_won_opportunities') }}

),

won as (

    select * from {{ ref('int_opportunities') }}
    where is_won

)

select
    coalesce(won.opportunity_id, opportunities.opportunity_id) as opportunity_id,
    won.opportunity_arr,
    opportunities.expansion_arr,
    credited.expansion_arr as credited_arr
from won
full join opportunities
    on
        won.crm_system = opportunities.crm_system
        and won.opportunity_id = opportunities.opportunity_id
full join credited
    on
        opportunities.crm_system = credited.crm_system
        and opportunities.opportunity_id = credited.opportunity_id
where
    won.opportunity_id is null
    or opportunities.opportunity_id is null
    or credited.expansions > 1
    or opportunities.expansion_arr <> coalesce(credited.expansion_arr, 0)
    or opportunities.expansion_arr > won.opportunity_arr
    or (opportunities.outcome = 'expansion') <> (credited.opportunity_id is not null)
