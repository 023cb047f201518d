-- Networks of embodied flows between regions, from equation (15).
-- A network is a set of using sectors; it holds the flows between different regions in focus.

CREATE TABLE network_flow AS
WITH
  network AS (SELECT unnest(getvariable('networks')::STRUCT(name VARCHAR, sectors INTEGER[])[], max_depth := 2)),
  listed AS (SELECT name, unnest(sectors) AS sector FROM network),
  network_sector AS (
    SELECT
      name,
      CASE
        WHEN sector IN (SELECT id FROM sector) THEN sector
        ELSE stage_error(
          format('network {} is to be of sector {}, which {} does not have', name, sector, getvariable('places').sector),
          'give numbers of sectors of the study in the parameter networks')
      END AS sector
    FROM listed
  ),
  focus AS (SELECT code FROM region WHERE in_focus)
SELECT pollutant, network_sector.name AS network, from_region, from_sector, to_region, to_sector, emission_t
FROM flow
JOIN network_sector ON network_sector.sector = flow.to_sector
WHERE from_region IN (FROM focus) AND to_region IN (FROM focus) AND from_region <> to_region;

-- What each region in focus has embodied in its trade with each region outside.
CREATE TABLE outside_flow AS
WITH
  focus AS (SELECT code FROM region WHERE in_focus),
  outside AS (SELECT code FROM region WHERE NOT in_focus),
  studied AS (SELECT DISTINCT pollutant FROM flow),
  between_regions AS (
    SELECT pollutant, from_region, to_region, sum(emission_t ORDER BY from_sector, to_sector) AS emission_t
    FROM flow
    WHERE (from_region IN (FROM focus)) <> (to_region IN (FROM focus))
    GROUP BY ALL
  )
SELECT
  studied.pollutant,
  focus.code AS region,
  outside.code AS outside_region,
  coalesce(supplied.emission_t, 0) AS supplied_t,
  coalesce(consumed.emission_t, 0) AS consumed_t
FROM studied
CROSS JOIN focus
CROSS JOIN outside
LEFT JOIN between_regions AS supplied
  ON supplied.pollutant = studied.pollutant AND supplied.from_region = outside.code AND supplied.to_region = focus.code
LEFT JOIN between_regions AS consumed
  ON consumed.pollutant = studied.pollutant AND consumed.from_region = focus.code AND consumed.to_region = outside.code;
