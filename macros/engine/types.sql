{#- Types that engines name differently, and the places where exact money needs an engine's own word. -#}

{% macro type_money() %}{{ return('numeric(18, 2)') }}{% endmacro %}

{% macro type_amount() %}{{ return('numeric(18, 4)') }}{% endmacro %}

{% macro type_quantity() %}{{ return('numeric(18, 4)') }}{% endmacro %}

{% macro type_double() %}{{ return(adapter.dispatch('type_double', 'arr_ledger')()) }}{% endmacro %}

{% macro default__type_double() %}{{ return('double') }}{% endmacro %}

{% macro postgres__type_double() %}{{ return('double precision') }}{% endmacro %}

{% macro bigquery__type_double() %}{{ return('float64') }}{% endmacro %}

{% macro type_whole() %}
    {#- Whole numbers wide enough for an amount in millionths times a quantity. -#}
    {{ return(adapter.dispatch('type_whole', 'arr_ledger')()) }}
{% endmacro %}

{% macro default__type_whole() %}{{ return('numeric(38, 0)') }}{% endmacro %}

{% macro duckdb__type_whole() %}{{ return('hugeint') }}{% endmacro %}

{% macro whole_division(numerator, denominator) %}
    {#- Integer division of two whole numbers, towards zero; both sides of type_whole(). -#}
    {{- return(adapter.dispatch('whole_division', 'arr_ledger')(numerator, denominator)) -}}
{% endmacro %}

{% macro default__whole_division(numerator, denominator) -%}
    (({{ numerator }}) - mod(({{ numerator }}), ({{ denominator }}))) / ({{ denominator }})
{%- endmacro %}

{% macro duckdb__whole_division(numerator, denominator) -%}
    ({{ numerator }}) // ({{ denominator }})
{%- endmacro %}

{% macro spark__whole_division(numerator, denominator) -%}
    ({{ numerator }}) div ({{ denominator }})
{%- endmacro %}

{% macro ratio(numerator, denominator) -%}
    {#- One division of two doubles after exact sums; null on an empty base. -#}
    cast({{ numerator }} as {{ arr_ledger.type_double() }})
    / nullif(cast({{ denominator }} as {{ arr_ledger.type_double() }}), 0)
{%- endmacro %}

{% macro compounded(rate, times, most=12) -%}
    {#- A double to a whole power from 0 to most, by multiplication: of power() engines do not give the same last bit. -#}
    case {{ times }}
            when 0 then cast(1 as {{ arr_ledger.type_double() }})
            {%- for factors in range(1, most + 1) %}
            when {{ factors }} then {{ ([rate] * factors) | join(' * ') }}
            {%- endfor %}
        end
{%- endmacro %}

{% macro mean_in_order(rate, position, positions) -%}
    {#- The mean of doubles, one per position from 0 on, added up in that order: avg() adds as rows come, and its last bit
        depends on it. -#}
    {%- set rates = [] -%}
    {%- for each in range(positions) -%}
        {%- do rates.append('coalesce(max(case when ' ~ position ~ ' = ' ~ each ~ ' then ' ~ rate ~ ' end), 0)') -%}
    {%- endfor -%}
    {{ arr_ledger.ratio(rates | join(' + '), 'count(' ~ rate ~ ')') }}
{%- endmacro %}

{% macro json_text(column, key) %}
    {#- The text under a top-level key of a JSON text column; null where there is none. -#}
    {{- return(adapter.dispatch('json_text', 'arr_ledger')(column, key)) -}}
{% endmacro %}

{% macro default__json_text(column, key) -%}
    cast({{ column }} as json) ->> '{{ key }}'
{%- endmacro %}

{% macro duckdb__json_text(column, key) -%}
    json_extract_string({{ column }}, '$.{{ key }}')
{%- endmacro %}

{% macro spark__json_text(column, key) -%}
    get_json_object({{ column }}, '$.{{ key }}')
{%- endmacro %}

{% macro snowflake__json_text(column, key) -%}
    get_path(parse_json({{ column }}), '{{ key }}')::string
{%- endmacro %}

{% macro bigquery__json_text(column, key) -%}
    json_value({{ column }}, '$.{{ key }}')
{%- endmacro %}

{% macro json_amount(column, currency, key) %}
    {#- The text under a key of the object that a JSON text column has for a currency, whose code is lower case there;
        null where there is none, or no JSON. -#}
    {{- return(adapter.dispatch('json_amount', 'arr_ledger')(column, currency, key)) -}}
{% endmacro %}

{% macro default__json_amount(column, currency, key) -%}
    cast({{ column }} as json) -> lower({{ currency }}) ->> '{{ key }}'
{%- endmacro %}

{% macro duckdb__json_amount(column, currency, key) -%}
    case
            when json_valid({{ column }})
                then json_extract_string({{ column }}, '$.' || lower({{ currency }}) || '.{{ key }}')
        end
{%- endmacro %}

{% macro spark__json_amount(column, currency, key) -%}
    get_json_object({{ column }}, concat('$.', lower({{ currency }}), '.{{ key }}'))
{%- endmacro %}

{% macro snowflake__json_amount(column, currency, key) -%}
    get_path(try_parse_json({{ column }}), lower({{ currency }}) || '.{{ key }}')::string
{%- endmacro %}

{% macro bigquery__json_amount(column, currency, key) -%}
    json_value(parse_json({{ column }})[lower({{ currency }})].{{ key }})
{%- endmacro %}

{% macro raise_error(message) %}
    {#- Stops the query with a text, where a null would lose money in silence. Stands for a value of money. -#}
    {{- return(adapter.dispatch('raise_error', 'arr_ledger')(message)) -}}
{% endmacro %}

{% macro default__raise_error(message) -%}
    {#- engines without a word for it refuse to read the text as a number, and say which text -#}
    cast({{ message }} as {{ arr_ledger.type_money() }})
{%- endmacro %}

{% macro duckdb__raise_error(message) -%}
    cast(error({{ message }}) as {{ arr_ledger.type_money() }})
{%- endmacro %}

{% macro bigquery__raise_error(message) -%}
    error({{ message }})
{%- endmacro %}

{% macro spark__raise_error(message) -%}
    cast(raise_error({{ message }}) as {{ arr_ledger.type_money() }})
{%- endmacro %}

{% macro text_slice(text, first, length=none) %}
    {#- The characters of a text from the so-manieth on, counted from 1; so many of them where a length is given. -#}
    {{- return(adapter.dispatch('text_slice', 'arr_ledger')(text, first, length)) -}}
{% endmacro %}

{% macro default__text_slice(text, first, length) -%}
    substring({{ text }}, {{ first }}{% if length is not none %}, {{ length }}{% endif %})
{%- endmacro %}

{% macro bigquery__text_slice(text, first, length) -%}
    substr({{ text }}, {{ first }}{% if length is not none %}, {{ length }}{% endif %})
{%- endmacro %}

{% macro text_part(text, separator, part) %}
    {#- The so-manieth part of a text, counted from 1; empty or null beyond the last. -#}
    {{- return(adapter.dispatch('text_part', 'arr_ledger')(text, separator, part)) -}}
{% endmacro %}

{% macro default__text_part(text, separator, part) -%}
    split_part({{ text }}, '{{ separator }}', {{ part }})
{%- endmacro %}

{% macro bigquery__text_part(text, separator, part) -%}
    split({{ text }}, '{{ separator }}')[safe_offset({{ part }} - 1)]
{%- endmacro %}

{% macro comparable_text(text) %}
    {#- A text without what people do not see: the case of its letters and the Unicode form of its accents. -#}
    {{- return(adapter.dispatch('comparable_text', 'arr_ledger')(text)) -}}
{% endmacro %}

{% macro default__comparable_text(text) -%}
    {#- engines without a word for normal forms compare the letters alone -#}
    lower(trim({{ text }}))
{%- endmacro %}

{% macro duckdb__comparable_text(text) -%}
    lower(trim(nfc_normalize({{ text }})))
{%- endmacro %}

{% macro spark__comparable_text(text) -%}
    {#- Spark 3.5 has no word for normal forms: small letters with an accent of Latin, Greek and Cyrillic are composed one by
        one. Each row: the accent, letters, the same letters with it; those with two accents come last. -#}
    {%- set accents = [
        ('\u0300', 'aeiounеиwy', 'àèìòùǹѐѝẁỳ'),
        ('\u0301', 'aeiouyclnrszgæøαεηιουωϒгкkmpw', 'áéíóúýćĺńŕśźǵǽǿάέήίόύώϓѓќḱḿṕẃ'),
        ('\u0302', 'aeioucghjswyz', 'âêîôûĉĝĥĵŝŵŷẑ'),
        ('\u0303', 'anoiuvey', 'ãñõĩũṽẽỹ'),
        ('\u0308', 'aeiouyιυϒеіаәжзиоөэучыhwxt', 'äëïöüÿϊϋϔёїӓӛӝӟӥӧӫӭӱӵӹḧẅẍẗ'),
        ('\u030a', 'auwy', 'åůẘẙ'),
        ('\u0327', 'cgklnrstedh', 'çģķļņŗşţȩḑḩ'),
        ('\u0304', 'aeiouæyиуg', 'āēīōūǣȳӣӯḡ'),
        ('\u0306', 'aegiouиужае', 'ăĕğĭŏŭйўӂӑӗ'),
        ('\u0328', 'aeiuo', 'ąęįųǫ'),
        ('\u0307', 'cegzaobdfhmnprstwxyſ', 'ċėġżȧȯḃḋḟḣṁṅṗṙṡṫẇẋẏẛ'),
        ('\u030c', 'cdelnrstzaiougkʒjh', 'čďěľňřšťžǎǐǒǔǧǩǯǰȟ'),
        ('\u030b', 'ouу', 'őűӳ'),
        ('\u031b', 'ou', 'ơư'),
        ('\u030f', 'aeioruѵ', 'ȁȅȉȍȑȕѷ'),
        ('\u0311', 'aeioru', 'ȃȇȋȏȓȗ'),
        ('\u0326', 'st', 'șț'),
        ('\u0325', 'a', 'ḁ'),
        ('\u0323', 'bdhklmnrstvwzaeiouy', 'ḅḍḥḳḷṃṇṛṣṭṿẉẓạẹịọụỵ'),
        ('\u0331', 'bdklnrtzh', 'ḇḏḵḻṉṟṯẕẖ'),
        ('\u032d', 'delntu', 'ḓḙḽṋṱṷ'),
        ('\u0330', 'eiu', 'ḛḭṵ'),
        ('\u032e', 'h', 'ḫ'),
        ('\u0324', 'u', 'ṳ'),
        ('\u0309', 'aeiouy', 'ảẻỉỏủỷ'),
        ('\u0304', 'üäȧǫöõȯḷṛ', 'ǖǟǡǭȫȭȱḹṝ'),
        ('\u0301', 'üåϊϋçēïõōũâăêôơư', 'ǘǻΐΰḉḗḯṍṓṹấắếốớứ'),
        ('\u030c', 'ü', 'ǚ'),
        ('\u0300', 'üēōâăêôơư', 'ǜḕṑầằềồờừ'),
        ('\u0306', 'ȩạ', 'ḝặ'),
        ('\u0308', 'õū', 'ṏṻ'),
        ('\u0307', 'śšṣ', 'ṥṧṩ'),
        ('\u0309', 'âăêôơư', 'ẩẳểổởử'),
        ('\u0303', 'âăêôơư', 'ẫẵễỗỡữ'),
        ('\u0302', 'ạẹọ', 'ậệộ'),
        ('\u0323', 'ơư', 'ợự'),
    ] -%}
    {%- set pairs = [] -%}
    {%- for accent, letters, composed in accents -%}
        {%- for letter in letters -%}
            {%- do pairs.append(composed[loop.index0] ~ letter ~ accent) -%}
        {%- endfor -%}
    {%- endfor -%}
    aggregate(
        split('{{ pairs | join(' ') }}', ' '), lower(trim({{ text }})),
        (folded, pair) -> replace(folded, substring(pair, 2), substring(pair, 1, 1))
    )
{%- endmacro %}
