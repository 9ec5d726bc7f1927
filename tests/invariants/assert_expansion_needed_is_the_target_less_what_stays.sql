-- Expansion needed is what the target asks of the base, less what is expected to stay of it, never
-- below zero; what is left to sell is that less what is contracted and signed.
select
    date_month,
    segment_type,
    segment_value,
    target_arr,
    projected_retained_arr,
    expansion_needed_arr,
    expansion_gap_arr
from {{ ref('rpt_expansion_needed') }}
where
    abs(target_arr - target_ndr * base_arr) > 0.01 + 1e-12 * base_arr
    or expansion_needed_arr <> case
        when target_arr > projected_retained_arr then target_arr - projected_retained_arr
        else 0
    end
    or expansion_gap_arr <> case
        when expansion_needed_arr > contracted_expansion_arr + signed_expansion_arr
            then expansion_needed_arr - contracted_expansion_arr - signed_expansion_arr
        else 0
    end
    or (expansion_needed_arr is null) <> (projected_retained_arr is null)
