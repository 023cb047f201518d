-- NOx by region and sector: every region with every sector, 0 where nothing is emitted.
-- Sectors with enterprise records: the sum of their enterprises, exact to the gram before it becomes a DOUBLE.
-- The others: the region's primary energy use times the national average emission per unit of it.
CREATE TABLE emission AS
WITH
  cell AS (
    SELECT
      region.code AS region,
      region.name AS region_name,
      sector.id AS sector,
      sector.name AS sector_name,
      sector.emissions_from AS source
    FROM region CROSS JOIN sector
  ),
  enterprise_total AS (
    SELECT region, sector, sum(nox_kg) AS nox_kg FROM enterprise GROUP BY region, sector
  )
SELECT
  region,
  sector,
  source,
  CASE
    -- What enterprises burn is in their records already.
    WHEN source = 'enterprises' AND energy_tce <> 0 THEN
      error(format('The energy use file has {} tce of {} ({}) in sector {} ({}), whose emissions come from enterprises: remove the row, or write energy use into emissions_from of sectors.csv',
        energy_tce, region, region_name, sector, sector_name))
    WHEN source = 'enterprises' THEN coalesce(enterprise_total.nox_kg, 0)::DOUBLE / 1000
    WHEN source <> 'energy use' THEN
      error(format('Sector {} ({}) takes its emissions from "{}": write enterprises or energy use into emissions_from of sectors.csv',
        sector, sector_name, source))
    -- A missing row is not a use of nothing.
    WHEN energy_tce IS NULL THEN
      error(format('There is no energy use of {} ({}) in sector {} ({}): add the row to the energy use file, with 0 if it uses none',
        region, region_name, sector, sector_name))
    WHEN nox_kg_per_tce IS NULL THEN
      error(format('There is no emission factor of sector {} ({}): add the row to the emission factor file',
        sector, sector_name))
    ELSE energy_tce * nox_kg_per_tce / 1000
  END AS nox_t
FROM cell
LEFT JOIN enterprise_total USING (region, sector)
LEFT JOIN energy_use USING (region, sector)
LEFT JOIN emission_factor USING (sector);
