import { stage } from '../runner/stage.ts';
import { writeReport } from './report/page.ts';

export default stage(writeReport);
