-- Grain: one row per subscription line, in the order in which the lines start.
-- Which lines there are follows from hashes alone, so a longer book has the same lines, stretched over more months.
-- A customer holds one to three contracts; a contract runs in terms of a fifth of the book (a year of five); a term is
-- cut where its seats change. Every customer begins within the first fifth of the book, so that a book of n months has close
-- to n months of nearly every customer.
with contracts as (

    select
        customers.n as customer_n,
        contracts.n as contract_n,
        'sub_' || lpad(cast(customers.n as varchar), 10, '0') || '_' || contracts.n as subscription_id,
        -- when it begins, as a share of the book; the second and third are sold later
        case contracts.n
            when 0 then customers.share
            else customers.share + (1 - customers.share) * (draw(10000, 'sold', customers.n, contracts.n)) / 10000
        end as start_share,
        -- how many terms it is renewed for: one in eight is lost at each renewal
        1 + cast(floor(
            ln((1 + draw(10000, 'terms', customers.n, contracts.n)) / 10001.0) / ln(0.88)
        ) as integer) as renewed_terms,
        draw(5, 'monthly', customers.n, contracts.n) = 0 as is_monthly,
        contracts.n * 2 + 1 + draw(2, 'product', customers.n, contracts.n) as product_n,
        3 + cast(floor(power(draw(1000, 'seats', customers.n, contracts.n) / 1000.0, 4) * 400) as integer)
            as first_seats,
        120 + draw(1080, 'price', customers.n, contracts.n) as first_price,
        case when draw(12, 'currency', customers.n) = 0 then 'EUR' else 'USD' end as currency
    from (
        select
            n,
            draw(100000, 'start', n) / 500000.0 as share
        from range(getvariable('customers')) as numbers (n)
    ) as customers
    cross join range(3) as contracts (n)
    where
        contracts.n = 0
        or draw(100, 'held', customers.n, contracts.n) < case contracts.n when 1 then 8 else 2 end

),

terms as (

    select
        contracts.*,
        numbers.n as term_n,
        cast(
            getvariable('as_of_date') - to_months(cast(getvariable('months') as integer))
            + to_days(cast(1 + floor(start_share * getvariable('months') * 30.4) as integer))
            as date
        ) as first_date,
        cast(getvariable('months') // 5 as integer) as term_months,
        draw(100, 'outcome', subscription_id, numbers.n) as outcome,
        case
            when draw(20, 'pieces', subscription_id, numbers.n) < 14 then 1
            when draw(20, 'pieces', subscription_id, numbers.n) < 18 then 2
            else 3
        end as pieces,
        -- pieces of the term before, to name the line that an early renewal replaces
        case
            when draw(20, 'pieces', subscription_id, numbers.n - 1) < 14 then 1
            when draw(20, 'pieces', subscription_id, numbers.n - 1) < 18 then 2
            else 3
        end as previous_pieces
    from contracts
    cross join range(6) as numbers (n)
    where numbers.n < contracts.renewed_terms

),

-- a renewal follows at once, or early, or late inside the 30 days of grace, or as a return months later
shifted as (

    select
        *,
        case
            when term_n = 0 or is_monthly or outcome < 82 then 0
            when outcome < 87 then -1 - draw(40, 'days', subscription_id, term_n)
            when outcome < 94 then 1 + draw(30, 'days', subscription_id, term_n)
            else 40 + draw(200, 'days', subscription_id, term_n)
        end as shift_days,
        cast(first_date + to_months(term_months * term_n) as date) as planned_date,
        cast(first_date + to_months(term_months * (term_n + 1)) as date) as term_end_date
    from terms

),

-- what would begin after the book has ended is not signed yet, but for a few renewals
placed as (

    select
        shifted.*,
        numbers.n as piece_n,
        case
            when numbers.n = 0 then 0
            else (numbers.n + draw(80, 'cut', subscription_id, term_n, numbers.n) / 100.0) / pieces
        end as piece_share
    from shifted
    cross join range(3) as numbers (n)
    where numbers.n < shifted.pieces

),

pieces as (

    select
        *,
        planned_date + shift_days
        + cast(floor(piece_share * (term_end_date - planned_date - shift_days)) as integer) as start_date
    from placed
    where start_share + (term_n + piece_share) / 5.0 < 1.005

),

-- seats change inside a term and at two renewals in five, the price at every second renewal
priced as (

    select
        *,
        lead(start_date) over (partition by subscription_id, term_n order by piece_n) as next_piece_date,
        lead(term_n) over (partition by subscription_id order by term_n, piece_n) is null as is_last,
        sum(case when piece_n > 0 or draw(5, 'resized', subscription_id, term_n) < 2 then 1 else 0 end) over (
            partition by subscription_id order by term_n, piece_n
        ) as seat_level,
        sum(case when piece_n = 0 and draw(2, 'raised', subscription_id, term_n) = 0 then 1 else 0 end) over (
            partition by subscription_id order by term_n, piece_n
        ) as price_level
    from pieces

),

charged as (

    select
        *,
        case
            when next_piece_date is not null then next_piece_date
            -- a monthly contract without an end is open
            when is_monthly and is_last and start_share + (term_n + 1) / 5.0 >= 1 then cast(null as date)
            else term_end_date
        end as end_date,
        greatest(1, cast(round(
            first_seats * power(1.06, seat_level) * (0.75 + draw(50, 'size', subscription_id, seat_level) / 100.0)
        ) as integer)) as seats,
        cast(first_price * power(1.05, price_level) as numeric(18, 2)) as seat_price_per_year
    from priced

),

charges as (

    select
        subscription_id || '_' || term_n || '_' || piece_n as line_id,
        *,
        cast(
            seats * seat_price_per_year * case when is_monthly then 1 else term_months end / 12 as numeric(22, 4)
        ) as term_amount
    from charged

),

lines as (

    select
        line_id,
        subscription_id,
        customer_n,
        product_n,
        start_date,
        end_date,
        term_amount,
        case when is_monthly then 1 else term_months end as term_months,
        seats as quantity,
        currency,
        'recurring' as charge_type,
        case
            when shift_days < 0 and piece_n = 0
                then subscription_id || '_' || (term_n - 1) || '_' || (previous_pieces - 1)
        end as supersedes_line_id,
        case
            when is_last and end_date is not null and draw(2, 'notice', subscription_id) = 0 then end_date - 60
        end as notice_date
    from charges

    union all

    -- a discount for the whole term or its first half, on every fourth term
    select
        line_id || '_discount' as line_id,
        subscription_id,
        customer_n,
        product_n,
        start_date,
        case
            when draw(2, 'half', subscription_id, term_n) = 0 then term_end_date
            else start_date + cast((term_end_date - start_date) // 2 as integer)
        end as end_date,
        cast(-term_amount * (5 + draw(20, 'percent', subscription_id, term_n)) / 100 as numeric(22, 4))
            as term_amount,
        case when is_monthly then 1 else term_months end as term_months,
        0 as quantity,
        currency,
        'recurring' as charge_type,
        cast(null as varchar) as supersedes_line_id,
        cast(null as date) as notice_date
    from charges
    where
        piece_n = 0
        and draw(4, 'discounted', subscription_id, term_n) = 0

    union all

    -- a set-up fee, which is not ARR, on every eighth contract
    select
        subscription_id || '_setup' as line_id,
        subscription_id,
        customer_n,
        product_n,
        start_date,
        start_date + 30 as end_date,
        cast(500 as numeric(22, 4)) as term_amount,
        1 as term_months,
        1 as quantity,
        currency,
        'one_time' as charge_type,
        cast(null as varchar) as supersedes_line_id,
        cast(null as date) as notice_date
    from charges
    where
        term_n = 0
        and piece_n = 0
        and draw(8, 'setup', subscription_id) = 0

)

select
    'line_' || line_id as line_id,
    subscription_id,
    'cus_' || lpad(cast(customer_n as varchar), 10, '0') as customer_id,
    [
        'prod_core_team', 'prod_core_company', 'prod_analytics', 'prod_analytics_plus',
        'prod_support', 'prod_support_premium'
    ][product_n] as product_id,
    ['standard', 'business', 'enterprise'][1 + draw(3, 'tier', subscription_id)] as plan_tier,
    start_date,
    end_date,
    term_amount,
    cast(term_months as numeric(9, 4)) as term_months,
    cast(quantity as numeric(18, 4)) as quantity,
    currency,
    charge_type,
    'line_' || supersedes_line_id as supersedes_line_id,
    notice_date,
    false as is_contracted_step
from lines
order by start_date, line_id
