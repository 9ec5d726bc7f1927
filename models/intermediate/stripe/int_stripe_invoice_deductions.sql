-- Grain: one row per invoice of Stripe whose discounts count as it states them.
-- long because an invoice is compared with its coupons and with the invoices beside it
{{ config(enabled='stripe' in billing_systems()) }}
{%- set bases = ['items_minor', 'charges_minor', 'gross_amount_minor', 'subtotal_minor'] %}
{%- set on_items = 'invoices.coupon_on_items_minor' %}
{%- set other = 'least(coalesce(outside_arr.other_minor, 0), greatest(0, invoices.stated_minor'
    ~ ' - least(invoices.coupon_amount_minor, ' ~ on_items ~ ')))' %}
{%- set subtotal = '(invoices.stated_subtotal_minor - ' ~ other ~ ')' %}
{%- set deduction = '(invoices.stated_minor - ' ~ other ~ ')' %}
{%- set is_on_all = 'items_minor > 0 and abs(coupon_on_all_minor - deduction_minor) * items_minor'
    ~ ' <= charges * subtotal_minor' %}
{%- set columns = ['charge_id', 'invoice_id', 'subscription_item_id', 'subscription_id',
    'billed_date', 'gross_amount_minor', 'item_amount_minor', 'item_charges_minor',
    'invoice_subtotal_minor', 'invoice_deduction_minor', 'deducted_before_minor'
] | join(',\n        ') %}
{%- set off_period = 'abs(coupon_amount_minor - deduction_minor)' %}
{%- set off_items = 'abs(coupon_on_items_minor - deduction_minor)' %}
{%- set off_all = 'abs(coupon_on_all_minor - deduction_minor)' %}
{%- set all_lines = '(is_off_all_lines or is_decided and basis_minor = subtotal_minor'
    ~ ' and subtotal_minor <> items_minor and deduction_minor > 0)' %}
{%- set items = '(case when is_decided then basis_minor = items_minor'
    ~ ' and items_minor <> gross_amount_minor else is_off_items end)' %}
{%- set charges = '(case when is_decided then basis_minor = charges_minor'
    ~ ' and charges_minor <> items_minor else is_off_charges end)' %}
{%- set off_charges = 'abs(coupon_on_charges_minor - deduction_minor)' %}
with periods_invoiced as (

    select
        {{ columns }},
        sum(discount_amount_minor) as coupon_amount_minor,
        max(case when discount_id is not null then 1 else 0 end) as is_discounted,
        max(case when percent_off is not null then 1 else 0 end)
        * max(case when amount_off_minor is not null then 1 else 0 end) as is_of_both_kinds,
        -- of several periods of an item on one invoice the last
        row_number() over (
            partition by invoice_id, subscription_item_id
            order by
                billed_date desc nulls last, charge_id asc nulls last,
                start_date asc nulls last, line_key asc nulls last
        ) as period_of_item
    from {{ ref('int_stripe_line_discounts') }}
    where item_amount_minor is not null
    group by line_key, start_date, {{ columns }}

),

-- what the coupons take off a period, and by their share off parts of one and corrections
invoices as (

    select
        invoice_id,
        min(subscription_id) as subscription_id,
        min(billed_date) as billed_date,
        count(*) as charges,
        sum(gross_amount_minor) as gross_amount_minor,
        sum(coupon_amount_minor) as coupon_amount_minor,
        {%- for sum, amount in {'items': 'item_amount', 'charges': 'item_charges'}.items() %}
        sum({{ amount }}_minor) as {{ sum }}_minor,
        sum(
            case when gross_amount_minor > 0 then {{ spread_signed(
                amount ~ '_minor', 'coupon_amount_minor', 'gross_amount_minor'
            ) }} else 0 end
        ) as coupon_on_{{ sum }}_minor,
        {%- endfor %}
        cast(sum(is_discounted) as bigint) as discounted_charges,
        sum(is_discounted * item_amount_minor) as discounted_minor,
        max(is_of_both_kinds) as is_of_both_kinds,
        case
            when sum(deducted_before_minor) > 0 then sum(item_amount_minor)
            else max(invoice_subtotal_minor)
        end as stated_subtotal_minor,
        max(invoice_deduction_minor) + coalesce(sum(deducted_before_minor), 0) as stated_minor
    from periods_invoiced
    where period_of_item = 1
    group by invoice_id

),

invoices_expected as (

    select
        invoices.*,
        cast({{ other }} as numeric(24, 6)) as other_deduction_minor,
        {{ deduction }} as deduction_minor,
        {{ subtotal }} as subtotal_minor,
        -- a one-time discount says nothing about other invoices
        case when outside_arr.one_time_minor is null then {{ deduction }} end as recurring_minor,
        case
            when invoices.items_minor > 0 and invoices.coupon_on_items_minor >= 0
                then {{ spread_amount(subtotal, on_items, 'invoices.items_minor') }}
            else invoices.coupon_on_items_minor
        end as coupon_on_all_minor,
        -- off what comes with items whose corrections have had their discounts before
        invoices.coupon_amount_minor + coalesce({{ spread_signed(
            subtotal ~ ' - invoices.items_minor', 'invoices.coupon_amount_minor',
            'nullif(greatest(invoices.gross_amount_minor, 0), 0)'
        ) }}, 0) as coupon_beside_minor
    from invoices
    left join {{ ref('int_stripe_discounts_outside_arr') }} as outside_arr
        on invoices.invoice_id = outside_arr.invoice_id
    where invoices.stated_subtotal_minor > 0 and invoices.stated_minor >= 0

),
{%- set amounts = ['coupon_amount_minor', 'coupon_on_items_minor', 'coupon_on_charges_minor',
    'coupon_on_all_minor', 'coupon_beside_minor'] %}

-- a minor unit of rounding for each charge; of a share and a fixed amount together, in between
compared as (

    select
        *,
        -- a credit may have had its discount before, or not
        deduction_minor between case
            when items_minor < charges_minor then 1 else least({{ amounts | join(', ') }}) - charges
        end
        and greatest({{ amounts | join(', ') }}) + charges as may_be_as_coupons_say,
        least(abs({{ amounts | join(' - deduction_minor), abs(') }} - deduction_minor)) <= charges
        or ({{ is_on_all }})
        or is_of_both_kinds = 1
        and deduction_minor between least({{ amounts | join(', ') }})
        and greatest({{ amounts | join(', ') }}) as is_as_coupons_say
    from invoices_expected

),

in_order as (

    select
        *,
        {%- for step in ['lag', 'lead'] %}
        {%- set next_to %} over (partition by subscription_id order by billed_date nulls last, invoice_id nulls last){% endset %}
        coalesce({{ step }}(is_as_coupons_say){{ next_to }}, false) as {{ step }}_is_as_coupons_say,
        {{ step }}(recurring_minor){{ next_to }} = deduction_minor as {{ step }}_takes_as_much,
        {%- for basis in bases %}
        abs(
            deduction_minor * {{ step }}({{ basis }}){{ next_to }}
            - {{ basis }} * {{ step }}(recurring_minor){{ next_to }}
        ) <= {{ basis }} * {{ step }}(charges){{ next_to }}
        + charges * {{ step }}({{ basis }}){{ next_to }} as {{ step }}_is_alike_in_{{ basis }},
        {%- endfor %}
        {%- endfor %}
        ({{ is_on_all }} or items_minor > 0 and {{ off_all }} <= charges)
        and abs(coupon_on_all_minor - coupon_on_items_minor) > charges as is_off_all_lines,
        {{ off_items }} <= charges and {{ off_items }} < {{ off_period }}
        and {{ off_items }} <= {{ off_charges }} as is_off_items,
        {{ off_charges }} <= charges and {{ off_charges }} < {{ off_period }}
        and {{ off_charges }} < {{ off_items }} as is_off_charges,
        discounted_charges between 1 and charges - 1
        and discounted_minor >= deduction_minor as is_for_discounted_alone
    from compared

),
{%- set either = 'coalesce(lag_{0}, false) or coalesce(lead_{0}, false)' %}

-- an invoice decides, unless it alone differs or a discount for one invoice explains it; without a
-- recurring discount a second one has to take the same off, of what the invoices beside it show
decided as (

    select
        *,
        case
            when is_for_discounted_alone then discounted_minor
            when items_minor > 0 and ({{ either.format('is_alike_in_items_minor') }})
                then items_minor
            when {{ either.format('is_alike_in_charges_minor') }} then charges_minor
            when {{ either.format('takes_as_much') }}
                or {{ either.format('is_alike_in_gross_amount_minor') }} then gross_amount_minor
            else subtotal_minor
        end as basis_minor,
        not is_as_coupons_say
        and not (may_be_as_coupons_say and (lag_is_as_coupons_say or lead_is_as_coupons_say))
        and recurring_minor is not null
        and case
            when discounted_charges > 0
                then not (lag_is_as_coupons_say and lead_is_as_coupons_say)
            else
                {{ either.format('takes_as_much') }}
                {%- for basis in bases %}
                or {{ either.format('is_alike_in_' ~ basis) }}
                {%- endfor %}
        end as is_decided
    from in_order

),

final as (

    select
        {{ ['invoice_id', 'is_decided', 'deduction_minor', 'discounted_charges', 'basis_minor',
            'is_for_discounted_alone', 'other_deduction_minor'] | join(', ') }},
        {{ all_lines }} as is_off_all_lines,
        {{ all_lines }} or {{ items }} as is_off_credits,
        {{ all_lines }} or {{ items }} or {{ charges }} as is_off_corrections
    from decided
    where is_decided or is_off_all_lines or is_off_items or is_off_charges
        or other_deduction_minor > 0

)

select * from final
