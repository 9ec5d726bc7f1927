-- Grain: one row per customer. One in 200 is merged into the next, one in 50 belongs to the one before it.
select
    'cus_' || lpad(cast(numbers.n as varchar), 10, '0') as customer_id,
    'Customer ' || numbers.n as customer_name,
    case when numbers.n % 50 = 3 then 'cus_' || lpad(cast(numbers.n - 1 as varchar), 10, '0') end
        as parent_customer_id,
    case when numbers.n % 200 = 7 then 'cus_' || lpad(cast(numbers.n + 1 as varchar), 10, '0') end
        as merged_into_customer_id,
    cast(null as varchar) as crm_account_id,
    ['small_business', 'mid_market', 'enterprise'][
        1 + draw(3, 'segment', numbers.n)
    ] as segment,
    ['software', 'retail', 'finance', 'health', 'manufacturing', 'education'][
        1 + draw(6, 'industry', numbers.n)
    ] as industry,
    ['americas', 'emea', 'apac'][1 + draw(3, 'region', numbers.n)] as region,
    cast(null as date) as created_date
from range(getvariable('customers')) as numbers (n)
order by numbers.n
