-- Grain: one row per origin month, horizon and segment at the base month: GRR and NDR as expected,
-- at best and at worst, and what they were at the origin. Without a chance for every term none is
-- expected.
with projected as (

    select
        *,
        contracted_expansion_arr + signed_expansion_arr as growth_arr,
        {{ ratio('horizon_months', '12') }} as horizon_share,
        terms_without_probability = 0 as is_complete
    from {{ ref('int_retention_projected') }}

),

-- the rates of the last year, at the origin
last_year as (

    select
        month_index,
        segment_type,
        segment_value,
        {{ ratio('gross_arr', 'base_arr') }} as grr,
        {{ ratio('net_arr', 'base_arr') }} as ndr,
        {{ ratio('net_arr - gross_arr', 'base_arr') }} as growth_rate
    from {{ ref('int_retention_sums_monthly') }}
    where account_grain = 'customer' and window_months = 12

),

rated as (

    select
        projected.*,
        last_year.grr as last_year_grr,
        last_year.ndr as last_year_ndr,
        -- customers go on growing as in the last year, of which what is signed is a part; it is
        -- added to one rate, so that without growth the rates are equal to the last bit
        case
            when last_year.growth_rate * projected.horizon_share
                > {{ ratio('projected.growth_arr', 'projected.base_arr') }}
                then
                    last_year.growth_rate * projected.horizon_share
                    - {{ ratio('projected.growth_arr', 'projected.base_arr') }}
            else 0
        end as new_growth_rate,
        {{ ratio('projected.expected_gross_arr', 'projected.base_arr') }} as any_expected_grr,
        {{ ratio('projected.best_gross_arr', 'projected.base_arr') }} as best_grr,
        {{ ratio('projected.worst_gross_arr', 'projected.base_arr') }} as any_worst_grr,
        {{ ratio('projected.expected_net_arr', 'projected.base_arr') }} as any_expected_ndr,
        {{ ratio('projected.best_net_arr', 'projected.base_arr') }} as best_ndr_before_growth,
        {{ ratio('projected.worst_net_arr', 'projected.base_arr') }} as any_worst_ndr
    from projected
    left join last_year
        on
            projected.origin_month_index = last_year.month_index
            and projected.segment_type = last_year.segment_type
            and projected.segment_value = last_year.segment_value

),

final as (

    select
        origin_month_index,
        horizon_months,
        segment_type,
        segment_value,
        last_year_grr,
        last_year_ndr,
        case when is_complete then any_expected_grr end as expected_grr,
        best_grr,
        case when is_complete then any_worst_grr end as worst_grr,
        case when is_complete then any_expected_ndr end as ndr_before_new_expansion,
        case when is_complete then any_expected_ndr + new_growth_rate end as expected_ndr,
        best_ndr_before_growth + new_growth_rate as best_ndr,
        case when is_complete then any_worst_ndr end as worst_ndr
    from rated

)

select * from final
