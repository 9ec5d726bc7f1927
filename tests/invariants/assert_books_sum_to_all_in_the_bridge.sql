-- The books of each role, and the kinds of coverage, sum to the bridge of all, movement by
-- movement; what is handed over from one book to another is zero in total.
{%- set measures = [
    'beginning_arr', 'new_arr', 'reactivation_arr', 'expansion_arr', 'contraction_arr', 'churn_arr',
    'ending_arr'
] %}
with cut as (

    select
        date_month,
        owner_role as cut,
        {%- for measure in measures %}
        {{ measure }},
        {%- endfor %}
        opening_balance_arr + fx_arr + transfer_arr as other_arr
    from {{ ref('rpt_book_bridge_monthly') }}

    union all

    select
        date_month,
        'coverage' as cut,
        {%- for measure in measures %}
        {{ measure }},
        {%- endfor %}
        other_arr
    from {{ ref('rpt_book_coverage_monthly') }}

),

cuts as (

    select 'csm' as cut

    union all

    select 'am' as cut

    union all

    select 'coverage' as cut

),

summed as (

    select
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        sum(other_arr) as other_arr,
        date_month,
        cut
    from cut
    group by date_month, cut

),

all_customers as (

    select
        {%- for measure in measures %}
        published.{{ measure }},
        {%- endfor %}
        published.opening_balance_arr + published.fx_arr + published.transfer_arr as other_arr,
        published.date_month,
        cuts.cut
    from {{ ref('rpt_arr_bridge_monthly') }} as published
    cross join cuts
    where published.segment_type = 'all'

)

select
    {%- for measure in measures + ['other_arr'] %}
    all_customers.{{ measure }} as {{ measure }}_of_all,
    summed.{{ measure }} as {{ measure }}_of_books,
    {%- endfor %}
    coalesce(all_customers.date_month, summed.date_month) as date_month,
    coalesce(all_customers.cut, summed.cut) as cut
from all_customers
full join summed
    on
        all_customers.date_month = summed.date_month
        and all_customers.cut = summed.cut
where
    all_customers.date_month is null
    -- a month without ARR and movements has no books
    {%- for measure in measures + ['other_arr'] %}
    or all_customers.{{ measure }} <> coalesce(summed.{{ measure }}, 0)
    {%- endfor %}
