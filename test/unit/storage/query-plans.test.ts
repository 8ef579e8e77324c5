import assert from 'node:assert/strict';
import initSqlJs from 'sql.js';
import { GraphQueries } from '../../../src/storage/sqljs/graph-queries.js';
import { migrate } from '../../../src/storage/sqljs/schema.js';
import { Statements } from '../../../src/storage/sqljs/statements.js';

describe('query plans (§8)', () => {
  it('§8: a lookup by prefix searches the index and looks at no other row', async () => {
    const sql = await initSqlJs();
    const statements = new Statements(new sql.Database());
    migrate(statements);
    const asked: string[] = [];
    const rows = statements.rows.bind(statements);
    statements.rows = (text, params, map) => {
      asked.push(text);
      return rows(text, params, map);
    };
    assert.deepEqual(new GraphQueries(statements).commitsByPrefix('abcd', 6), []);
    assert.equal(asked.length, 1);
    const plan = rows(`EXPLAIN QUERY PLAN ${asked[0] ?? ''}`, ['00', 'ff', 6], (row) => String(row[3]));
    assert.equal(plan.length, 1, plan.join('\n'));
    assert.match(plan[0] ?? '', /^SEARCH commits USING (COVERING )?INDEX .*\(hash>\? AND hash<\?\)/);
  });
});
