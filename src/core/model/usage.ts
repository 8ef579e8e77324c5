/** Token usage as a provider reported it for one call (SPEC §6, Annex A). All figures are whole tokens ≥ 0. */
export interface TokenUsage {
  /** Everything the model read, cached parts included. */
  readonly promptTokens: number;
  /** Everything the model wrote, reasoning included. */
  readonly completionTokens: number;
  readonly totalTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
}
