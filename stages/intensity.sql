-- Who produces for whom, and how efficiently (figure 7).

-- Net embodied inflow is production- less consumption-based emissions: above 0, a region works for others.
-- Once with the whole country's emissions, once with those inside the agglomeration only.
CREATE TABLE city_balance AS
WITH
  production AS (
    SELECT region, sum(production_t ORDER BY sector) AS production_t FROM sector_account GROUP BY region
  ),
  consumption_by_region AS (
    SELECT
      consumer_region AS region,
      sum(nox_t ORDER BY producer_region, producer_sector) AS consumption_t
    FROM consumption
    GROUP BY consumer_region
  ),
  city AS (SELECT code FROM region WHERE in_bth),
  within AS (
    FROM consumption WHERE producer_region IN (FROM city) AND consumer_region IN (FROM city)
  ),
  made AS (
    SELECT producer_region AS region, sum(nox_t ORDER BY producer_sector, consumer_region) AS nox_t
    FROM within GROUP BY producer_region
  ),
  used AS (
    SELECT consumer_region AS region, sum(nox_t ORDER BY producer_region, producer_sector) AS nox_t
    FROM within GROUP BY consumer_region
  )
SELECT
  region,
  production_t,
  consumption_t,
  production_t - consumption_t AS net_inflow_t,
  made.nox_t - used.nox_t AS net_inflow_within_t,
  if(production_t > consumption_t, 'production', 'consumer') AS orientation
FROM production
JOIN consumption_by_region USING (region)
LEFT JOIN made USING (region)
LEFT JOIN used USING (region);

-- Direct emissions per output, by sector and over all sectors. 1 kg/10,000 CNY = 0.1 t/million CNY.
CREATE TABLE intensity AS
WITH account AS (
  SELECT region, sector, production_t, gross_output_10k_cny FROM sector_account
  UNION ALL
  SELECT region, NULL, sum(production_t ORDER BY sector), sum(gross_output_10k_cny ORDER BY sector)
  FROM sector_account
  GROUP BY region
)
SELECT
  region,
  sector,
  production_t / nullif(gross_output_10k_cny, 0) * 100 AS t_per_million_cny,
  production_t / nullif(gross_output_10k_cny, 0) * 1000 AS kg_per_10k_cny
FROM account;

-- A flow between two cities is inefficient where the producer's intensity is above the consumer's. On the basis of one
-- sector, the flows are those of that sector's emissions and the intensities are those of that sector.
CREATE TABLE flow_efficiency AS
WITH
  basis AS (SELECT unnest(getvariable('bases'), max_depth := 2)),
  city AS (SELECT code FROM region WHERE in_bth),
  flow_by_basis AS (
    SELECT basis.name AS basis, basis.sector, from_region, to_region, sum(nox_t ORDER BY from_sector, to_sector) AS nox_t
    FROM basis
    JOIN flow ON basis.sector IS NULL OR basis.sector = flow.from_sector
    WHERE from_region IN (FROM city) AND to_region IN (FROM city) AND from_region <> to_region
    GROUP BY ALL
  )
SELECT
  basis,
  from_region,
  to_region,
  nox_t,
  coalesce(producer.kg_per_10k_cny, 0) <= coalesce(consumer.kg_per_10k_cny, 0) AS efficient
FROM flow_by_basis
JOIN intensity AS producer
  ON producer.region = from_region AND producer.sector IS NOT DISTINCT FROM flow_by_basis.sector
JOIN intensity AS consumer
  ON consumer.region = to_region AND consumer.sector IS NOT DISTINCT FROM flow_by_basis.sector;
