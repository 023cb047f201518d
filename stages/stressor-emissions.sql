-- Emissions from what a table brings with it: its stressors, such as emissions to air in a satellite account.
-- Each pollutant of the parameter `pollutants` is the sum of the stressors that it names, times what makes t of their unit.
CREATE TABLE emission AS
WITH
  pollutant AS (SELECT unnest(getvariable('pollutants'), max_depth := 2)),
  part AS (SELECT name, t_per_unit, unnest(stressors) AS stressor FROM pollutant),
  known AS (SELECT DISTINCT stressor FROM stressor),
  part_of_account AS (
    SELECT
      part.name,
      stressor.region,
      stressor.sector,
      stressor,
      CASE
        WHEN known.stressor IS NULL THEN
          stage_error(
            format('pollutant {} is to be of the stressor "{}", which the table does not have', part.name, stressor),
            format('name one of its stressors in the parameter pollutants: {}',
              coalesce((SELECT string_agg(stressor, ', ' ORDER BY stressor) FROM known), 'it has none')))
        ELSE amount * t_per_unit
      END AS emission_t
    FROM part LEFT JOIN known USING (stressor) LEFT JOIN stressor USING (stressor)
  )
SELECT name AS pollutant, region, sector, 'table' AS source, sum(emission_t ORDER BY stressor) AS emission_t
FROM part_of_account
GROUP BY ALL;
