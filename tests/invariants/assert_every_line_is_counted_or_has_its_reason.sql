-- The fates of the lines of a billing system, counted or excluded for a reason, sum to all of its
-- lines.
with lines as (

    select
        kinds.source_system,
        count(*) as line_count
    from {{ ref('int_subscription_lines') }} as lines
    left join {{ ref('int_charge_kinds') }} as kinds
        on lines.charge_kind_key = kinds.charge_kind_key
    group by kinds.source_system

),

fates as (

    select
        source_system,
        sum(line_count) as line_count
    from {{ ref('rpt_subscription_line_accounting') }}
    group by source_system

)

select
    coalesce(lines.source_system, fates.source_system) as source_system,
    lines.line_count as lines_of_the_waist,
    fates.line_count as lines_accounted_for
from lines
full join fates
    on lines.source_system = fates.source_system
where lines.line_count is distinct from fates.line_count
