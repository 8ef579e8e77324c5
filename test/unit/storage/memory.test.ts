import { openMemoryStorage } from '../../../src/storage/memory.js';
import { describeStorageContract } from './contract.js';

describe('storage in memory (§16, §18)', () => {
  describeStorageContract(openMemoryStorage);
});
