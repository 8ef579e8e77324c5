import { type ParsedOp } from './parse.js';

/** The message of an op file's commit (SPEC §13): `op(<action>): <tract> [<id8>]` and the trailer `Op-Id: <full id>`. */
export function commitMessage(opId: string, op: ParsedOp): string {
  const action = word(op.started?.['action'], 'unknown');
  const tract = word(op.started?.['tract_id'], 'tract');
  return `op(${action}): ${tract} [${opId.slice(0, 8)}]\n\nOp-Id: ${opId}\n`;
}

/** A file may have been edited by hand: what comes from it stays one short line. */
function word(value: unknown, otherwise: string): string {
  if (typeof value !== 'string') return otherwise;
  return (
    value
      .replace(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, 200) || otherwise
  );
}
