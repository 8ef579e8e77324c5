/** A whole number of tokens as a person types it, `20k` included; null when it is none. */
export function budgetOf(typed: string): number | null {
  const match = /^(\d{1,9})(k?)$/i.exec(typed.trim().replace(/[,_ ](?=\d{3})/g, ''));
  if (!match) return null;
  const tokens = Number(match[1]) * (match[2] ? 1000 : 1);
  return tokens <= 1_000_000_000 ? tokens : null;
}
