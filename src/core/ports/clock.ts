/** The current time; injected so that tests and imports own it. */
export type Clock = () => Date;
