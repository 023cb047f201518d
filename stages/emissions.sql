-- Emissions by pollutant, region and sector: every region with every sector, 0 where nothing is emitted.
-- Sectors with enterprise records: the sum of their enterprises, exact to the gram before it becomes a DOUBLE.
-- The others: the region's primary energy use times the national average emission per unit of it.
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
        'remove the row, or write energy use into emissions_from of data-raw/sectors.csv')
    WHEN source = 'enterprises' THEN coalesce(enterprise_total.emission_kg, 0)::DOUBLE / 1000
    WHEN source IS DISTINCT FROM 'energy use' THEN
      stage_error(
        format('{} takes emissions of sector {} ({}) from "{}"',
          getvariable('places').sector, sector, sector_name, coalesce(source, '')),
        'write enterprises or energy use into emissions_from')
    -- A missing row is not a use of nothing.
    WHEN energy_tce IS NULL THEN
      stage_error(
        format('{} has no energy use of {} ({}) in sector {} ({})',
          getvariable('places').energy_use, region, region_name, sector, sector_name),
        'add the row, with 0 if it uses none')
    WHEN kg_per_tce IS NULL THEN
      stage_error(
        format('{} has no emission factor of {} for sector {} ({})',
          getvariable('places').emission_factor, pollutant, sector, sector_name),
        'add the row')
    ELSE energy_tce * kg_per_tce / 1000
  END AS emission_t
FROM cell
LEFT JOIN enterprise_total USING (pollutant, region, sector)
LEFT JOIN energy_use USING (region, sector)
LEFT JOIN emission_factor USING (pollutant, sector);
