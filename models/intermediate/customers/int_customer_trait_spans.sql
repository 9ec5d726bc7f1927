-- Grain: one row per customer and span of months with the same segment columns and owners.
with segments as (

    select * from {{ ref('int_customer_segment_spans') }}

),

csm_owners as (

    select * from {{ crm_rows('int_customer_owner_spans') }}
    where owner_role = 'csm'

),

am_owners as (

    select * from {{ crm_rows('int_customer_owner_spans') }}
    where owner_role = 'am'

),

-- three spans of which each two share a month have one in common
final as (

    select
        segments.customer_id,
        {{- segments_of('segments') }}
        greatest(
            segments.from_month_index,
            coalesce(csm_owners.from_month_index, 0),
            coalesce(am_owners.from_month_index, 0)
        ) as from_month_index,
        nullif(
            least(
                {{ or_open('segments.until_month_index') }},
                {{ or_open('csm_owners.until_month_index') }},
                {{ or_open('am_owners.until_month_index') }}
            ),
            {{ open_month_index() }}
        ) as until_month_index,
        coalesce(csm_owners.owner_id, 'unassigned') as csm_owner_id,
        coalesce(am_owners.owner_id, 'unassigned') as am_owner_id,
        case
            when csm_owners.owner_id is not null and am_owners.owner_id is not null then 'both'
            when csm_owners.owner_id is not null then 'csm_only'
            when am_owners.owner_id is not null then 'am_only'
            else 'neither'
        end as coverage
    from segments
    left join csm_owners
        on
            segments.customer_id = csm_owners.customer_id
            and segments.from_month_index < {{ or_open('csm_owners.until_month_index') }}
            and {{ or_open('segments.until_month_index') }} > csm_owners.from_month_index
    left join am_owners
        on
            segments.customer_id = am_owners.customer_id
            and segments.from_month_index < {{ or_open('am_owners.until_month_index') }}
            and {{ or_open('segments.until_month_index') }} > am_owners.from_month_index
            and coalesce(csm_owners.from_month_index, 0)
            < {{ or_open('am_owners.until_month_index') }}
            and {{ or_open('csm_owners.until_month_index') }} > am_owners.from_month_index

)

select * from final
