import { parentPort, workerData } from 'node:worker_threads';
import { Tokenizers } from '../tokenizers.js';
import { rankFiles } from './rank-files.js';

/** Entry of the worker thread that `WorkerCounter` starts. Answers each request with its counts, in order. */
export interface WorkerSetup {
  readonly ranksDirectory: string;
}

export interface CountRequest {
  readonly id: number;
  readonly texts: readonly string[];
  readonly encoding: string;
}

export interface CountAnswer {
  readonly id: number;
  readonly counts: number[];
}

const tokenizers = new Tokenizers(rankFiles((workerData as WorkerSetup).ranksDirectory));

parentPort?.on('message', ({ id, texts, encoding }: CountRequest) => {
  const answer: CountAnswer = { id, counts: texts.map((text) => tokenizers.countTokens(text, encoding)) };
  parentPort?.postMessage(answer);
});
