import type { IConstruct } from 'constructs';

/** Wrong use of a construct, thrown at the line that made it. The message begins with the path of the construct and says what to write instead. */
export class PlimsollError extends Error {
  override readonly name = 'PlimsollError';
  readonly constructPath: string;

  constructor(at: IConstruct | string, message: string) {
    const path = typeof at === 'string' ? at : at.node.path;
    super(path === '' ? message : `${path}: ${message}`);
    this.constructPath = path;
  }
}

/** `'pg', 'http'`: the names to choose from, for messages. */
export const listed = (names: Iterable<string>): string => {
  const all = [...names].map((name) => `'${name}'`);
  return all.length === 0 ? 'none' : all.join(', ');
};
