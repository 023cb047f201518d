import { stage } from '../runner/stage.ts';
import { writeDatabase } from './publish/database.ts';
import { writeReport } from './publish/report.ts';

export default stage(async (context) => {
  await writeDatabase(context);
  await writeReport(context);
});
