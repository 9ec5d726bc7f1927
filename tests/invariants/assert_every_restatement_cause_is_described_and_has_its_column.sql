-- The causes that models know, and so the columns of the report, are those of the seed.
with known as (
    {%- for cause in restatement_causes() %}

    select '{{ cause }}' as cause
    {% if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

described as (

    select * from {{ ref('restatement_causes') }}

)

select
    known.cause,
    described.cause as described_cause
from known
full join described
    on known.cause = described.cause
where known.cause is null or described.cause is null
