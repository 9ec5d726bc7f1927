-- Grain: one row per customer or CRM account on a circle of merges, per customer on a circle of
-- parents, and per line whose link to the line in its place is in doubt. No member of a circle of
-- customers survives or is at the top, so each keeps its own ARR.
-- long because links are of customers and accounts, of merges, parents and lines
{{ config(enabled=is_on('quality')) }}
with customers as (

    select * from {{ ref('int_billing_customers') }}

),

matched as (

    select * from {{ ref('int_customer_identities') }}
    where is_current and is_listed

),

accounts as (

    select * from {{ crm_rows('int_crm_accounts') }}

),

resolved_merges as (

    select * from {{ ref('int_surviving_record_spans') }}
    where until_month_index is null

),

parents as (

    select * from {{ ref('int_customer_parents') }}
    where
        until_month_index is null
        and is_on_circle

),

parent_links as (

    select * from {{ ref('int_parent_links') }}
    where until_month_index = {{ open_month_index() }}

),

current_spans as (

    select * from {{ ref('int_account_spans') }}
    where
        is_customer
        and until_month_index is null

),

merged_records as (

    select
        customers.source_system as record_system,
        customers.source_customer_id as record_id,
        customers.merged_into_source_customer_id as next_record_id,
        matched.customer_id
    from customers
    inner join matched
        on
            customers.source_system = matched.source_system
            and customers.source_customer_id = matched.source_customer_id
    where customers.merged_into_source_customer_id <> customers.source_customer_id

    union all

    select
        crm_system as record_system,
        account_id as record_id,
        merged_into_account_id as next_record_id,
        account_id as customer_id
    from accounts
    where merged_into_account_id <> account_id

),

circles as (

    -- every other record that is merged away has a survivor
    select
        'merge_circle' as finding_type,
        merged_records.record_system,
        merged_records.record_id,
        merged_records.next_record_id,
        merged_records.customer_id
    from merged_records
    left join resolved_merges
        on
            merged_records.record_system = resolved_merges.record_system
            and merged_records.record_id = resolved_merges.record_id
    where resolved_merges.record_id is null

    union all

    select
        'parent_circle' as finding_type,
        cast(null as {{ dbt.type_string() }}) as record_system,
        parents.customer_id as record_id,
        parent_links.parent_customer_id as next_record_id,
        parents.customer_id
    from parents
    inner join parent_links
        on parents.customer_id = parent_links.customer_id

),

superseding as (

    select * from {{ ref('int_subscription_lines_annualized') }}
    where
        supersedes_line_id <> line_id
        and unusable_reason is null
        and (stated_end_date is null or stated_end_date > stated_start_date)

),

line_links as (

    select
        case
            when superseded.line_id is null then 'unknown_superseded_line'
            when
                superseded.customer_id <> superseding.customer_id
                and superseded.subscription_id <> superseding.subscription_id
                then 'superseded_by_another_customer'
            -- on a circle of lines there is one such, whatever their days
            when
                superseding.stated_start_date < superseded.stated_start_date
                or (
                    superseded.supersedes_line_id is not null
                    and superseded.exclusion_reason = superseding.exclusion_reason
                )
                then 'superseded_line_left_out'
            when superseding.exclusion_reason = 'trial' then 'superseded_by_a_trial'
        end as finding_type,
        superseding.source_system,
        coalesce(superseded.customer_id, superseding.customer_id) as customer_id,
        coalesce(superseded.line_id, superseding.line_id) as subject_id,
        case
            when superseded.line_id is null then superseding.supersedes_line_id
            else superseding.line_id
        end as related_subject_id,
        {{ month_index('superseding.stated_start_date') }} as month_index,
        coalesce(
            case when superseded.line_id is null then superseding.arr else superseded.arr end, 0
        ) as arr
    from superseding
    left join {{ ref('int_subscription_lines_annualized') }} as superseded
        on
            superseding.source_system = superseded.source_system
            and superseding.supersedes_line_id = superseded.line_id
    -- what ended before, or counts for nothing in any case, is none the worse
    where
        superseded.line_id is null
        and superseding.exclusion_reason is null
        and {{ or_open_date('superseding.end_date') }} > {{ as_of_date() }}
        or superseded.exclusion_reason = 'superseded_before_start'
        or superseded.exclusion_reason is null
        and superseded.end_date = superseding.stated_start_date
        and {{ or_open_date('superseded.stated_end_date') }} > superseding.stated_start_date

),

final as (

    select
        circles.finding_type,
        circles.record_system as source_system,
        circles.customer_id,
        circles.record_id as subject_id,
        circles.next_record_id as related_subject_id,
        cast(null as integer) as month_index,
        coalesce(current_spans.arr, 0) as arr
    from circles
    left join current_spans
        on circles.customer_id = current_spans.account_id

    union all

    select
        finding_type,
        source_system,
        customer_id,
        subject_id,
        min(related_subject_id) as related_subject_id,
        min(month_index) as month_index,
        cast(min(arr) as {{ type_money() }}) as arr
    from line_links
    where finding_type is not null
    group by finding_type, source_system, customer_id, subject_id

)

select * from final
