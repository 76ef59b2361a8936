import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { limits, type Problem } from './problem.js';
import { type Read, readText } from './read.js';

/** What kubectl looks for in a directory. */
const isManifestFile = (name: string): boolean => /\.(?:ya?ml|json)$/i.test(name);
/** Folders of tools, and the temporary ones of a write. */
const isPassedOver = (name: string): boolean => name.startsWith('.') || name === 'node_modules';

const because = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Bytes to text as kubectl decodes them: UTF-8, or UTF-16 behind its byte order mark. Throws on anything else. */
const decode = (bytes: Uint8Array): string => {
  const [first, second] = bytes;
  const encoding = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
};

/** The bytes of a file or pipe, undefined as soon as they are more than the limit: a device may never end. */
const bytesOf = (path: string): Uint8Array | undefined => {
  const file = openSync(path, 'r');
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const chunk = new Uint8Array(256 * 1024);
      const count = readSync(file, chunk);
      if (count === 0) return Buffer.concat(chunks, size);
      chunks.push(chunk.subarray(0, count));
      size += count;
      if (size > limits.input) return undefined;
    }
  } finally {
    closeSync(file);
  }
};

const readFile = (path: string): Read => {
  const source = { file: path, line: 1, column: 1 };
  const refused = (code: Problem['code'], message: string): Read => ({ manifests: [], problems: [{ code, message, source }] });
  let bytes: Uint8Array | undefined;
  try {
    bytes = bytesOf(path);
  } catch (error) {
    return refused('input/syntax', `cannot be read: ${because(error)}`);
  }
  if (bytes === undefined)
    return refused('input/limit', `the file is larger than ${limits.input / (1024 * 1024)} MiB; divide it`);
  let text: string;
  try {
    text = decode(bytes);
  } catch {
    return refused('input/syntax', 'the file is not UTF-8 text');
  }
  if (/^kustomization\.ya?ml$|^Kustomization$/.test(basename(path))) {
    const message =
      'passed over: a Kustomization is no object of the cluster; check what it makes (kubectl kustomize DIR | plimsoll check -)';
    return { manifests: [], problems: [{ code: 'input/not-an-object', severity: 'warning', message, source }] };
  }
  return readText(path, text);
};

/** Manifest files below a directory, in the order of their names. `above`: directories on the way, against links in a circle. */
const filesBelow = (directory: string, above: ReadonlySet<string>): readonly string[] => {
  const real = realpathSync(directory);
  if (above.has(real)) return [];
  const names = readdirSync(directory).sort();
  return names.flatMap((name) => {
    const path = join(directory, name);
    if (isPassedOver(name)) return [];
    const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    if (isDirectory) return filesBelow(path, new Set([...above, real]));
    return isManifestFile(name) ? [path] : [];
  });
};

/**
 * Reads files as they are named, and directories with everything below them that ends in .yaml, .yml or .json, sorted by name. What
 * cannot be read is a problem, never an exception.
 */
export const readPaths = (paths: readonly string[]): Read => {
  const reads = paths.map((path): Read => {
    let files: readonly string[];
    try {
      files = statSync(path).isDirectory() ? filesBelow(path, new Set()) : [path];
    } catch (error) {
      const source = { file: path, line: 1, column: 1 };
      return { manifests: [], problems: [{ code: 'input/syntax', message: `cannot be read: ${because(error)}`, source }] };
    }
    const each = files.map(readFile);
    return { manifests: each.flatMap(({ manifests }) => manifests), problems: each.flatMap(({ problems }) => problems) };
  });
  return { manifests: reads.flatMap(({ manifests }) => manifests), problems: reads.flatMap(({ problems }) => problems) };
};
