import { constants } from 'node:os';

export type Ending = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The process was told to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** As a shell has it. */
  readonly exitCode: number;

  constructor(signal: Ending) {
    super('interrupted: data-out is as it was; run again to go on');
    this.exitCode = 128 + constants.signals[signal];
  }
}
