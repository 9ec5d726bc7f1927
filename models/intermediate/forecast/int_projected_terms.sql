-- Grain: one row per origin month, customer, subscription, product family and day within 12 months
-- on which terms in force or signed at its end next come up; two where one ended and went on.
-- long because every line of a term is dated and classified before lines are summed
{{ config(enabled=is_on('forecast')) }}
with lines as (

    select
        *,
        {{ month_index('anchor_date') }} as anchor_month_index
    from {{ ref('int_renewable_lines') }}
    where has_terms

),

origins as (

    select distinct
        origin_month_index,
        origin_date,
        known_date,
        is_current
    from {{ ref('int_projection_horizons') }}

),

-- ended, and counted while a late renewal may come
in_grace as (

    select * from {{ ref('int_arr_lines') }}
    where is_in_grace

),

known as (

    select
        lines.*,
        origins.origin_month_index,
        origins.known_date,
        lines.start_date <= origins.origin_date as is_in_force,
        coalesce(lines.notice_date <= origins.known_date, false) as is_notice_known,
        replaced.line_key is not null as is_replacement_signed,
        in_grace.line_id is not null as is_in_grace,
        cast({{ whole_division(
            'greatest(0, origins.origin_month_index - lines.anchor_month_index)',
            'lines.term_months'
        ) }} as integer) as terms_over,
        -- an end is foreseen where the line states it, notice was given, or a replacement is signed
        case
            when lines.end_date <= origins.origin_date then lines.end_date
            when origins.is_current and lines.superseded_date = lines.end_date then lines.end_date
            when lines.notice_date <= origins.known_date then lines.runs_until_date
            when
                lines.notice_date is null
                and (not lines.is_changed_in_place or (origins.is_current and lines.arr < 0))
                then lines.runs_until_date
        end as stated_end_date
    from lines
    -- today every line of the extract is signed, at past origins contracted steps alone
    inner join origins
        on
            lines.start_date <= origins.origin_date
            or origins.is_current
            or lines.is_contracted_step
    left join {{ ref('int_signed_line_changes') }} as replaced
        on
            replaced.is_replaced
            and origins.origin_month_index = replaced.origin_month_index
            and lines.line_key = replaced.line_key
    left join in_grace
        on
            lines.source_system = in_grace.source_system
            and case when origins.is_current then lines.line_id end = in_grace.line_id
    where
        lines.end_date is null
        or lines.end_date > origins.origin_date
        or replaced.line_key is not null
        or in_grace.line_id is not null

),

-- a month is published up to 30 days after its end, so that one end may be over since
ends as (

    select
        known.*,
        {%- for column, place in {'first_end_date': 1, 'second_end_date': 2}.items() %}
        {%- set months = '(known.terms_over + ' ~ place ~ ') * known.term_months' %}
        {%- set next_end = add_months('known.anchor_date', months) %}
        case
            when known.stated_end_date is null then {{ next_end }}
            when
                {{ next_end }} < known.stated_end_date
                and not {{ is_before_end_of_notice('known', next_end, 'known.known_date') }}
                then {{ next_end }}
            else known.stated_end_date
        end as {{ column }},
        {%- endfor %}
        max(case when known.arr > 0 then 1 else 0 end) over (
            partition by known.origin_month_index, known.customer_key, known.stated_end_date
        ) = 1 as is_with_charge
    from known

),

places as (

    select 1 as place

    union all

    select 2 as place

),

dated as (

    select
        ends.*,
        places.place,
        case when places.place = 1 then ends.first_end_date else ends.second_end_date end
            as term_end_date
    from ends
    inner join places
        on
            places.place = 1
            or (
                ends.first_end_date <= ends.known_date
                and ends.second_end_date > ends.first_end_date
            )

),

classified as (

    select
        *,
        term_end_date <= known_date as is_past,
        case
            when is_replacement_signed and end_date = term_end_date then 'signed'
            when term_end_date <= known_date and coalesce(end_date > term_end_date, true)
                then 'signed'
            when is_notice_known then 'lost'
            -- a discount is over on the day it states, unless a charge of the customer ends with it
            when arr < 0 and term_end_date = stated_end_date and not is_with_charge then 'over'
            when term_end_date > known_date or is_in_grace then 'open'
            else 'lost'
        end as line_state
    from dated

),

final as (

    select
        origin_month_index,
        contract_key,
        customer_key,
        {%- for text in ['source_system', 'subscription_id', 'customer_id', 'product_family'] %}
        min({{ text }}) as {{ text }},
        {%- endfor %}
        term_end_date,
        {{ month_index('term_end_date') }} as term_end_month_index,
        case when is_past then 0 else {{ month_index('term_end_date') }} - origin_month_index end
            as lead_months,
        coalesce(max(term_months), 12) as term_months,
        cast(sum(arr) as {{ type_money() }}) as arr,
        cast(sum(case when line_state = 'signed' then arr else 0 end) as {{ type_money() }})
            as signed_arr,
        cast(sum(
            case when line_state in ('lost', 'over') then arr else 0 end
        ) as {{ type_money() }}) as lost_arr,
        cast(sum(
            case when is_in_force and place = 1 and line_state <> 'over' then arr else 0 end
        ) as {{ type_money() }}) as first_up_arr,
        max(case when stated_end_date is null then 1 else 0 end) = 1 as renews_automatically
    from classified
    where
        {{ month_index('term_end_date') }} <= {{ month_index('known_date') }} + 12
        and term_end_date > start_date
    group by
        origin_month_index,
        contract_key,
        customer_key,
        term_end_date,
        is_past
    having sum(arr) <> 0

)

select * from final
