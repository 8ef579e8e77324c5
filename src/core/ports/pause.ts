/** Gives other work on this thread a turn; long folds call it so that nothing blocks for more than some milliseconds. */
export type Pause = () => Promise<void>;
