import type { KubeObject } from '../api/object.js';
import { contentStart, documentsOf, type Span } from './documents.js';
import { type AliasCount, readFullYaml } from './full-yaml.js';
import { readJson } from './json.js';
import type { Manifest } from './manifest.js';
import { objectsIn } from './objects.js';
import type { Parsed } from './parsed.js';
import { readPlainYaml } from './plain-yaml.js';
import { limits, type Problem } from './problem.js';
import { SourceDocument } from './source-document.js';
import { SourceText } from './source-text.js';

/** What an input holds, and what of it could not be read. Everything that can be read is there, whatever stands beside it. */
export interface Read {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
}

/** YAML allows no control characters; neither does kubectl. */
const control = /(?![\t\n\u0085])\p{Cc}|[\ufeff\ufffe\uffff]/u;

const readYaml = (text: string, { start, end }: Span, checked: boolean, aliases: AliasCount): Parsed => {
  const at = contentStart(text, { start, end }) ?? start;
  if (text.charCodeAt(at) === 37)
    return {
      faults: [
        {
          code: 'input/syntax',
          message: 'kubectl does not read YAML directives: remove the lines that begin with %',
          offset: at,
        },
      ],
    };
  if (!checked) {
    const found = text.slice(start, end).search(control);
    if (found >= 0)
      return { faults: [{ code: 'input/syntax', message: 'control characters are not allowed', offset: start + found }] };
  }
  const plain = readPlainYaml(text, start, end);
  return plain === undefined ? readFullYaml(text, start, end, aliases) : { value: plain.value, faults: [] };
};

/** Values of one document: one, but for JSON objects that follow each other. */
const valuesOf = (text: string, document: Span, checked: boolean, aliases: AliasCount): readonly (Parsed & Span)[] => {
  const at = contentStart(text, document);
  if (at === undefined) return [];
  const json = text.charCodeAt(at) === 123 ? readJson(text, { start: at, end: document.end }) : undefined;
  return json ?? [{ ...readYaml(text, document, checked, aliases), ...document }];
};

/** Whoever checks a chart's sources instead of its output learns more from this than from any position. */
const hintFor = (text: string, { start, end }: Span): string =>
  text.slice(start, end).includes('{{')
    ? ' (a Helm template? Check what it renders: helm template CHART | plimsoll check -)'
    : '';

/**
 * Reads a stream of YAML documents or JSON objects as `kubectl apply` reads it: Lists flattened, empty documents skipped, YAML 1.1
 * words and numbers resolved, merge keys merged. Never throws: what cannot be read is a problem with its place.
 *
 * @param name what positions call the text: mostly its path.
 */
export const readText = (name: string, raw: string): Read => {
  const manifests: Manifest[] = [];
  const problems: Problem[] = [];
  if (raw.length > limits.input) {
    const message = `the input is larger than ${limits.input / (1024 * 1024)} MiB; divide it`;
    return { manifests, problems: [{ code: 'input/limit', message, source: { file: name, line: 1, column: 1 } }] };
  }
  const source = new SourceText(name, raw);
  const { text } = source;
  const checked = !control.test(text);
  const aliases: AliasCount = { values: 0 };
  const { spans, faults } = documentsOf(text);
  for (const { offset, ...fault } of faults) problems.push({ ...fault, source: source.locate(offset) });
  for (const span of spans) {
    for (const read of valuesOf(text, span, checked, aliases)) {
      for (const { offset, message, ...fault } of read.faults) {
        const hint = fault.severity === undefined && fault.code === 'input/syntax' ? hintFor(text, read) : '';
        problems.push({ ...fault, message: `${message}${hint}`, source: source.locate(offset) });
      }
      if (read.value === undefined || read.value === null) continue;
      const document = new SourceDocument(source, read);
      for (const { steps, ...found } of objectsIn(read.value)) {
        if ('object' in found) manifests.push({ object: found.object as KubeObject, provenance: document.provenance(steps) });
        else problems.push({ code: 'input/not-an-object', ...found, source: document.locate(steps) });
      }
    }
    if (manifests.length > limits.objects) {
      problems.push({
        code: 'input/limit',
        message: `the input holds more than ${limits.objects} objects`,
        source: { file: name, line: 1, column: 1 },
      });
      return { manifests: manifests.slice(0, limits.objects), problems };
    }
  }
  return { manifests, problems };
};
