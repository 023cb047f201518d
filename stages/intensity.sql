-- Who produces for whom, and how efficiently (figure 7).

-- Net embodied inflow is production- less consumption-based emissions: above 0, a region works for others.
-- Once with the emissions of all regions, once with those inside the group in focus only.
CREATE TABLE region_balance AS
WITH
  production AS (
    SELECT pollutant, region, sum(production_t ORDER BY sector) AS production_t
    FROM sector_account GROUP BY pollutant, region
  ),
  consumption_by_region AS (
    SELECT
      pollutant,
      consumer_region AS region,
      sum(emission_t ORDER BY producer_region, producer_sector) AS consumption_t
    FROM consumption
    GROUP BY pollutant, consumer_region
  ),
  focus AS (SELECT code FROM region WHERE in_focus),
  within AS (
    FROM consumption WHERE producer_region IN (FROM focus) AND consumer_region IN (FROM focus)
  ),
  made AS (
    SELECT pollutant, producer_region AS region, sum(emission_t ORDER BY producer_sector, consumer_region) AS emission_t
    FROM within GROUP BY pollutant, producer_region
  ),
  used AS (
    SELECT pollutant, consumer_region AS region, sum(emission_t ORDER BY producer_region, producer_sector) AS emission_t
    FROM within GROUP BY pollutant, consumer_region
  )
SELECT
  pollutant,
  region,
  production_t,
  consumption_t,
  production_t - consumption_t AS net_inflow_t,
  made.emission_t - used.emission_t AS net_inflow_within_t,
  if(production_t > consumption_t, 'production', 'consumer') AS orientation
FROM production
JOIN consumption_by_region USING (pollutant, region)
LEFT JOIN made USING (pollutant, region)
LEFT JOIN used USING (pollutant, region);

-- Direct emissions per output, by sector and over all sectors.
CREATE TABLE intensity AS
WITH account AS (
  SELECT pollutant, region, sector, production_t, gross_output FROM sector_account
  UNION ALL
  SELECT pollutant, region, NULL, sum(production_t ORDER BY sector), sum(gross_output ORDER BY sector)
  FROM sector_account
  GROUP BY pollutant, region
)
SELECT pollutant, region, sector, production_t / nullif(gross_output, 0) * 1000 AS kg_per_output
FROM account;

-- A flow between two regions is inefficient where the producer's intensity is above the consumer's. On the basis of one
-- sector, the flows are those of that sector's emissions and the intensities are those of that sector.
CREATE TABLE flow_efficiency AS
WITH
  listed AS (SELECT unnest(getvariable('bases'), max_depth := 2)),
  basis AS (
    SELECT
      name,
      CASE
        WHEN sector IS NULL OR sector IN (SELECT id FROM sector) THEN sector
        ELSE stage_error(
          format('parameter bases names sector {}, which {} does not have', sector, getvariable('places').sector),
          'give the number of a sector of the study, or null for the average over all')
      END AS sector
    FROM listed
  ),
  focus AS (SELECT code FROM region WHERE in_focus),
  flow_by_basis AS (
    SELECT
      pollutant,
      basis.name AS basis,
      basis.sector,
      from_region,
      to_region,
      sum(emission_t ORDER BY from_sector, to_sector) AS emission_t
    FROM basis
    JOIN flow ON basis.sector IS NULL OR basis.sector = flow.from_sector
    WHERE from_region IN (FROM focus) AND to_region IN (FROM focus) AND from_region <> to_region
    GROUP BY ALL
  )
SELECT
  flow_by_basis.pollutant,
  basis,
  flow_by_basis.sector,
  from_region,
  to_region,
  emission_t,
  coalesce(producer.kg_per_output, 0) <= coalesce(consumer.kg_per_output, 0) AS efficient
FROM flow_by_basis
JOIN intensity AS producer
  ON producer.pollutant = flow_by_basis.pollutant AND producer.region = from_region
  AND producer.sector IS NOT DISTINCT FROM flow_by_basis.sector
JOIN intensity AS consumer
  ON consumer.pollutant = flow_by_basis.pollutant AND consumer.region = to_region
  AND consumer.sector IS NOT DISTINCT FROM flow_by_basis.sector;
