const initialSeconds = 10;
const maxSeconds = 300;

/** Restart back-off of one container: the wait before the next restart and when the last restart was accounted (ms). */
export interface Backoff {
  readonly seconds: number;
  readonly since: number;
}

/** A back-off is forgotten when a run ends more than twice the maximum after the last restart. */
const forgotten = (backoff: Backoff, finishedAt: number): boolean => finishedAt - backoff.since > 2 * maxSeconds * 1000;

/** Seconds between the end of a run (`finishedAt`, ms) and its restart; the first restart is immediate. */
export const restartDelay = (backoff: Backoff | undefined, finishedAt: number): number =>
  backoff === undefined || forgotten(backoff, finishedAt) ? 0 : backoff.seconds;

/** The back-off after a restart at `now` of a run that ended at `finishedAt` (both ms). */
export const accountRestart = (backoff: Backoff | undefined, finishedAt: number, now: number): Backoff => ({
  seconds: backoff === undefined || forgotten(backoff, finishedAt) ? initialSeconds : Math.min(backoff.seconds * 2, maxSeconds),
  since: now,
});
