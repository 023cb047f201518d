-- Emissions from what a table brings with it: its stressors, such as emissions to air in a satellite account.
-- Each pollutant of the parameter `pollutants` is the sum of the stressors that it names, in t.
CREATE TABLE emission AS
WITH
  pollutant AS (
    SELECT unnest(
      getvariable('pollutants')::STRUCT(name VARCHAR, stressors VARCHAR[], t_per_unit DOUBLE)[], max_depth := 2)
  ),
  part AS (SELECT name, t_per_unit, unnest(stressors) AS stressor FROM pollutant),
  repeated AS (SELECT name, stressor FROM part GROUP BY ALL HAVING count(*) > 1),
  known AS (SELECT DISTINCT stressor, unit FROM stressor),
  mass(unit, t) AS (VALUES ('g', 1e-6), ('kg', 1e-3), ('t', 1.0), ('kt', 1e3), ('Gg', 1e3), ('Mt', 1e6), ('Tg', 1e6)),
  factor AS (
    SELECT
      name,
      stressor,
      CASE
        WHEN known.stressor IS NULL THEN
          stage_error(
            format('pollutant {} is to be of the stressor "{}", which the table does not have', name, stressor),
            format('name one of its stressors in the parameter pollutants: {}',
              coalesce((SELECT string_agg(stressor, ', ' ORDER BY stressor) FROM known), 'it has none')))
        WHEN (name, stressor) IN (FROM repeated) THEN
          stage_error(
            format('pollutant {} names the stressor "{}" twice', name, stressor),
            'name each stressor of a pollutant once in the parameter pollutants')
        WHEN t_per_unit IS NULL AND mass.t IS NULL THEN
          stage_error(
            format('the stressor "{}" of pollutant {} is in {}', stressor, name, coalesce(known.unit, 'no unit')),
            'give t_per_unit, the t that one of it is')
        WHEN t_per_unit <> mass.t THEN
          stage_error(
            format('one {} of the stressor "{}" is {} t, but t_per_unit is {}', known.unit, stressor, mass.t, t_per_unit),
            'set t_per_unit to null, or to that')
        ELSE coalesce(t_per_unit, mass.t)
      END AS t_per_unit
    FROM part LEFT JOIN known USING (stressor) LEFT JOIN mass ON mass.unit = known.unit
  )
SELECT
  name AS pollutant,
  region,
  sector,
  'table' AS source,
  sum(amount * t_per_unit ORDER BY stressor) AS emission_t
FROM factor JOIN stressor USING (stressor)
GROUP BY ALL;
