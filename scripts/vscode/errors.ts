/** A reason why the test or start scripts cannot go on, in a sentence for the person who ran them. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
}

/** Text for a person: the message alone when the cause is known, the stack when it is a bug. */
export function describeFailure(error: unknown): string {
  if (error instanceof HarnessError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
