/** `call-and-hang.ts DIRECTORY`: asks a model that never answers, and says so when the request has left. */
import { setTimeout } from 'node:timers/promises';
import { Tract } from '../../../../src/library.js';

const tract = await Tract.open({ directory: process.argv[2] ?? '' });
await tract.chat('Hi', {
  model: {
    id: 'silent',
    async *send() {
      process.stdout.write('sent\n');
      await setTimeout(60_000);
      yield { type: 'text', text: 'too late' };
    },
  },
});
