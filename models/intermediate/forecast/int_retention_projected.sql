-- Grain: one row per origin month, horizon and segment at the base month: the base, what is left of
-- it at the origin, and what will be left of it as expected, at best and at worst.
-- long because every amount is brought to the customer first
with customers as (

    select
        *,
        -- what is sure: notices and what is signed
        now_arr - notice_arr
        + signed_contraction_arr + contracted_expansion_arr + signed_expansion_arr as best_arr,
        expected_loss_arr - notice_arr as expected_open_loss_arr,
        worst_loss_arr - notice_arr as worst_open_loss_arr
    from {{ ref('int_customers_projected') }}

),

cases as (

    select
        *,
        best_arr - expected_open_loss_arr as expected_arr,
        best_arr - worst_open_loss_arr as worst_arr
    from customers

),

-- what may be lost is lost from what was there at the base month and from what came since, alike
projected as (

    select
        *,
        {%- for case_name in ['expected', 'best', 'worst'] %}
        cast(
            case
                when {{ case_name }}_arr <= 0 then 0
                when best_arr <= base_arr then {{ case_name }}_arr
                else {{ rounded_share('base_arr', case_name ~ '_arr', 'best_arr') }}
            end as {{ type_money() }}
        ) as {{ case_name }}_gross_arr,
        case when {{ case_name }}_arr > 0 then {{ case_name }}_arr else 0 end
            as {{ case_name }}_net_arr,
        {%- endfor %}
        case when now_arr < base_arr then now_arr else base_arr end as kept_arr
    from cases

),

segments as (

    select * from {{ ref('int_segment_set_values') }}
    where not is_book

),

final as (

    select
        projected.origin_month_index,
        projected.horizon_months,
        segments.segment_type,
        segments.segment_value,
        count(*) as base_customers,
        {%- for measure in [
            'base_arr', 'now_arr', 'kept_arr', 'up_for_renewal_arr', 'notice_arr',
            'expected_loss_arr', 'worst_loss_arr', 'signed_contraction_arr',
            'contracted_expansion_arr', 'signed_expansion_arr', 'expected_gross_arr',
            'best_gross_arr', 'worst_gross_arr', 'expected_net_arr', 'best_net_arr',
            'worst_net_arr'
        ] %}
        cast(sum(projected.{{ measure }}) as {{ type_money() }}) as {{ measure }},
        {%- endfor %}
        cast(sum(projected.terms_without_probability) as bigint) as terms_without_probability
    from projected
    inner join segments
        on projected.segment_set_key = segments.segment_set_key
    group by
        projected.origin_month_index,
        projected.horizon_months,
        segments.segment_type,
        segments.segment_value

)

select * from final
