/** Whole text files where the person pointed (SPEC §17); absent on hosts without them. */
export interface TextFiles {
  /** Written beside and renamed into place, so that a failure leaves what was there. */
  write(path: string, chunks: AsyncIterable<string>): Promise<void>;
  /** Lines without their ends; bounded memory. */
  lines(path: string): AsyncIterable<string>;
}
