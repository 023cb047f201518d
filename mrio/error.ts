/** An error about a table or a model: what is wrong and where, and what to do about it. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}
