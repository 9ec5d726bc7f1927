-- Lines excluded for a fault of their own (findings) are worth at most unusable_arr_limit_percent
-- of all annual amounts: one is for a person to mend, many are an extract that broke. A line
-- without an amount is worth the average of those that count.
with lines as (

    select * from {{ ref('int_subscription_lines_annualized') }}

),

finding_types as (

    select * from {{ ref('ledger_finding_types') }}

),

counted as (

    select
        sum(abs(arr)) as arr,
        count(*) as line_count
    from lines
    where exclusion_reason is null

),

unusable as (

    select
        count(*) as line_count,
        count(lines.arr) as lines_with_arr,
        coalesce(sum(abs(lines.arr)), 0) as arr
    from lines
    inner join finding_types
        on lines.exclusion_reason = finding_types.finding_type

),

worth as (

    select
        coalesce(counted.arr, 0) as counted_arr,
        unusable.line_count,
        unusable.arr
        + {{ ratio(
            '(unusable.line_count - unusable.lines_with_arr) * coalesce(counted.arr, 1)',
            'case when counted.line_count > 0 then counted.line_count else 1 end'
        ) }} as unusable_arr
    from counted
    cross join unusable

)

select * from worth
where
    line_count > 0
    and 100 * unusable_arr
    > {{ unusable_arr_limit_percent() }} * (counted_arr + unusable_arr)
