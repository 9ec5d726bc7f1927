{#- The rules of a late renewal, shared by the ledger and by the policies it is compared with. -#}

{% macro is_bridged_gap(gap_from_date, gap_until_date, grace_days) -%}
    {#- A gap that closed within the grace days, or one that is open and may still do so. -#}
    (
        (
            {{ gap_until_date }} is not null
            and {{ gap_until_date }} <= {{ arr_ledger.add_days(gap_from_date, grace_days) }}
        )
        or (
            {{ gap_until_date }} is null
            and {{ gap_from_date }} <= {{ arr_ledger.as_of_date() }}
            and {{ arr_ledger.add_days(gap_from_date, grace_days) }} > {{ arr_ledger.as_of_date() }}
        )
    )
{%- endmacro %}

{% macro counted_until_date(lines, gaps) -%}
    {#- First day a line no longer counts. gaps: the bridged gap that opens on its end, or a row of nulls. -#}
    case
        -- a pause is no late renewal, nor is a replacement, and after notice none is expected
        when {{ gaps }}.customer_key is null or {{ lines }}.ends_in_pause or {{ lines }}.is_replaced then {{ lines }}.end_date
        when {{ gaps }}.gap_until_date is null and {{ lines }}.notice_date is not null then {{ lines }}.end_date
        else {{ gaps }}.gap_until_date
    end
{%- endmacro %}

{% macro item_columns() -%}
    {#- What lines share whose terms belong together: the contract of a customer for a product family and the item of its
        subscription. -#}
    contract_key, subscription_item_id
{%- endmacro %}

{% macro is_of_item(lines, others) -%}
    {#- Whether two relations that have these columns speak of the same. -#}
    {{ lines }}.contract_key = {{ others }}.contract_key
            and {{ lines }}.subscription_item_id = {{ others }}.subscription_item_id
{%- endmacro %}

{% macro is_of_pool(terms, others) -%}
    {#- Whether two relations that have these columns speak of terms of one family of a customer that end on one day. -#}
    {{ terms }}.customer_key = {{ others }}.customer_key
            and {{ terms }}.product_family_key = {{ others }}.product_family_key
            and {{ terms }}.term_end_date = {{ others }}.term_end_date
{%- endmacro %}

{% macro is_before_end_of_notice(line, term_end_date, known_date) -%}
    {#- After notice a line runs until the end that it states: no end of a term before that is still to come up. -#}
    coalesce(
            {{ line }}.notice_date <= {{ known_date }}
            and {{ term_end_date }} > {{ known_date }}
            and {{ term_end_date }} < {{ line }}.runs_until_date,
            false
        )
{%- endmacro %}

{% macro is_usable_trial() -%}
    {#- A line of int_subscription_lines_annualized that is a trial and would carry ARR if trials counted. -#}
    (exclusion_reason = 'trial' and (end_date is null or end_date > start_date))
{%- endmacro %}

{% macro forecast_category_probability(category) -%}
    {#- Probability from 0 to 1 of a forecast category by forecast_category_percents. Null if it does not name the category. -#}
    {%- set percent -%}
        case
            {%- for named, given in arr_ledger.forecast_category_percents().items() %}
            when lower(trim({{ category }})) = '{{ named | lower }}' then {{ given }}
            {%- endfor %}
            when 1 = 0 then 0
        end
    {%- endset -%}
    cast({{ percent }} as {{ arr_ledger.type_double() }}) / 100
{%- endmacro %}

{% macro target_ndr_percent_of(segment_type, segment_value) -%}
    {#- The target NDR of a segment, in percent. -#}
    cast(
        case
            {%- for segment, percent in arr_ledger.target_ndr_percents_by_segment().items() %}
            when {{ segment_type }} = '{{ arr_ledger.leading_segment() }}' and {{ segment_value }} = '{{ segment }}' then {{ percent }}
            {%- endfor %}
            when 1 = 1 then {{ arr_ledger.target_ndr_percent() }}
        end as numeric(9, 4)
    )
{%- endmacro %}
