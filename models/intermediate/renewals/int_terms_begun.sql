-- Grain: one row per term up for renewal, with the day on which it began: the renewal before it of
-- the line that ends, else the day that line began.
-- long because a line that carries on another's term does not say when that began
with terms as (

    select
        *,
        coalesce(renewal_date, term_end_date) as next_began_date
    from {{ ref('int_renewals_judged') }}

),

first_lines as (

    select
        source_system,
        subscription_id,
        customer_id,
        product_family,
        min(start_date) as first_start_date
    from {{ ref('int_subscription_lines_normalized') }}
    where exclusion_reason is null
    group by source_system, subscription_id, customer_id, product_family

),

line_ends as (

    select
        lines.source_system,
        lines.subscription_id,
        lines.customer_id,
        lines.product_family,
        term_ends.term_end_date,
        -- a step, and a line that replaces another, may stand within a term
        case
            when not lines.is_contracted_step and lines.supersedes_line_id is null
                then lines.anchor_date
        end as own_begin_date,
        lag(term_ends.term_end_date) over (
            partition by
                lines.source_system,
                case
                    when lines.is_cut_into_slices then lines.subscription_item_id
                    else lines.line_id
                end
            order by term_ends.term_end_date
        ) as end_before_date
    from {{ ref('int_term_ends_listed') }} as term_ends
    inner join {{ ref('int_term_lines_shaped') }} as lines
        on
            term_ends.source_system = lines.source_system
            and term_ends.line_id = lines.line_id
    where lines.arr > 0

),

renewals_before as (

    select
        terms.source_system,
        terms.subscription_id,
        terms.customer_id,
        terms.product_family,
        terms.term_end_date,
        case
            when count(line_ends.own_begin_date) = count(*) then min(line_ends.own_begin_date)
        end as own_begin_date,
        min(
            case
                when earlier.term_end_date = line_ends.end_before_date then earlier.next_began_date
            end
        ) as own_renewal_date,
        max(
            case
                when
                    terms.term_months is null
                    or {{ add_months('earlier.next_began_date', 'terms.term_months') }}
                    <= terms.term_end_date
                    then earlier.next_began_date
            end
        ) as renewal_a_term_before_date
    from terms
    left join terms as earlier
        on
            terms.source_system = earlier.source_system
            and terms.subscription_id = earlier.subscription_id
            and terms.customer_id = earlier.customer_id
            and terms.product_family = earlier.product_family
            and terms.term_end_date > earlier.term_end_date
    left join line_ends
        on
            terms.source_system = line_ends.source_system
            and terms.subscription_id = line_ends.subscription_id
            and terms.customer_id = line_ends.customer_id
            and terms.product_family = line_ends.product_family
            and terms.term_end_date = line_ends.term_end_date
    group by
        terms.source_system,
        terms.subscription_id,
        terms.customer_id,
        terms.product_family,
        terms.term_end_date

),

final as (

    select
        terms.source_system,
        terms.subscription_id,
        terms.customer_id,
        terms.product_family,
        terms.term_end_date,
        terms.up_for_renewal_arr,
        terms.continued_arr,
        terms.outcome,
        terms.renewal_date,
        terms.notice_date,
        coalesce(
            renewals_before.own_renewal_date,
            renewals_before.own_begin_date,
            renewals_before.renewal_a_term_before_date,
            first_lines.first_start_date
        ) as term_began_date
    from terms
    left join renewals_before
        on
            terms.source_system = renewals_before.source_system
            and terms.subscription_id = renewals_before.subscription_id
            and terms.customer_id = renewals_before.customer_id
            and terms.product_family = renewals_before.product_family
            and terms.term_end_date = renewals_before.term_end_date
    left join first_lines
        on
            terms.source_system = first_lines.source_system
            and terms.subscription_id = first_lines.subscription_id
            and terms.customer_id = first_lines.customer_id
            and terms.product_family = first_lines.product_family

)

select * from final
