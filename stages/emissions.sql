-- Emissions by pollutant, region and sector: every region with every sector, 0 where nothing is emitted.
-- Sectors with enterprise records: the sum of their enterprises, exact to the gram before it becomes a DOUBLE.
-- The others: the region's primary energy use times the national average emission per unit of it.

-- What is missing, for a message: the first ten of a list.
CREATE TEMP MACRO ten_of(named) AS
  array_to_string(named[1:10], ', ') || if(len(named) > 10, format(', ... ({} in all)', len(named)), '');

-- What to do about missing rows: what stands in for a file is made by a stage, and nobody can add to it.
CREATE TEMP MACRO rows_for(input, place, columns) AS
  if(starts_with(place, 'artifact '),
    format('it is generated; give a file of your own with all rows ({}): the source {} of the pipeline file says where it belongs',
      columns, input),
    format('add the rows ({})', columns));

CREATE TABLE emission AS
WITH
  -- Every valid record says what it emits of each pollutant of the study.
  studied AS (SELECT DISTINCT pollutant FROM enterprise_emission),
  cell AS (
    SELECT
      pollutant,
      region.code AS region,
      region.name AS region_name,
      sector.id AS sector,
      sector.name AS sector_name,
      sector.emissions_from AS source
    FROM region CROSS JOIN sector CROSS JOIN studied
  ),
  enterprise_total AS (
    SELECT pollutant, region, sector, sum(emission_kg) AS emission_kg
    FROM enterprise JOIN enterprise_emission USING (file, line)
    GROUP BY pollutant, region, sector
  ),
  -- Rows that are asked for and not there: all are counted, ten are named.
  missing_use AS (
    SELECT
      list(format('of {} ({}) in sector {} ({})', region, region_name, sector, sector_name) ORDER BY region, sector) AS named
    FROM (SELECT DISTINCT region, region_name, sector, sector_name FROM cell WHERE source = 'energy use')
    ANTI JOIN energy_use USING (region, sector)
  ),
  missing_factor AS (
    SELECT
      list(format('of {} for sector {} ({})', pollutant, sector, sector_name) ORDER BY pollutant, sector) AS named,
      list(DISTINCT pollutant ORDER BY pollutant) AS pollutants
    FROM (SELECT DISTINCT pollutant, sector, sector_name FROM cell WHERE source = 'energy use')
    ANTI JOIN emission_factor USING (pollutant, sector)
  ),
  -- Pollutants that there are factors of, and those among them that only look like one of the study.
  factor_pollutant AS (SELECT list(DISTINCT pollutant ORDER BY pollutant) AS names FROM emission_factor),
  misspelt AS (
    SELECT first(format('it has {}, and the study says {}: write it in the same way', given.pollutant, studied.pollutant)
      ORDER BY studied.pollutant, given.pollutant) AS remedy
    FROM (SELECT DISTINCT pollutant FROM emission_factor) AS given
    JOIN studied ON regexp_replace(lower(given.pollutant), '[^\pL\pN]', '', 'g')
      = regexp_replace(lower(studied.pollutant), '[^\pL\pN]', '', 'g') AND given.pollutant <> studied.pollutant
    WHERE list_contains((SELECT pollutants FROM missing_factor), studied.pollutant)
  )
SELECT
  pollutant,
  region,
  sector,
  source,
  CASE
    -- What enterprises burn is in their records already.
    WHEN source = 'enterprises' AND energy_tce <> 0 THEN
      stage_error(
        format('{} has {} tce of {} ({}) in sector {} ({}), whose emissions come from enterprises',
          getvariable('places').energy_use, energy_tce, region, region_name, sector, sector_name),
        format('remove the row, or write energy use into emissions_from of {}', getvariable('places').sector))
    WHEN source = 'enterprises' AND kg_per_tce <> 0 THEN
      stage_error(
        format('{} has a factor of {} for sector {} ({}), whose emissions come from enterprises',
          getvariable('places').emission_factor, pollutant, sector, sector_name),
        format('remove the row, or write energy use into emissions_from of {}', getvariable('places').sector))
    WHEN source = 'enterprises' THEN coalesce(enterprise_total.emission_kg, 0)::DOUBLE / 1000
    WHEN source IS DISTINCT FROM 'energy use' THEN
      stage_error(
        format('{} takes emissions of sector {} ({}) from "{}"',
          getvariable('places').sector, sector, sector_name, coalesce(source, '')),
        'write enterprises or energy use into emissions_from')
    -- A missing row is not a use of nothing.
    WHEN energy_tce IS NULL THEN
      stage_error(
        format('{} has no energy use {}', getvariable('places').energy_use,
          (SELECT ten_of(named) FROM missing_use)),
        rows_for('energy_use', getvariable('places').energy_use,
          'region, sector, energy_tce; energy_tce is 0 where none is used'))
    WHEN kg_per_tce IS NULL THEN
      stage_error(
        format('{} has no emission factor {}; it has {}', getvariable('places').emission_factor,
          (SELECT ten_of(named) FROM missing_factor),
          coalesce((SELECT array_to_string(names, ', ') FROM factor_pollutant), 'no rows')),
        coalesce((SELECT remedy FROM misspelt), rows_for('emission_factor', getvariable('places').emission_factor,
          'pollutant, sector, kg_per_tce')))
    ELSE energy_tce * kg_per_tce / 1000
  END AS emission_t
FROM cell
LEFT JOIN enterprise_total USING (pollutant, region, sector)
LEFT JOIN energy_use USING (region, sector)
LEFT JOIN emission_factor USING (pollutant, sector);
