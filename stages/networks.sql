-- Networks of embodied flows between regions, from equation (15).
-- A network is a set of using sectors; it holds the flows between different cities of the agglomeration.

CREATE TABLE network_flow AS
WITH
  network AS (SELECT unnest(getvariable('networks'), max_depth := 2)),
  network_sector AS (SELECT name, unnest(sectors) AS sector FROM network),
  city AS (SELECT code FROM region WHERE in_bth)
SELECT network_sector.name AS network, from_region, from_sector, to_region, to_sector, nox_t
FROM flow
JOIN network_sector ON network_sector.sector = flow.to_sector
WHERE from_region IN (FROM city) AND to_region IN (FROM city) AND from_region <> to_region;

-- Each city's trade in embodied emissions with each province outside the agglomeration.
CREATE TABLE province_flow AS
WITH
  city AS (SELECT code FROM region WHERE in_bth),
  province AS (SELECT code FROM region WHERE NOT in_bth),
  between_regions AS (
    SELECT from_region, to_region, sum(nox_t ORDER BY from_sector, to_sector) AS nox_t
    FROM flow
    WHERE (from_region IN (FROM city)) <> (to_region IN (FROM city))
    GROUP BY ALL
  )
SELECT
  city.code AS city,
  province.code AS province,
  coalesce(supplied.nox_t, 0) AS supplied_t,
  coalesce(consumed.nox_t, 0) AS consumed_t
FROM city
CROSS JOIN province
LEFT JOIN between_regions AS supplied ON supplied.from_region = province.code AND supplied.to_region = city.code
LEFT JOIN between_regions AS consumed ON consumed.from_region = city.code AND consumed.to_region = province.code;
