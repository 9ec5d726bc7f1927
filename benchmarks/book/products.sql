-- Grain: one row per product: six products in three families.
select
    product_id,
    product_name,
    product_family,
    'recurring' as revenue_type
from (
    values
    ('prod_core_team', 'Core Team', 'core'),
    ('prod_core_company', 'Core Company', 'core'),
    ('prod_analytics', 'Analytics', 'analytics'),
    ('prod_analytics_plus', 'Analytics Plus', 'analytics'),
    ('prod_support', 'Support', 'support'),
    ('prod_support_premium', 'Premium Support', 'support')
) as literals (product_id, product_name, product_family)
