-- Our figures against the printed ones. What each printed figure measures stands in data-raw/published.csv:
-- a measure, and the regions and sectors it is taken over (emitting, using). None named means all of the agglomeration.
-- All of them are of one pollutant.

CREATE MACRO names(list) AS string_split(list, ' ');
CREATE MACRO numbers(list) AS CAST(string_split(list, ' ') AS UTINYINT[]);

CREATE TABLE figure AS
WITH everything AS (
  SELECT
    (SELECT list(code ORDER BY region.id, region.code) FROM region WHERE in_focus) AS regions,
    (SELECT list(id ORDER BY id) FROM sector) AS sectors
)
SELECT
  statistic,
  measure,
  coalesce(names(from_regions), regions) AS from_regions,
  coalesce(numbers(from_sectors), sectors) AS from_sectors,
  coalesce(names(to_regions), regions) AS to_regions,
  coalesce(numbers(to_sectors), sectors) AS to_sectors
FROM published, everything;

CREATE TABLE city AS
SELECT region_balance.region, production_t, consumption_t, net_inflow_t, orientation, kg_per_output
FROM region
JOIN region_balance ON region_balance.region = code
JOIN intensity USING (pollutant, region)
WHERE in_focus AND pollutant = getvariable('pollutant') AND intensity.sector IS NULL;

CREATE TABLE account AS
SELECT region, sector, sector_account.production_t, gross_output
FROM sector_account JOIN city USING (region)
WHERE pollutant = getvariable('pollutant');

-- Consumption-based emissions.
CREATE TABLE by_consumption AS
SELECT
  statistic,
  sum(consumption_t ORDER BY region) FILTER (list_contains(to_regions, region)) AS part,
  sum(consumption_t ORDER BY region) AS whole
FROM figure, city
WHERE measure IN ('consumption', 'consumption share')
GROUP BY statistic;

CREATE TABLE by_footprint AS
SELECT
  statistic,
  sum(emission_t ORDER BY region, product_sector) FILTER (list_contains(to_sectors, product_sector)) AS part,
  sum(emission_t ORDER BY region, product_sector) AS whole
FROM figure, footprint JOIN city ON region = consumer_region
WHERE measure = 'footprint share' AND pollutant = getvariable('pollutant')
GROUP BY statistic;

-- Production-based emissions, by city and over the cities of a figure.
CREATE TABLE by_production AS
SELECT
  statistic,
  region,
  sum(account.production_t ORDER BY sector) FILTER (list_contains(from_sectors, sector)) AS part,
  sum(account.production_t ORDER BY sector) AS whole
FROM figure JOIN account ON list_contains(from_regions, region)
WHERE measure LIKE 'production share%'
GROUP BY statistic, region;

CREATE TABLE by_output AS
SELECT
  statistic,
  sum(gross_output ORDER BY region, sector) FILTER (list_contains(from_regions, region)) AS part,
  sum(gross_output ORDER BY region, sector) AS whole
FROM figure JOIN account ON list_contains(from_sectors, sector)
WHERE measure = 'output share'
GROUP BY statistic;

-- Flows (15): `part` from the emitting to the using accounts of a figure, `whole` from all other cities to the latter.
CREATE TABLE by_flow AS
SELECT
  statistic,
  sum(emission_t ORDER BY from_region, from_sector, to_region, to_sector)
    FILTER (list_contains(from_regions, from_region) AND list_contains(from_sectors, from_sector)) AS part,
  sum(emission_t ORDER BY from_region, from_sector, to_region, to_sector)
    FILTER (from_region IN (SELECT region FROM city)) AS whole
FROM figure JOIN flow ON list_contains(to_regions, to_region) AND list_contains(to_sectors, to_sector)
WHERE measure LIKE 'flow%' AND from_region <> to_region AND pollutant = getvariable('pollutant')
GROUP BY statistic;

-- The average intensity is the simple mean of the cities, see docs/method.md.
CREATE TABLE average AS SELECT list_avg(list(kg_per_output ORDER BY region)) AS kg_per_output FROM city;

CREATE TABLE by_intensity AS
SELECT statistic, list_avg(list(kg_per_output ORDER BY region)) AS kg_per_output
FROM figure JOIN city ON list_contains(from_regions, region)
WHERE measure LIKE 'intensity%'
GROUP BY statistic;

CREATE TABLE by_sector_intensity AS
SELECT
  statistic,
  if(measure LIKE '%greatest', max(intensity.kg_per_output), min(intensity.kg_per_output)) AS kg_per_output
FROM figure
JOIN city ON measure LIKE 'sector intensity of ' || orientation || '%'
JOIN intensity ON intensity.region = city.region AND list_contains(from_sectors, intensity.sector)
WHERE pollutant = getvariable('pollutant')
GROUP BY statistic, measure;

CREATE TABLE inefficient AS
SELECT
  sum(emission_t ORDER BY from_region, to_region) FILTER (NOT efficient) AS part,
  sum(emission_t ORDER BY from_region, to_region) AS whole
FROM flow_efficiency
WHERE sector IS NULL AND pollutant = getvariable('pollutant');

CREATE TABLE inefficient_producer AS
SELECT statistic, sum(emission_t ORDER BY from_region, to_region) AS emission_t
FROM figure JOIN flow_efficiency ON list_contains(from_regions, from_region)
WHERE measure = 'inefficient share of producers' AND flow_efficiency.sector IS NULL AND NOT efficient
  AND pollutant = getvariable('pollutant')
GROUP BY statistic;

-- As many provinces are main suppliers (consumers) as the study names.
CREATE TABLE province_rank AS
SELECT
  outside_region AS province,
  row_number() OVER (ORDER BY sum(supplied_t ORDER BY region) DESC, outside_region) AS as_supplier,
  row_number() OVER (ORDER BY sum(consumed_t ORDER BY region) DESC, outside_region) AS as_consumer
FROM outside_flow
WHERE pollutant = getvariable('pollutant')
GROUP BY outside_region;

CREATE TABLE counted AS
SELECT 'count_enterprises' AS statistic, (SELECT count(*) FROM enterprise) + (SELECT count(*) FROM enterprise_reject) AS ours
UNION ALL SELECT 'count_regions', count(*) FROM region
UNION ALL SELECT 'count_cities', count(*) FROM region WHERE in_focus
UNION ALL SELECT 'count_provinces', count(*) FROM region WHERE NOT in_focus
UNION ALL SELECT 'count_sectors', count(*) FROM sector
UNION ALL SELECT 'count_sector_groups', count(DISTINCT sector_group) FROM sector;

CREATE TABLE ours AS
SELECT statistic, if(measure = 'consumption', part, part / whole) AS ours FROM by_consumption JOIN figure USING (statistic)
UNION ALL SELECT statistic, part / whole FROM by_footprint
UNION ALL
SELECT statistic, sum(part ORDER BY region) / sum(whole ORDER BY region)
FROM by_production JOIN figure USING (statistic) WHERE measure = 'production share' GROUP BY statistic
UNION ALL
SELECT statistic, max(part / whole)
FROM by_production JOIN figure USING (statistic) WHERE measure = 'production share, greatest' GROUP BY statistic
UNION ALL
SELECT statistic, min(part / whole)
FROM by_production JOIN figure USING (statistic) WHERE measure = 'production share, least' GROUP BY statistic
UNION ALL
SELECT statistic, sum(production_t ORDER BY region) / sum(consumption_t ORDER BY region)
FROM figure JOIN city ON list_contains(from_regions, region)
WHERE measure = 'production over consumption' GROUP BY statistic
UNION ALL
SELECT statistic, if(abs(net_inflow_t) <= getvariable('about_equal') * consumption_t, 0, sign(net_inflow_t))
FROM figure JOIN city ON list_contains(from_regions, region) WHERE measure = 'orientation'
UNION ALL SELECT statistic, part / whole FROM by_output
UNION ALL
SELECT statistic, if(measure = 'flow share', part / whole, part) FROM by_flow JOIN figure USING (statistic)
UNION ALL
SELECT statistic, CASE measure
    WHEN 'intensity' THEN by_intensity.kg_per_output
    WHEN 'intensity above average' THEN by_intensity.kg_per_output / average.kg_per_output - 1
    WHEN 'intensity below average' THEN 1 - by_intensity.kg_per_output / average.kg_per_output
  END
FROM by_intensity JOIN figure USING (statistic), average
UNION ALL SELECT statistic, kg_per_output FROM by_sector_intensity
UNION ALL SELECT statistic, part / whole FROM figure, inefficient WHERE measure = 'inefficient share'
UNION ALL SELECT statistic, emission_t / part FROM inefficient_producer, inefficient
UNION ALL
SELECT statistic, (as_supplier <= count(*) OVER ())::DOUBLE
FROM figure JOIN province_rank ON list_contains(from_regions, province) WHERE measure = 'main supplier'
UNION ALL
SELECT statistic, (as_consumer <= count(*) OVER ())::DOUBLE
FROM figure JOIN province_rank ON list_contains(to_regions, province) WHERE measure = 'main consumer'
UNION ALL SELECT 'pearson_' || factor, r FROM correlation
UNION ALL SELECT statistic, ours FROM counted;

-- What kind of evidence a comparison is follows from what our figure was made from.
CREATE TABLE comparison AS
WITH RECURSIVE
  made_from(artifact, origin) AS (
    SELECT artifact, artifact FROM origin WHERE artifact IN ('correlation', 'enterprise', 'consumption')
    UNION
    SELECT made_from.artifact, unnest(origin.inputs)
    FROM made_from JOIN origin ON origin.artifact = made_from.origin
    WHERE evidence IS NULL
  ),
  knowledge AS (
    SELECT
      made_from.artifact,
      coalesce(bool_or(evidence = 'stand-in'), false) AS of_stand_ins,
      coalesce(bool_or(evidence = 'user''s data'), false) AS of_users
    FROM made_from JOIN origin ON origin.artifact = made_from.origin
    GROUP BY made_from.artifact
  )
SELECT
  published.statistic,
  value AS published,
  ours,
  published.unit,
  (ours - value) / nullif(value, 0) AS relative_difference,
  CASE
    WHEN measure IN ('pearson', 'count') THEN 'published fact'
    WHEN NOT of_stand_ins THEN 'user''s data'
    -- Stand-ins are fitted together: beside data of the user's own nothing of the fit is left.
    WHEN of_users THEN 'stand-in + user''s data'
    -- The stand-in file has as many records as the study read.
    WHEN measure = 'record count' OR calibration.statistic IS NOT NULL THEN 'calibrated stand-in'
    ELSE 'stand-in'
  END AS evidence,
  note
FROM published
LEFT JOIN ours USING (statistic)
LEFT JOIN calibration USING (statistic)
JOIN knowledge
  ON knowledge.artifact = CASE measure WHEN 'pearson' THEN 'correlation' WHEN 'record count' THEN 'enterprise' ELSE 'consumption' END;
