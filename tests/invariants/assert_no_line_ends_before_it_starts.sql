-- No line ends before it starts; a line that ends on its start has no service time and is excluded
-- with that reason.
select
    source_system,
    line_id,
    start_date,
    end_date,
    term_amount
from {{ ref('int_subscription_lines_unioned') }}
where end_date < start_date
