/** Why nothing was written. */
export interface Failure {
  readonly ok: false;
  readonly code: 'output/invalid-name' | 'output/not-a-directory' | 'output/foreign-file' | 'output/locked' | 'output/failed';
  readonly message: string;
  readonly path: string;
}

export const failure = (code: Failure['code'], path: string, message: string): Failure => ({
  ok: false,
  code,
  path,
  message: `${path} ${message}`,
});

export const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** The code's own words for the faults that people meet. */
const words: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'no space is left on the device'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'operation not permitted'],
  ['EROFS', 'the file system is read-only'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ELOOP', 'it is a link in a circle'],
  ['ENOTDIR', 'a part of the path is a file'],
]);

export const failed = (path: string, error: unknown): Failure =>
  failure(
    'output/failed',
    path,
    `cannot be written: ${words.get(codeOf(error)) ?? (error instanceof Error ? error.message : String(error))}`,
  );
