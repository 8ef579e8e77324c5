/** Writes js-tiktoken's rank data as `<directory>/<encoding>.txt`. */
export function writeRankFiles(directory: string): Promise<void>;
